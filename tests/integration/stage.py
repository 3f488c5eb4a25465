"""A system of its own on a real Kafka: topics, worker processes, what they are told and what they say."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.catalogue import TimeMode, load_catalogue
from streams.demo.conditions import holds_within
from streams.demo.stage import create_topics, worker_settings
from streams.demo.workers import Worker
from streams.kafka.names import Names
from streams.partition.partitioners import murmur2
from streams.topics.target import SourceTimestamps

DECISIONS = ("delay-notices", "breach-alerts", "sla-outcomes", "shipment-status")
REJECTS = "scan-rejects"
WITHIN_S = 40.0
"""How long anything that is waited for may take; a fraction is usual."""

LARGEST = 32 * 1024 * 1024

Answer = tuple[int, str]
Condition = Callable[[], bool | Awaitable[bool]]


class Sent(NamedTuple):
    """A record for a source topic; without a partition the key chooses it."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int | None = None
    at: int | None = None
    """Timestamp, UTC milliseconds; now when it is None.  The broker's time wins where the topic says so."""


class Place(NamedTuple):
    """Where a record lies; the topic by its short name."""

    topic: str
    partition: int
    offset: int


def rfc3339(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


def registration(shipment: str, at: int, stamp: int | None = None, **more: Any) -> Sent:
    body = {"shipment_id": shipment, "customer_id": "customer", "registered_at": rfc3339(at), **more}
    return Sent("shipments", shipment.encode(), json.dumps(body).encode(), at=stamp)


def scan(shipment: str, code: str, at: int, stamp: int | None = None, **more: Any) -> Sent:
    body = {"scan_id": f"{shipment} {code} {at}", "shipment_id": shipment, "code": code, "occurred_at": rfc3339(at)}
    return Sent("parcel-scans", shipment.encode(), json.dumps({**body, **more}).encode(), at=stamp)


def tick(partition: int, at: int) -> Sent:
    return Sent("control", None, json.dumps({"type": "tick", "at": rfc3339(at)}).encode(), partition, at)


class Outputs:
    """Follows the output topics from their beginning, as a subscriber does: committed records only."""

    def __init__(self, servers: str, consumer: AIOKafkaConsumer, topics: Mapping[str, str], partitions: int) -> None:
        self.records: list[tuple[str, Any]] = []
        """Short topic name and record, in the order in which they arrived."""
        self._servers = servers
        self._consumer = consumer
        self._topics = topics
        self._tps = [TopicPartition(topic, number) for topic in topics for number in range(partitions)]
        consumer.assign(self._tps)

    def told(self, *topics: str) -> list[dict[str, Any]]:
        """Decisions of these topics; of all when none is named."""
        wanted = topics or DECISIONS
        return [json.loads(record.value) for topic, record in self.records if topic in wanted]

    def rejects(self) -> list[Any]:
        return [record for topic, record in self.records if topic == REJECTS]

    async def poll(self) -> None:
        for tp, records in (await self._consumer.getmany(timeout_ms=50)).items():
            self.records += [(self._topics[tp.topic], record) for record in records]

    async def until(self, what: str, condition: Callable[[], bool], seconds: float = WITHIN_S) -> None:
        async def read_and_look() -> bool:
            await self.poll()
            return condition()

        await holds_within(seconds, what, read_and_look)

    async def drain(self) -> None:
        """Read up to the ends that the topics have now, once no transaction is open any more."""
        ends = await self._highs()

        async def at_the_end() -> bool:
            await self.poll()
            positions = [await self._consumer.position(tp) for tp in self._tps]
            return all(position >= ends[tp] for tp, position in zip(self._tps, positions, strict=True))

        await holds_within(WITHIN_S, "the ends of the output topics", at_the_end)

    async def _highs(self) -> dict[TopicPartition, int]:
        # Only a reader of what is not committed, too, is told the end of an open transaction.
        async with AIOKafkaConsumer(bootstrap_servers=self._servers) as consumer:
            ends: dict[TopicPartition, int] = await consumer.end_offsets(self._tps)
            return ends


@dataclass
class Stage:
    """One namespace on one broker."""

    servers: str
    namespace: str
    directory: Path
    policy: str
    """Text of the policy file."""
    partitions: int = 2
    time: TimeMode = "live"
    source_timestamps: SourceTimestamps = "append"
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further environment of every worker."""

    def __post_init__(self) -> None:
        self.names = Names(self.namespace)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._policy_file = self.directory / "policy.yaml"
        self._policy_file.write_text(self.policy, encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        return {
            **worker_settings(self.servers, self.namespace, self.time, self._policy_file),
            "SHIPCLOCK_SOURCE_TIMESTAMPS": self.source_timestamps,
            **self.settings,
        }

    def worker(self, name: str = "worker-1") -> Worker:
        return Worker(name, self.directory, self.environment)

    @asynccontextmanager
    async def workers(self, count: int = 1) -> AsyncIterator[list[Worker]]:
        """Workers that between them own all partitions and have restored them; killed at the end if they still run."""
        workers = [self.worker(f"worker-{number + 1}") for number in range(count)]
        try:
            for worker in workers:
                worker.start()
            await self.ready(*workers)
            yield workers
        finally:
            for worker in workers:
                worker.kill()

    async def ready(self, *workers: Worker) -> None:
        """Wait until these workers share all partitions and each runs at least one."""

        async def shared() -> bool:
            for worker in workers:
                worker.require_running()
            owned = [await worker.partitions() for worker in workers]
            return all(owned) and sorted(number for part in owned for number in part) == list(range(self.partitions))

        await holds_within(WITHIN_S, "the workers share the partitions", shared)

    async def create(self) -> None:
        """Create all topics, the source topics with the timestamps that this stage is about."""
        if self.source_timestamps == "append":
            await create_topics(self.servers, self.namespace, self.time, self.partitions)
            return
        async with administration(self.servers) as admin:
            topics = []
            for spec in load_catalogue().values():
                if spec.follows != "namespace":
                    continue
                settings = {**spec.settings(self.time), "min.insync.replicas": "1"}
                if spec.direction == "input":
                    settings["message.timestamp.type"] = "CreateTime"
                topics.append(NewTopic(spec.topic(self.namespace), self.partitions, 1, topic_configs=settings))
            await admin.create_topics(topics)

    def partition_of(self, shipment: str) -> int:
        return murmur2(shipment.encode(), self.partitions)

    def numbers_in(self, partition: int, prefix: str) -> Iterator[str]:
        """Shipment ids that belong to a partition, without end."""
        number = 0
        while True:
            shipment = f"{prefix}-{number}"
            if self.partition_of(shipment) == partition:
                yield shipment
            number += 1

    @asynccontextmanager
    async def producer(self, compression: str | None = None) -> AsyncIterator["Producer"]:
        async with AIOKafkaProducer(
            bootstrap_servers=self.servers,
            compression_type=compression,
            max_request_size=LARGEST,
            linger_ms=2,
            enable_idempotence=True,  # what is written again after a lost answer must not be there twice
        ) as producer:
            yield Producer(producer, self.names)

    async def send(self, records: Iterable[Sent], compression: str | None = None) -> list[Place]:
        """Write records; each partition receives them in this order."""
        async with self.producer(compression) as producer:
            return await producer.send(records)

    @asynccontextmanager
    async def outputs(self) -> AsyncIterator[Outputs]:
        async with AIOKafkaConsumer(
            bootstrap_servers=self.servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=50,
        ) as consumer:
            topics = {self.names.topic(topic): topic for topic in (*DECISIONS, REJECTS)}
            yield Outputs(self.servers, consumer, topics, self.partitions)

    async def committed(self, records: Mapping[str, int]) -> None:
        """Wait until the workers have committed so many records of each topic, counted over all partitions."""
        async with administration(self.servers) as admin:

            async def enough() -> bool:
                found = Counter[str]()
                for tp, meta in (await admin.list_consumer_group_offsets(self.names.group)).items():
                    found[tp.topic] += meta.offset
                return all(found[self.names.topic(topic)] >= count for topic, count in records.items())

            await holds_within(WITHIN_S, f"{dict(records)} are committed", enough)


class Producer:
    """Writes source records."""

    def __init__(self, producer: AIOKafkaProducer, names: Names) -> None:
        self._producer = producer
        self._names = names

    async def send(self, records: Iterable[Sent]) -> list[Place]:
        """Write records; one for `control` when all others before it have been acknowledged.

        A tick says that they are written, and brokers may take it before records of another topic that were sent first.
        """
        futures: list[asyncio.Future[Any]] = []
        unsure: list[asyncio.Future[Any]] = []
        for record in records:
            if record.topic == "control":
                await asyncio.gather(*unsure)
                unsure.clear()
            futures.append(await self._send(record))
            if record.topic != "control":
                unsure.append(futures[-1])
        prefix = f"{self._names.namespace}."
        placed = await asyncio.gather(*futures)
        return [Place(found.topic.removeprefix(prefix), found.partition, found.offset) for found in placed]

    async def _send(self, record: Sent) -> asyncio.Future[Any]:
        topic, key, value, partition, at = record
        if key is None and value is None:  # what `send` refuses, others' clients allow
            batch = self._producer.create_batch()
            batch.append(timestamp=at, key=None, value=None)
            future = await self._producer.send_batch(batch, self._names.topic(topic), partition=partition or 0)
        else:
            future = await self._producer.send(
                self._names.topic(topic), value, key=key, partition=partition, timestamp_ms=at
            )
        sent: asyncio.Future[Any] = future
        return sent


@asynccontextmanager
async def administration(servers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def ask(worker: Worker, path: str, method: str = "GET") -> Answer:
    """Status and text of a worker's answer; status 0 while there is none."""
    if worker.port is None:
        return 0, ""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.request(method, f"http://127.0.0.1:{worker.port}{path}") as answer,
        ):
            return answer.status, await answer.text()
    except (aiohttp.ClientError, TimeoutError):
        return 0, ""


def events(worker: Worker) -> list[dict[str, Any]]:
    """What a worker has logged, over all its lives; a line that is no JSON is its own event."""
    lines = worker.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [json.loads(line) if line.startswith("{") else {"event": line, "level": "plain"} for line in lines]


def without_duplicates(told: Sequence[Mapping[str, Any]]) -> bool:
    return len({record["id"] for record in told}) == len(told)


class Ended(NamedTuple):
    """How a command has ended, and what it wrote."""

    code: int | None
    out: str
    err: str


async def run_command(*arguments: str, env: Mapping[str, str], program: str = "", apart: bool = False) -> Ended:
    """Run a command to its end, after a change to the program; errors are among what it prints unless `apart`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", f"{program}\nfrom streams.cli import main\nmain()", *arguments),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE if apart else asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode, out.decode(), (err or b"").decode())


async def run_worker(stage: Stage, program: str = "") -> tuple[int | None, str]:
    """Run a worker, after a change to the program, to its end: exit code and what it wrote."""
    ended = await run_command("worker", env={**os.environ, **stage.environment}, program=program)
    return ended.code, ended.out


async def shipclock(stage: Stage, *arguments: str) -> str:
    """What a command prints; it must succeed."""
    ended = await run_command(*arguments, env=stage.environment)
    assert ended.code == 0, ended.out
    return ended.out
