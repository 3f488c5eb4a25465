"""Kills workers while they work, and keeps the evidence."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from streams.demo.conditions import holds_within
from streams.demo.crew import Crew
from streams.demo.gate import Gate
from streams.demo.workers import Worker

KILLED = -9
"""Exit status of a process that SIGKILL ended."""
_ADVANCED_WITHIN = 60.0
_DEAD_WITHIN = 60.0
_OWNS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Kill:
    """One SIGKILL, and what was true when it struck."""

    worker: str
    pid: int
    partitions: tuple[int, ...]
    """Partitions that the worker owned and worked on."""
    in_transaction: bool
    """Whether it struck after the sends of a transaction and before its commit."""
    uncommitted_records: int
    """Records that an open transaction had left in these partitions just after the kill."""
    committed_before: int
    """Sum of the group's committed offsets when the worker was chosen; it grows from kill to kill."""


class Progress(Protocol):
    """What tells how far the workers have come."""

    async def total(self) -> int:
        """Sum of the group's committed offsets."""


@dataclass
class Chaos:
    """Kills `kills` times, every second time inside an open transaction, and restarts each victim.

    The feed is held by `gate`, so that there always is work left: part of it is let through before each kill, for the
    workers to show progress, and part of it with the kill.
    """

    crew: Crew
    kills: int
    faults: Path
    """The directory in which a file `kill-in-transaction.<pid>` makes that worker end itself."""
    gate: Gate
    progress: Progress
    uncommitted: Callable[[Sequence[int]], Awaitable[int]]
    """Records of open transactions in these partitions."""
    tell: Callable[[str], None]
    """Hears in words of every kill."""
    doomed: set[str] = field(default_factory=set)
    """Workers that end because they are meant to."""
    done: list[Kill] = field(default_factory=list)

    async def run(self) -> None:
        """Kill and restart as often as asked, then let the rest of the feed through.

        Raises:
            DeadlineMissed: the workers did not settle, work or die in time.
        """
        stages = 2 * self.kills + 1
        floor = 0
        for number in range(self.kills):
            await self.crew.ready()
            await self.gate.open((2 * number + 1) / stages)
            await self._advanced_beyond(floor)
            victim = self.crew.workers[number % len(self.crew.workers)]
            await self._kill(victim, self.gate.open((2 * number + 2) / stages), in_transaction=number % 2 == 0)
            floor = await self.progress.total()
            victim.start()
            self.doomed.discard(victim.name)
        await self._advanced_beyond(floor)
        # Shares lie below 1: the feed is free now.
        await self.gate.open(1.0)

    async def _advanced_beyond(self, floor: int) -> None:
        async def advanced() -> bool:
            return await self.progress.total() > floor

        await holds_within(_ADVANCED_WITHIN, f"the committed offsets go beyond {floor} in all", advanced)

    async def _owned(self, victim: Worker) -> tuple[int, ...]:
        """Its partitions; waits for them while the group moves them about."""

        async def owns() -> bool:
            victim.require_running()
            return bool(await victim.partitions())

        await holds_within(_OWNS_WITHIN, f"{victim.name} owns restored partitions", owns)
        return tuple(sorted(await victim.partitions()))

    async def _kill(self, victim: Worker, more_work: Awaitable[None], *, in_transaction: bool) -> None:
        pid = victim.pid
        if pid is None:
            raise ValueError(f"{victim.name} was never started")
        partitions = await self._owned(victim)
        committed = await self.progress.total()
        self.doomed.add(victim.name)
        order = self.faults / f"kill-in-transaction.{pid}"
        if in_transaction:
            order.touch()
        await more_work
        if in_transaction:
            await holds_within(
                _DEAD_WITHIN, f"{victim.name} ends inside a transaction", lambda: victim.exit_status is not None
            )
        victim.kill()
        uncommitted = await self.uncommitted(partitions)
        order.unlink(missing_ok=True)
        if victim.exit_status != KILLED:
            victim.require_running()
        self.done.append(Kill(victim.name, pid, partitions, in_transaction, uncommitted, committed))
        how = f"inside a transaction of {uncommitted:,} records" if in_transaction else "at work"
        self.tell(f"{victim.name} killed {how}; it owned partitions {', '.join(map(str, partitions))}")
