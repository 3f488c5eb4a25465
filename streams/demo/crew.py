"""The workers of one system, together."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from streams.demo.conditions import holds_within
from streams.demo.workers import Worker

_READY_WITHIN = 90.0
_ENDING_BEFORE_KILL = 10.0
_WATCH_EVERY = 0.5


class Crew:
    """Starts the workers, stops them at the end, whatever happened in between.

    Args:
        count: How many.
        partitions: Partitions of the source topics, which they share.
        directory: For logs and port files; it exists.
        environment: Settings of the workers, `SHIPCLOCK_*`.
    """

    def __init__(self, count: int, partitions: int, directory: Path, environment: Mapping[str, str]) -> None:
        self.workers: Sequence[Worker] = [
            Worker(f"worker-{number}", directory, environment) for number in range(1, count + 1)
        ]
        self._partitions = partitions

    async def __aenter__(self) -> Self:
        try:
            for worker in self.workers:
                worker.start()
        except BaseException:
            self._kill()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        try:
            for worker in self.workers:
                worker.terminate()
            for worker in self.workers:
                await worker.ended(_ENDING_BEFORE_KILL)
        finally:
            self._kill()

    async def ready(self) -> None:
        """Wait until every worker has partitions and all of them are restored.

        Raises:
            DeadlineMissed: they were not in time.
            WorkerFailed: one ended.
        """
        await holds_within(_READY_WITHIN, "every worker owns restored partitions", self.settled)

    async def settled(self) -> bool:
        """Whether all partitions are at work, and each worker has its part of them."""
        for worker in self.workers:
            worker.require_running()
        owned = [await worker.partitions() for worker in self.workers]
        return all(owned) and sum(map(len, owned)) == self._partitions == len(frozenset().union(*owned))

    async def watch(self, doomed: Collection[str] = ()) -> NoReturn:
        """Raise `WorkerFailed` as soon as one ends that is not among the `doomed` (names), or a partition is parked."""
        while True:
            for worker in self.workers:
                if worker.name not in doomed:
                    worker.require_running()
                await worker.partitions()
            # A worker that ends tells nobody: somebody has to look.
            await asyncio.sleep(_WATCH_EVERY)

    def metrics(self) -> list[str]:
        """Addresses of the metrics of the running workers."""
        ports = [worker.port for worker in self.workers if worker.exit_status is None]
        return [f"http://127.0.0.1:{port}/metrics" for port in ports if port is not None]

    def _kill(self) -> None:
        for worker in self.workers:
            worker.kill()
