"""Which core the broker gets, and which the worker."""

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cores:
    """Numbers of cores, as the operating system counts; None where processes cannot be pinned."""

    broker: int | None
    worker: int | None

    @property
    def for_broker(self) -> frozenset[int]:
        """What the broker is pinned to; empty where that is not possible."""
        return frozenset() if self.broker is None else frozenset({self.broker})

    @property
    def for_worker(self) -> frozenset[int]:
        """What the worker is pinned to; empty where that is not possible."""
        return frozenset() if self.worker is None else frozenset({self.worker})

    def describe(self) -> str:
        """One sentence for the report."""
        if self.worker is None:
            return "processes cannot be pinned on this system: worker and Kafka share all cores"
        if self.worker == self.broker:
            return "one core only: worker and Kafka share it, so figures are lower than they would be"
        return f"worker on core {self.worker}, Kafka on core {self.broker}"


def choose(available: Collection[int] | None) -> Cores:
    """The first core for the worker and the last for the broker; None means that pinning is not possible."""
    if not available:
        return Cores(None, None)
    return Cores(broker=max(available), worker=min(available))


def available() -> frozenset[int] | None:
    """The cores that this process may use; None where the system does not say."""
    return frozenset(os.sched_getaffinity(0)) if sys.platform == "linux" else None


def pin(pid: int, cores: Collection[int] | None) -> None:
    """Keep a process that has just been started on these cores, with all threads that it starts from now on."""
    if cores and sys.platform == "linux":
        os.sched_setaffinity(pid, cores)
