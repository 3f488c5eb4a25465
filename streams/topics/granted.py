"""What the brokers allow us to do to topics (KIP-430)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import TopicAuthorizationFailedError

from streams.kafka.rights import DESCRIBE_CONFIGS, READ, WRITE
from streams.topics.anybody import ask_anybody
from streams.topics.finding import Finding
from streams.topics.metadata import TopicMetadataRequest

_UNKNOWN: Final = -(2**31)
"""What a broker says that does not tell rights."""
_BITS: Final = {READ: 3, WRITE: 4}


async def examine_rights(client: AIOKafkaClient, needed: Mapping[str, Collection[str]]) -> list[Finding]:
    """Return which operations on topics are not allowed; `needed` are those that are wanted, by full topic name."""
    answer = (await ask_anybody(client, TopicMetadataRequest(needed, rights=True))).to_object()
    return [finding for topic in answer["topics"] for finding in _lacking(topic, needed[topic["topic"]])]


def _lacking(topic: Mapping[str, Any], needed: Collection[str]) -> Iterator[Finding]:
    hidden = topic["error_code"] == TopicAuthorizationFailedError.errno
    granted = 0 if hidden else topic.get("authorized_operations", _UNKNOWN)
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
