"""When a worker says that it is ready."""

import asyncio
from collections.abc import Mapping

import pytest
from faust.types import TP

from streams import status as status_module
from streams.assignment import Assignment
from streams.kafka.names import SOURCE_TOPICS, Names
from streams.kafka.source import PartitionSource, Sources
from streams.partition.ports import CaughtUp, SourceBatch
from streams.partition.task import State, TaskHealth
from streams.status import Status

NAMES = Names("ns")
FIRST = {TP(NAMES.topic(topic), 0) for topic in SOURCE_TOPICS}
BEGINNING: Mapping[str, int] = {}


class Task:
    """Restored as soon as it is started."""

    state: State = "stopped"
    detail = ""

    def __init__(self, source: PartitionSource) -> None:
        self._source = source
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self) -> None:
        self.state = "running"
        self._source.begin(BEGINNING)

    def share(self, partitions: int) -> None: ...

    async def stop(self, *, commit: bool) -> None:  # noqa: ARG002 - the port names it
        self.state = "stopped"

    def resume(self) -> bool:
        return False

    def offer(self, batch: SourceBatch) -> None: ...

    def caught_up(self, mark: CaughtUp) -> None: ...

    def has_room(self, _topic: str) -> bool:
        return True

    def health(self) -> TaskHealth:
        return TaskHealth(
            state=self.state,
            detail="",
            restored=self.state == "running",
            time=0,
            behind_s=0.0,
            buffered=0,
            restore_s=0.0,
            gauges={},
            skew_ms=0,
        )


def parts() -> tuple[Status, Sources, Assignment]:
    def fail(error: BaseException) -> None:
        raise error

    sources = Sources(NAMES, SOURCE_TOPICS, on_failure=fail)
    status = Status(sources)
    status.assignment = Assignment(sources, lambda _, source: Task(source), partitions=12)
    return status, sources, status.assignment


def test_it_is_not_while_the_group_deals_out_anew() -> None:
    async def scenario() -> None:
        status, _, assignment = parts()
        assert not status.readiness()[0]
        await assignment.on_assigned(FIRST)
        assert status.readiness()[0]
        await assignment.on_revoked(FIRST)
        assert status.readiness() == (False, {"assigned": False, "partitions": {}})
        await assignment.on_assigned(set())
        assert status.readiness()[0], "a spare worker is ready"

    asyncio.run(scenario())


def test_it_is_not_while_fetches_are_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        status, sources, assignment = parts()
        await assignment.on_assigned(FIRST)
        monkeypatch.setattr(status_module, "UNHEARD_AFTER_S", -1.0)
        ready, detail = status.readiness()
        assert not ready
        assert detail["partitions"]["0"]["unheard"] == list(SOURCE_TOPICS)
        for reading in sources.begun():
            reading.end()
        assert status.readiness()[1]["partitions"]["0"]["unheard"] == []

    asyncio.run(scenario())


def test_how_long_a_partition_is_held_is_told_through_rebalances_that_leave_it_here() -> None:
    async def scenario() -> None:
        status, _, assignment = parts()
        await assignment.on_assigned(FIRST)
        before = status.held_s(0)
        await assignment.on_revoked(FIRST)
        await assignment.on_assigned(FIRST)
        assert status.held_s(0) > before
        await assignment.on_revoked(FIRST)
        await assignment.on_assigned(set())
        with pytest.raises(KeyError):
            status.held_s(0)

    asyncio.run(scenario())
