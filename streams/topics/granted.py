"""What the brokers allow us to do to topics: Kafka's Metadata request, with rights (KIP-430).

aiokafka only has older versions of the request, which do not ask for them.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar, Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import TopicAuthorizationFailedError
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int16, Int32, Schema, String

from streams.kafka.rights import DESCRIBE_CONFIGS, READ, WRITE
from streams.topics.finding import Finding

_UNKNOWN: Final = -(2**31)
"""What a broker says that does not tell rights."""
_BITS: Final = {READ: 3, WRITE: 4}


class MetadataResponseV8(Response):  # type: ignore[misc]  # aiokafka publishes no types
    """Brokers, and topics with a bit for each operation that is allowed."""

    API_KEY: ClassVar[int] = 3
    API_VERSION: ClassVar[int] = 8
    SCHEMA: ClassVar[Schema] = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            Array(("node_id", Int32), ("host", String("utf-8")), ("port", Int32), ("rack", String("utf-8"))),
        ),
        ("cluster_id", String("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            Array(
                ("error_code", Int16),
                ("topic", String("utf-8")),
                ("is_internal", Boolean),
                (
                    "partitions",
                    Array(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", Array(Int32)),
                        ("isr", Array(Int32)),
                        ("offline_replicas", Array(Int32)),
                    ),
                ),
                ("authorized_operations", Int32),
            ),
        ),
        ("cluster_authorized_operations", Int32),
    )


class MetadataRequestV8(RequestStruct):  # type: ignore[misc]  # as above
    """Topics, and whether to tell what is allowed."""

    API_KEY: ClassVar[int] = 3
    API_VERSION: ClassVar[int] = 8
    RESPONSE_TYPE: ClassVar[type[Response]] = MetadataResponseV8
    SCHEMA: ClassVar[Schema] = Schema(
        ("topics", Array(String("utf-8"))),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
    )


class GrantedRequest(Request[MetadataRequestV8]):  # type: ignore[misc]  # as above
    """Ask what is allowed; brokers tell it since Kafka 2.3."""

    API_KEY: ClassVar[int] = 3

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = list(topics)

    def build(self, request_struct_class: type[MetadataRequestV8]) -> Any:
        """Return the request in the version that client and broker have agreed on."""
        return request_struct_class(self._topics, False, False, True)  # noqa: FBT003  # aiokafka takes fields by position


async def examine_rights(client: AIOKafkaClient, needed: Mapping[str, Collection[str]]) -> list[Finding]:
    """Return which operations on topics are not allowed; `needed` are those that are wanted, by full topic name."""
    answer = (await client.send(client.get_random_node(), GrantedRequest(needed))).to_object()
    return [finding for topic in answer["topics"] for finding in _lacking(topic, needed[topic["topic"]])]


def _lacking(topic: Mapping[str, Any], needed: Collection[str]) -> Iterator[Finding]:
    hidden = topic["error_code"] == TopicAuthorizationFailedError.errno
    granted = 0 if hidden else topic["authorized_operations"]
    if granted == _UNKNOWN or (topic["error_code"] and not hidden):
        return
    lacking = [operation for operation, bit in _BITS.items() if operation in needed and not granted >> bit & 1]
    if lacking:
        yield Finding(
            severity="fatal",
            topic=topic["topic"],
            problem="not allowed",
            remedy=f"grant {', '.join([*lacking, *([DESCRIBE_CONFIGS] if hidden else [])])} on it to this user",
        )
