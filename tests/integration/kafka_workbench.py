"""A namespace of its own on the shared broker, and short cuts to look into it."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.client import AIOKafkaClient

from streams.embedded import EmbeddedKafka
from streams.kafka.changelog import KafkaChangelog
from streams.kafka.connection import Connection
from streams.kafka.names import SOURCE_TOPICS, STATE_TOPIC, Names
from streams.kafka.producing import WriterLimits
from streams.kafka.writer import KafkaWriter
from streams.partition.output import Output
from streams.partition.ports import Tally, UnitOfWork

WITHIN_S = 30.0


class SteadyClock:
    def now_ms(self) -> int:
        return int(time.time() * 1000)

    def steady_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


class WakingClient(AIOKafkaClient):  # type: ignore[misc]  # aiokafka publishes no types
    """Comes upon a broker that has just woken up, or started, and at first answers that there is no broker at all."""

    async def bootstrap(self) -> None:
        update, self.cluster.update_metadata = self.cluster.update_metadata, lambda _: None
        await super().bootstrap()
        self.cluster.update_metadata = update


class Workbench:
    def __init__(self, kafka: EmbeddedKafka, namespace: str, partitions: int = 2) -> None:
        self.names = Names(namespace)
        self.partitions = partitions
        self.servers = kafka.bootstrap_servers
        self.connection = Connection(bootstrap_servers=tuple(kafka.bootstrap_servers.split(",")))

    async def create_topics(self, configs: Mapping[str, Mapping[str, str]] | None = None) -> None:
        configs = {STATE_TOPIC: {"message.timestamp.type": "LogAppendTime"}, **(configs or {})}
        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers)
        await admin.start()
        try:
            await admin.create_topics(
                [
                    NewTopic(self.names.topic(short), self.partitions, 1, topic_configs=dict(configs.get(short, {})))
                    for short in (STATE_TOPIC, "breach-alerts", "sla-outcomes", *SOURCE_TOPICS)
                ]
            )
        finally:
            await admin.close()

    async def remove_before(self, short: str, partition: int, offset: int) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers)
        await admin.start()
        try:
            tp = TopicPartition(self.names.topic(short), partition)
            await admin.delete_records({tp: RecordsToDelete(offset)})
        finally:
            await admin.close()

    async def produce(self, short: str, partition: int, values: Sequence[bytes]) -> None:
        async with AIOKafkaProducer(**self.connection.options(), acks="all", linger_ms=2) as producer:
            sent = [
                await producer.send(self.names.topic(short), value, key=b"k", partition=partition) for value in values
            ]
            await asyncio.gather(*sent)

    async def committed(self, short: str, partition: int = 0) -> list[bytes | None]:
        """Values that a subscriber reads, once no transaction is open."""
        tp = TopicPartition(self.names.topic(short), partition)
        end = await self.end(short, partition)
        async with AIOKafkaConsumer(
            bootstrap_servers=self.servers, isolation_level="read_committed", auto_offset_reset="earliest"
        ) as consumer:
            consumer.assign([tp])
            values: list[bytes | None] = []
            while await consumer.position(tp) < end:
                batches = await consumer.getmany(timeout_ms=50)
                values += [record.value for record in batches.get(tp, ())]
            return values

    async def settled(self, tp: TopicPartition) -> None:
        """Wait for the markers of ended transactions: a commit is acknowledged before every log has its marker."""
        async with (
            AIOKafkaConsumer(bootstrap_servers=self.servers, isolation_level="read_committed") as stable,
            AIOKafkaConsumer(bootstrap_servers=self.servers) as high,
            asyncio.timeout(WITHIN_S),
        ):
            while await stable.end_offsets([tp]) != await high.end_offsets([tp]):  # noqa: ASYNC110 - Kafka tells nobody
                await asyncio.sleep(0.01)

    async def end(self, short: str, partition: int = 0) -> int:
        """Where a log ends, once no transaction is open."""
        tp = TopicPartition(self.names.topic(short), partition)
        await self.settled(tp)
        async with AIOKafkaConsumer(bootstrap_servers=self.servers, isolation_level="read_committed") as consumer:
            return int((await consumer.end_offsets([tp]))[tp])

    async def group_offset(self, short: str, partition: int = 0) -> int | None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers)
        await admin.start()
        try:
            offsets = await admin.list_consumer_group_offsets(self.names.group)
            found = offsets.get(TopicPartition(self.names.topic(short), partition))
            return None if found is None else int(found.offset)
        finally:
            await admin.close()

    def writer(self, partition: int = 0, limits: WriterLimits | None = None) -> KafkaWriter:
        return KafkaWriter(self.connection, self.names, partition, clock=SteadyClock(), limits=limits or WriterLimits())

    def changelog(self, partition: int = 0) -> KafkaChangelog:
        return KafkaChangelog(self.connection, self.names, partition)


def unit(
    state: dict[bytes, bytes | None], *, alerts: Sequence[bytes] = (), scans: int = 0, meta: bytes = b"{}"
) -> UnitOfWork:
    return UnitOfWork(
        changelog=state,
        meta=meta,
        outputs=[Output("breach-alerts", b"k", value, [("ce_id", b"1")]) for value in alerts],
        offsets={"parcel-scans": scans},
        tally=Tally(),
    )


async def until(condition: Callable[[], object], what: str) -> None:
    try:
        async with asyncio.timeout(WITHIN_S):
            while not condition():  # noqa: ASYNC110 - whatever the condition looks at
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"waited {WITHIN_S:.0f} s in vain: {what}") from None
