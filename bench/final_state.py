"""The state that a run has left in its changelog."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.loading import BulkProducer
from streams.kafka.changelog import KafkaChangelog
from streams.kafka.connection import Connection
from streams.kafka.names import STATE_TOPIC, Names
from streams.partition.governance import PAGES
from streams.partition.meta import KEY, decode_meta, encode_meta
from streams.sla.encoding import decode
from streams.sla.phases import OPEN


@dataclass(frozen=True, slots=True)
class FinalState:
    """The newest value of every key, by partition."""

    partitions: tuple[Mapping[bytes, bytes], ...]

    @property
    def shipments(self) -> int:
        """Shipments that are kept, whatever their phase."""
        return sum(1 for _ in self._values())

    @property
    def value_bytes(self) -> int:
        """Bytes of all their values."""
        return sum(map(len, self._values()))

    def open(self) -> int:
        """Count the shipments that are under way."""
        return sum(decode(value, b"").phase == OPEN for value in self._values())

    def _values(self) -> Iterator[bytes]:
        """The states of shipments: all but the meta record and the pages of policies."""
        for entries in self.partitions:
            for key, value in entries.items():
                if key != KEY and not key.startswith(PAGES):
                    yield value

    async def write(self, servers: str, names: Names) -> None:
        """Write it once into the changelog of another namespace, whose source topics are empty."""
        topic = names.topic(STATE_TOPIC)
        async with BulkProducer(servers) as producer:
            for number, entries in enumerate(self.partitions):
                for key, value in entries.items():
                    if key != KEY:
                        await producer.add(topic, number, key, value, 0)
                meta = decode_meta(entries[KEY])
                from_the_beginning = msgspec.structs.replace(meta, offsets=dict.fromkeys(meta.offsets, 0))
                await producer.add(topic, number, KEY, encode_meta(from_the_beginning), 0)
            await producer.flush()


async def read_state(servers: str, names: Names, partitions: int) -> FinalState:
    """Read all committed entries; tombstones take theirs away."""
    connection = Connection(bootstrap_servers=tuple(servers.split(",")))
    ends = await _ends(servers, [TopicPartition(names.topic(STATE_TOPIC), number) for number in range(partitions)])
    found = []
    for tp, end in ends.items():
        entries: dict[bytes, bytes] = {}
        async for chunk in KafkaChangelog(connection, names, tp.partition).read(0, end):
            for entry in chunk:
                if entry.value is None:
                    entries.pop(entry.key, None)
                else:
                    entries[entry.key] = entry.value
        found.append(entries)
    return FinalState(tuple(found))


async def _ends(servers: str, tps: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
    async with AIOKafkaConsumer(bootstrap_servers=servers, isolation_level="read_committed") as consumer:
        ends: dict[TopicPartition, int] = await consumer.end_offsets(tps)
        return ends
