"""Kafka's request for metadata of topics, with their ids (KIP-516) and what we may do to them (KIP-430).

aiokafka's own stops before the versions that bring these; brokers before 2.8 are asked with its last one, and tell
neither.
"""

from collections.abc import Collection
from io import BytesIO
from typing import Any, ClassVar

from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.metadata import MetadataRequest_v5
from aiokafka.protocol.types import Boolean, CompactArray, CompactString, Int16, Int32, Schema, TaggedFields


class _Id(AbstractType):  # type: ignore[misc]  # aiokafka publishes no types
    """16 bytes; in Python 32 hexadecimal digits, and None where all are zero: where there is no id."""

    @classmethod
    def encode(cls, value: str | None) -> bytes:
        return bytes(16) if value is None else bytes.fromhex(value)

    @classmethod
    def decode(cls, data: BytesIO) -> str | None:
        value = data.read(16)
        return value.hex() if any(value) else None


class MetadataResponseV12(Response):  # type: ignore[misc]  # as above
    """Brokers, and topics with their ids and a bit for each operation that is allowed; named as aiokafka has them."""

    API_KEY: ClassVar[int] = 3
    API_VERSION: ClassVar[int] = 12
    SCHEMA: ClassVar[Schema] = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString()),
                ("port", Int32),
                ("rack", CompactString()),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString()),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("topic", CompactString()),
                ("id", _Id),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class MetadataRequestV12(RequestStruct):  # type: ignore[misc]  # as above
    """Topics, each with (id, name), and whether to tell what is allowed; brokers know it since Kafka 2.8."""

    FLEXIBLE_VERSION: ClassVar[bool] = True
    API_KEY: ClassVar[int] = 3
    API_VERSION: ClassVar[int] = 12
    RESPONSE_TYPE: ClassVar[type[Response]] = MetadataResponseV12
    SCHEMA: ClassVar[Schema] = Schema(
        ("topics", CompactArray(("id", _Id), ("topic", CompactString()), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class TopicMetadataRequest(Request[MetadataRequest_v5 | MetadataRequestV12]):  # type: ignore[misc]  # as above
    """Describe topics by their names; creates none."""

    API_KEY: ClassVar[int] = 3

    def __init__(self, names: Collection[str], *, rights: bool = False) -> None:
        self._names = list(names)
        self._rights = rights

    def build(self, request_struct_class: type[RequestStruct]) -> Any:
        """Return the request in the version that client and broker have agreed on."""
        if request_struct_class is MetadataRequestV12:
            topics: list[Any] = [(None, name, {}) for name in self._names]
            return MetadataRequestV12(topics, False, self._rights, {})  # noqa: FBT003  # aiokafka takes fields by position
        return request_struct_class(self._names, False)  # noqa: FBT003  # as above
