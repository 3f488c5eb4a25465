"""Which partitions this worker owns, and their tasks."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from types import MappingProxyType
from typing import Any, Protocol

import structlog
from faust import App
from faust.types import TP

from streams.kafka.delivery import Receiver
from streams.kafka.errors import PartitionsApart
from streams.kafka.source import PartitionSource, Sources
from streams.partition.task import State, TaskHealth

log = structlog.get_logger(__name__)


class Task(Receiver, Protocol):
    """What the worker needs of `streams.partition.task.PartitionTask`."""

    state: State
    detail: str
    failure: asyncio.Future[None]

    def share(self, partitions: int) -> None:
        """Note how many partitions the worker has."""

    def start(self) -> None:
        """Restore and run, in the background."""

    async def stop(self, *, commit: bool) -> None:
        """End; memory stays."""

    def resume(self) -> bool:
        """Go on after parking; False when the partition is not parked."""

    def health(self) -> TaskHealth:
        """Return how it is."""


class Assignment:
    """Starts and stops partition tasks as the group gives and takes partitions.

    Rebalances are eager: everything is revoked, then what stays and what is new is assigned.  A task that is stopped
    keeps its memory, so a partition that stays only replays what others have written meanwhile: nothing.
    """

    def __init__(self, sources: Sources, make_task: Callable[[int, PartitionSource], Task], *, partitions: int) -> None:
        """`partitions` of every source topic were there when the worker started."""
        self._sources = sources
        self._partitions = partitions
        self._make_task = make_task
        self._tasks: dict[int, Task] = {}
        self._owned: set[int] = set()
        self._taken_at: dict[int, float] = {}
        self._ending = False
        self.assigned = False
        """Whether what is owned is what the group has given, be it nothing; not while it deals out anew."""
        self.rebalances = 0

    @property
    def tasks(self) -> Mapping[int, Task]:
        """The tasks of the partitions owned, by partition number."""
        return MappingProxyType({number: self._tasks[number] for number in sorted(self._owned)})

    def held_s(self, number: int) -> float:
        """Return for how many seconds this worker has had a partition, through rebalances that left it here."""
        return monotonic() - self._taken_at[number]

    def follow(self, app: App) -> None:
        """Listen to what the group gives to and takes from a Faust app."""

        async def revoked(_app: Any, /, *arguments: Any, **_: Any) -> None:
            await self.on_revoked(arguments[0])

        async def assigned(_app: Any, /, *arguments: Any, **_: Any) -> None:
            await self.on_assigned(arguments[0])

        app.on_partitions_revoked.connect(revoked)
        app.on_partitions_assigned.connect(assigned)

    async def on_revoked(self, revoked: Iterable[TP]) -> None:
        """Commit what is in hand and stop every task; called before the group goes on without this worker."""
        numbers = self._numbers(revoked) & self._owned
        self._owned -= numbers
        self.assigned = False
        self.rebalances += 1
        await self._stop(numbers)

    async def on_assigned(self, assigned: Iterable[TP]) -> None:
        """Start the tasks of what is assigned; forget those of partitions that went elsewhere.

        Raises `PartitionsApart` when a partition came without its twins, or was added since the worker started.
        """
        if self._ending:
            # A task that still commits would begin anew beside itself, with the same memory and the same producer.
            return
        assigned = set(assigned)
        numbers = self._numbers(assigned)
        self._check_twins(assigned, numbers)
        for number in self._tasks.keys() - numbers:
            del self._tasks[number], self._taken_at[number]
            self._sources.close(number)
        kept = len(self._tasks)
        for number in sorted(numbers):
            task = self._tasks.get(number) or self._create(number)
            task.share(len(numbers))
            task.start()
        self._owned = numbers
        self.assigned = True
        log.info("partitions assigned", partitions=sorted(numbers), kept=kept, taken=len(numbers) - kept)

    def resume(self, number: int) -> bool:
        """Start a parked partition again; False when it is not parked here."""
        task = self.tasks.get(number)
        resumed = task is not None and task.resume()
        if resumed:
            log.info("partition resumed", partition=number)
        return resumed

    async def drain(self) -> None:
        """Commit what is in hand and stop all tasks for good: what the group gives from now on is left to others."""
        self._ending = True
        numbers, self._owned = self._owned, set()
        await self._stop(numbers)

    async def _stop(self, numbers: Iterable[int]) -> None:
        await asyncio.gather(*(self._tasks[number].stop(commit=True) for number in numbers))
        for number in numbers:
            self._sources.end(number)

    def _create(self, number: int) -> Task:
        source = self._sources.open(number)
        task = self._make_task(number, source)
        source.attach(task)
        task.failure.add_done_callback(self._failed)
        self._tasks[number] = task
        self._taken_at[number] = monotonic()
        return task

    def _failed(self, failure: asyncio.Future[None]) -> None:
        if not failure.cancelled():
            error = failure.exception()
            if error is not None:
                self._sources.fail(error)

    def _numbers(self, tps: Iterable[TP]) -> set[int]:
        topics = set(self._sources.topics.values())
        return {tp.partition for tp in tps if tp.topic in topics}

    def _check_twins(self, assigned: set[TP], numbers: set[int]) -> None:
        added = numbers - set(range(self._partitions))
        if added:
            grown = sorted({tp.topic for tp in assigned if tp.partition in added})
            raise PartitionsApart(
                f"{', '.join(grown)}: more than the {self._partitions} partitions that there were when the worker"
                " began.  Start it again, and it says what to do.  What came meanwhile is still there, or in"
                " scan-rejects"
            )
        for number in numbers:
            missing = [topic for topic in self._sources.topics.values() if TP(topic, number) not in assigned]
            if missing:
                raise PartitionsApart(
                    f"Partition {number} came without {', '.join(missing)}: all source topics and the state topic must"
                    " be there with the same number of partitions, and all workers of the group have the same version"
                )
