"""What a worker does with the partitions that its group gives and takes."""

import asyncio

from faust.types import TP

from streams.assignment import Assignment
from streams.kafka.names import SOURCE_TOPICS, Names
from streams.kafka.source import Sources
from streams.partition.ports import Committed, UnitOfWork
from streams.simulation import SimulatedWriter
from tests.unit.partition.town import Town, Worker, picked_up, play

NAMES = Names("ns")
FIRST = {TP(NAMES.topic(topic), 0) for topic in SOURCE_TOPICS}
TURNS = 100


class Slow(SimulatedWriter):
    """The broker takes its time over commits, once it is told to."""

    def __init__(self, town: Town) -> None:
        super().__init__(town.broker, 0, clock=town.clock)
        self.answers = asyncio.Event()
        self.answers.set()
        self.waiting = False

    async def commit(self, unit: UnitOfWork) -> Committed:
        self.waiting = not self.answers.is_set()
        await self.answers.wait()
        return await super().commit(unit)


def test_what_the_group_gives_to_a_worker_that_ends_is_not_begun_under_its_last_commit() -> None:
    """Two workers are told to end at once: the group deals out anew while the second one still commits."""

    async def story(town: Town) -> None:
        def fail(error: BaseException) -> None:
            raise error

        picked_up(town, "S1")
        writer = Slow(town)
        worker = Worker(town, writer=writer)
        assignment = Assignment(Sources(NAMES, SOURCE_TOPICS, on_failure=fail), lambda *_: worker.task, partitions=12)
        await assignment.on_assigned(FIRST)
        await worker.idle()
        writer.answers.clear()
        town.scan("S1", "delivered")
        await worker.until(lambda: writer.waiting)
        draining = asyncio.ensure_future(assignment.drain())
        await worker.until(lambda: not worker.source.reading)
        await assignment.on_revoked(FIRST)
        await assignment.on_assigned(FIRST)
        writer.answers.set()
        for _ in range(TURNS):
            worker.source.deliver()
            await asyncio.sleep(0)
        assert draining.done()
        assert worker.task.state == "stopped"
        assert len(worker.watcher.restores) == 1
        assert worker.watcher.aborts == []
        assert town.said == ["met"]

    play(story)
