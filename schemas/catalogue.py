"""The topic catalogue: one YAML file per topic, loaded into `TopicSpec`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

TimeMode = Literal["live", "replay"]
"""Whose time rules: `live` is the brokers' and the worker's clock, `replay` is the time that records carry."""

Direction = Literal["input", "state", "output"]
"""Who writes: other teams (`input`), Shipclock for itself (`state`), Shipclock for others (`output`)."""

SCHEMA_ROOT = "https://shipclock.dev/schemas"

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """What one topic carries and how it must be configured."""

    name: str
    """Short name, without the namespace: `parcel-scans`."""
    owner: str
    """Who decides about the topic's content and configuration."""
    description: str
    direction: Direction
    key: str
    """What the record key is."""
    value: str | None = None
    """Name of the record type in `schemas.records`; None when the value is no JSON of ours."""
    partitioning: str
    """How a record finds its partition."""
    version: int
    """Major version of the record type: fields are only ever added within it."""
    replication: int
    """Copies of each partition, where the cluster has that many brokers."""
    follows: Literal["namespace", "carrier"] = "namespace"
    """Whose partition count it has: that of all topics of the namespace, or that of a carrier's topic.

    There is one topic for each carrier's topic that follows: `intake-state.crane.events`.
    """
    jobs: tuple[str, ...] = ("sla",)
    """The jobs that read or write it; their workers do not start without it."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Record headers and what they say (UTF-8 text), beside those of CloudEvents."""
    config: Mapping[str, Scalar]
    """Kafka topic configuration that holds in either time."""
    config_by_time: Mapping[TimeMode, Mapping[str, Scalar]] = field(default_factory=dict)
    """Kafka topic configuration that depends on whose time rules."""

    def topic(self, namespace: str) -> str:
        """Return the name of the topic in the cluster."""
        return f"{namespace}.{self.name}"

    def settings(self, time: TimeMode) -> dict[str, str]:
        """Return the Kafka topic configuration, values as Kafka writes them."""
        merged = {**self.config, **self.config_by_time.get(time, {})}
        return {name: _as_kafka_writes(value) for name, value in merged.items()}

    @property
    def schema_file(self) -> str:
        """File name of the JSON Schema of the record value."""
        return f"{self.name}.v{self.version}.schema.json"

    @property
    def schema_id(self) -> str:
        """`$id` of the JSON Schema; CloudEvents' `dataschema`."""
        return f"{SCHEMA_ROOT}/{self.schema_file}"


def _as_kafka_writes(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def parse_topic(text: str, source: str) -> TopicSpec:
    """Read one topic from YAML.

    Raises `ValueError` with the name of the `source` and the path of the wrong field.
    """
    try:
        document: Any = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise ValueError(f"{source}: {error}") from error
    if isinstance(document, dict):
        unknown = document.keys() - TopicSpec.__dataclass_fields__.keys()
        if unknown:
            raise ValueError(f"{source}: unknown field {', '.join(sorted(map(str, unknown)))}")
    try:
        return msgspec.convert(document, TopicSpec)
    except msgspec.ValidationError as error:
        raise ValueError(f"{source}: {error}") from error


@cache
def load_catalogue() -> Mapping[str, TopicSpec]:
    """Return every topic by its short name: inputs, then state, then outputs, each in alphabetical order.

    Raises `ValueError` when a file is wrong or is not named for its topic.
    """
    specs = []
    for file in files("schemas").joinpath("topics").iterdir():
        if not file.name.endswith(".yaml"):
            continue
        spec = parse_topic(file.read_text(encoding="utf-8"), file.name)
        if file.name != f"{spec.name}.yaml":
            raise ValueError(f"{file.name}: describes {spec.name}, so it must be {spec.name}.yaml")
        specs.append(spec)
    order = ("input", "state", "output")
    specs.sort(key=lambda spec: (order.index(spec.direction), spec.name))
    return MappingProxyType({spec.name: spec for spec in specs})
