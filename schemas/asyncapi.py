"""The AsyncAPI 3.0 description of every topic that other teams see, from the catalogue and the schemas."""

from collections.abc import Iterable
from typing import Any

from schemas.catalogue import TopicSpec

CLOUD_EVENTS_HEADERS = {
    "ce_specversion": "Version of CloudEvents: 1.0.",
    "ce_id": "The record's id; a repetition has the same.",
    "ce_source": "Which Shipclock and partition: `/shipclock/{namespace}/{partition}`.",
    "ce_type": "What happened, with the major version: `dev.shipclock.breach-alerts.opened.v1`.",
    "ce_dataschema": "The `$id` of the JSON Schema of the value.",
    "content-type": "application/json",
}
"""Headers of every record that Shipclock writes for others, Kafka's binary mode; UTF-8 text."""

# What AsyncAPI's Kafka binding can say about a topic.
_BOUND = ("retention.ms", "retention.bytes", "delete.retention.ms", "max.message.bytes")

Node = dict[str, Any]


def asyncapi_document(specs: Iterable[TopicSpec]) -> Node:
    """Return the document; references to schemas are relative to the folder `schemas`."""
    public = [spec for spec in specs if spec.direction != "state"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Shipclock",
            "version": f"{max(spec.version for spec in public)}.0.0",
            "description": "Keeps time on every promise that a parcel carries. "
            "Within a major version fields are only ever added: ignore the ones you do not know.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {spec.name: _channel(spec) for spec in public},
        "operations": {_operation_name(spec): _operation(spec) for spec in public},
        "components": {"messages": {spec.name: _message(spec) for spec in public}},
    }


def _channel(spec: TopicSpec) -> Node:
    settings = spec.settings("live")
    return {
        "address": f"{{namespace}}.{spec.name}",
        "title": spec.name,
        "description": spec.description,
        "parameters": {"namespace": {"description": "Prefix of all topics, groups and transactional ids."}},
        "messages": {spec.name: {"$ref": f"#/components/messages/{spec.name}"}},
        "bindings": {
            "kafka": {
                "replicas": spec.replication,
                "topicConfiguration": {
                    "cleanup.policy": settings["cleanup.policy"].split(","),
                    **{name: int(settings[name]) for name in _BOUND if name in settings},
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operation_name(spec: TopicSpec) -> str:
    return f"{'read' if spec.direction == 'input' else 'write'}-{spec.name}"


def _operation(spec: TopicSpec) -> Node:
    channel = f"#/channels/{spec.name}"
    return {
        "action": "receive" if spec.direction == "input" else "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{spec.name}"}],
    }


def _message(spec: TopicSpec) -> Node:
    message: Node = {
        "name": spec.value or spec.name,
        "summary": spec.description,
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": spec.key},
                "bindingVersion": "0.5.0",
            }
        },
    }
    if spec.value is None:
        message["contentType"] = "application/octet-stream"
    else:
        message["payload"] = {"$ref": f"json/{spec.schema_file}"}
    events = CLOUD_EVENTS_HEADERS if spec.direction == "output" and spec.value else {}
    headers = {**events, **spec.headers}
    if headers:
        message["headers"] = {
            "type": "object",
            "properties": {name: {"type": "string", "description": text} for name, text in headers.items()},
        }
    return message
