"""First contact of a command: whether the topics are there that it is about, or why nobody tells."""

from collections.abc import Collection, Mapping
from typing import Any

from streams.errors import TopicMismatch, no_topic
from streams.topics.connection import connected
from streams.topics.requests import TopicRequests


async def partitions_of(connection: Mapping[str, Any], names: Collection[str], right: str) -> dict[str, int]:
    """Return how many partitions each of these topics has.

    `connection` are keyword arguments of aiokafka's clients, `right` is what is wanted on the topics.  Takes a fraction
    of a second and never creates a topic.

    Raises:
        TopicMismatch: one is not there.
        NotAllowed: one may not be looked at.
        KafkaUnavailable: no broker answers, or none lets us in.
    """
    options = dict(connection)
    async with connected(options.pop("bootstrap_servers"), options) as client:
        _, found = await TopicRequests(client).metadata(names, right=right)
    counts = {name: len(found[name]["partitions"]) if name in found else 0 for name in names}
    for name, count in counts.items():
        if not count:  # a broker that is just creating it shows it without any
            raise TopicMismatch(no_topic(name))
    return counts
