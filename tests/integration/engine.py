"""The transport and the assignment at work, with tasks that remember what they are handed."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from streams.app import EngineApp, build_app
from streams.assignment import Assignment
from streams.kafka.names import SOURCE_TOPICS
from streams.kafka.source import PartitionSource, Sources
from streams.partition.ports import CaughtUp, SourceBatch
from streams.partition.task import State, TaskHealth
from streams.status import Status
from tests.integration.kafka_workbench import Workbench, until


class RecordingTask:
    """Takes what it is handed and remembers it."""

    state: State = "stopped"
    detail = ""

    def __init__(self, number: int, source: PartitionSource, offsets: Mapping[str, int]) -> None:
        self.number = number
        self.source = source
        self.offsets = offsets
        self.room = True
        self.values: dict[str, list[bytes | None]] = defaultdict(list)
        self.read: dict[str, int] = {}
        self.marks: dict[str, list[CaughtUp]] = defaultdict(list)
        self.stops: list[bool] = []
        self.fault: Exception | None = None
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self) -> None:
        self.state = "running"
        self.source.begin(self.offsets)

    def share(self, partitions: int) -> None:
        self.partitions = partitions

    async def stop(self, *, commit: bool) -> None:
        self.state = "stopped"
        self.stops.append(commit)

    def resume(self) -> bool:
        return False

    def offer(self, batch: SourceBatch) -> None:
        if self.fault is not None:
            raise self.fault
        self.values[batch.topic] += [record.value for record in batch.records]
        self.read[batch.topic] = batch.records[-1].offset + 1

    def caught_up(self, mark: CaughtUp) -> None:
        self.marks[mark.topic].append(mark)

    def has_room(self, _topic: str) -> bool:
        return self.room

    def health(self) -> TaskHealth:
        raise NotImplementedError


class Engine:
    def __init__(self, bench: Workbench, offsets: Mapping[str, int] | None = None) -> None:
        self.failures: list[BaseException] = []
        self.made: dict[int, RecordingTask] = {}
        self._offsets = dict(offsets or {})
        sources = Sources(bench.names, SOURCE_TOPICS, on_failure=self.failures.append)
        self._status = Status(sources)
        self.assignment = self._status.assignment = Assignment(sources, self._make, partitions=bench.partitions)
        self.app: EngineApp = build_app(
            bench.connection, bench.names, sources, partitions=bench.partitions, session_timeout_ms=6_000
        )
        self.assignment.follow(self.app)

    def lag(self, topic: str, partition: int) -> int | None:
        return {(topic, number): lag for topic, number, lag in self._status.lags()}.get((topic, partition))

    @property
    def consumer(self) -> Any:
        """The consumer of aiokafka."""
        consumer: Any = self.app.consumer
        return consumer._thread._consumer

    def _make(self, number: int, source: PartitionSource) -> RecordingTask:
        self.made[number] = RecordingTask(number, source, self._offsets)
        return self.made[number]


@asynccontextmanager
async def running(bench: Workbench, offsets: Mapping[str, int] | None = None) -> AsyncIterator[Engine]:
    engine = Engine(bench, offsets)
    await engine.app.start()
    try:
        await until(lambda: engine.assignment.assigned, "the group assigns")
        yield engine
    finally:
        await engine.assignment.drain()
        await engine.app.stop()
