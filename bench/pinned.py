"""A worker process on a core of its own, and what it uses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import psutil

from bench.cores import pin
from bench.errors import BenchFailed
from streams.demo.conditions import holds_within
from streams.demo.workers import Worker

_RESTORED_WITHIN = 180.0


class Restored(msgspec.Struct):
    """A partition has read its state."""

    partition: int
    entries: int
    seconds: float


@dataclass
class PinnedWorker(Worker):
    """One `shipclock worker`."""

    cores: frozenset[int] = frozenset()
    """Where it is pinned; empty leaves it to the system."""
    begun: int = 0
    """Bytes of its log that earlier lives wrote."""

    def start(self) -> None:
        """Start the process; it is ready some seconds later."""
        self.begun = self.log.stat().st_size if self.log.exists() else 0
        super().start()
        if self.pid is not None:
            pin(self.pid, self.cores)

    def cpu_s(self) -> float:
        """Seconds of processor time that it has used since it started."""
        times = self._observed().cpu_times()
        return float(times.user + times.system)

    def rss(self) -> int:
        """Bytes of physical memory that it holds."""
        return int(self._observed().memory_info().rss)

    async def restored(self, partitions: int) -> list[Restored]:
        """Wait until all partitions have read their state, and return how it went."""

        def all_done() -> bool:
            self.require_running()
            return len(list(self._restorations())) >= partitions

        await holds_within(_RESTORED_WITHIN, "every partition is restored", all_done)
        return list(self._restorations())

    def _restorations(self) -> Iterator[Restored]:
        with self.log.open("rb") as log:
            log.seek(self.begun)
            for line in log:
                if b'"partition restored"' in line and line.endswith(b"\n"):
                    yield msgspec.json.decode(line, type=Restored)

    def _observed(self) -> Any:
        try:
            return psutil.Process(self.pid)
        except psutil.NoSuchProcess:
            raise BenchFailed(f"{self.name} has ended. {self.last_words()}") from None
