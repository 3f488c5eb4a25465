"""A partition's task on a simulated Kafka, with everything around it."""

import asyncio
from collections.abc import Callable
from typing import Any

from streams.partition.core import Core
from streams.partition.pace import TaskSettings
from streams.partition.ports import Tally, Writer
from streams.partition.task import PartitionTask
from streams.simulation import Broker, ManualClock, SimulatedChangelog, SimulatedSource, SimulatedWriter
from streams.simulation.partition import STATE

_MANY = 10_000


class Watcher:
    """Remembers what a task reports."""

    def __init__(self) -> None:
        self.commits: list[Tally] = []
        self.restores: list[int] = []
        self.parks: list[str] = []
        self.aborts: list[str] = []
        self.other_policies: list[tuple[str, str]] = []

    def committed(self, number: int, tally: Tally, *, transaction_s: float, records: int) -> None:
        del number, transaction_s, records
        self.commits.append(tally)

    def restored(self, number: int, *, entries: int, seconds: float) -> None:
        del number, seconds
        self.restores.append(entries)

    def parked(self, number: int, reason: str) -> None:
        del number
        self.parks.append(reason)

    def other_policy(self, number: int, *, in_force: str, configured: str) -> None:
        del number
        self.other_policies.append((in_force, configured))

    def aborted(self, number: int, reason: str) -> None:
        del number
        self.aborts.append(reason)


class SimulatedWorker:
    """A worker that owns a partition, or thinks so; it commits after every slice and waits for nothing."""

    def __init__(
        self,
        broker: Broker,
        core: Core,
        number: int = 0,
        *,
        clock: ManualClock,
        state: str = STATE,
        batch: int = 100,
        writer: Writer | None = None,
        **settings: Any,
    ) -> None:
        """`batch` records of a topic are delivered at a time; `settings` are those of the task."""
        paced = {"commit_interval_s": 0.0, "longest_unit_s": 0.0, "retry_s": 0.0, "fenced_s": 0.0, **settings}
        self.core = core
        self.source = SimulatedSource(broker, number, clock=clock, batch=batch)
        self.changelog = SimulatedChangelog(broker, number, state=state)
        self.watcher = Watcher()
        self.task = PartitionTask(
            number,
            core=core,
            changelog=self.changelog,
            writer=writer or SimulatedWriter(broker, number, clock=clock, state=state),
            source=self.source,
            clock=clock,
            settings=TaskSettings(**paced),
            observer=self.watcher,
        )
        self.source.attach(self.task)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Deliver what there is, again and again, and give the task its turns, until something holds."""
        for _ in range(_MANY):
            if condition():
                return
            self.source.deliver()
            await asyncio.sleep(0)
        raise AssertionError("it never came to that")
