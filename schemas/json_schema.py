"""JSON Schema (2020-12) of a topic's records, from the record type and its docstrings."""

from typing import Any

import msgspec

from schemas import records
from schemas.catalogue import TopicSpec
from schemas.docstrings import field_docstrings

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def record_type(spec: TopicSpec) -> Any:
    """Return the type that decodes the topic's values: a `msgspec.Struct`, or a union of several.

    Raises `ValueError` when the topic has none or names one that does not exist.
    """
    if spec.value is None:
        raise ValueError(f"{spec.name} carries no record of ours")
    if not hasattr(records, spec.value):
        raise ValueError(f"{spec.name}.yaml: schemas.records has no {spec.value}")
    return getattr(records, spec.value)


def topic_schema(spec: TopicSpec) -> Schema:
    """Return the complete schema document of a topic's values."""
    (root,), components = msgspec.json.schema_components((record_type(spec),), ref_template="#/$defs/{name}")
    for name, component in components.items():
        _describe(component, getattr(records, name))
    name = root.get("$ref", "").removeprefix("#/$defs/")
    if name in components:
        root = components.pop(name)
        root, components = _retarget((root, components), f"#/$defs/{name}", "#")
    document = {"$schema": DIALECT, "$id": spec.schema_id, **root}
    return document | ({"$defs": components} if components else {})


def _describe(schema: Schema, record: type) -> None:
    schema["description"] = " ".join(schema["description"].split())
    if not schema["required"]:
        del schema["required"]
    written = {field.name: field.encode_name for field in msgspec.structs.fields(record)}
    for field, text in field_docstrings(record).items():
        name = written[field]
        schema["properties"][name] = {"description": text, **schema["properties"][name]}


def _retarget(node: Any, old: str, new: str) -> Any:
    """Return the node with every reference to `old` turned to `new`."""
    if isinstance(node, dict):
        return {
            key: new if key == "$ref" and value == old else _retarget(value, old, new) for key, value in node.items()
        }
    if isinstance(node, list | tuple):
        return type(node)(_retarget(item, old, new) for item in node)
    return node
