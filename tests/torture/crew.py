"""Workers that are meant to suffer: those that have ended are started again, as an orchestrator would."""

import signal
from collections import Counter
from collections.abc import Sequence

from streams.demo.conditions import holds_within
from streams.demo.workers import Worker
from tests.integration.stage import Stage

ENDS_WITHIN_S = 20.0
SHARED_WITHIN_S = 60.0
EXPECTED = {
    0: "ended as asked",
    -signal.SIGKILL: "killed",
    -signal.SIGTERM: "asked to end before it had come up",
}
"""How a worker may end here; whatever else is a fault of its own."""
ALONE = {4: "no broker answered"}
"""Likewise where there is no second broker."""


class Crew:
    """Some workers of one stage, of which the first ones are kept running."""

    def __init__(self, stage: Stage, *, kept: int, spare: int, brokers: int) -> None:
        self._expected = EXPECTED if brokers > 1 else EXPECTED | ALONE
        self._partitions = stage.partitions
        self.workers: Sequence[Worker] = [stage.worker(f"worker-{number}") for number in range(kept + spare)]
        self.kept, self.spare = self.workers[:kept], self.workers[kept:]
        self.ends = Counter[str]()
        self.strange: list[str] = []

    def start(self, worker: Worker) -> None:
        """Start a worker unless it runs; how it ended is noted."""
        if worker.pid is not None:
            if worker.exit_status is None:
                return
            self._note(worker, worker.exit_status)
        worker.start()

    def keep_up(self) -> None:
        """Start those again that are to run."""
        for worker in self.kept:
            self.start(worker)

    async def end(self) -> None:
        """Let all share the partitions once more, then end in order."""

        async def shared() -> bool:
            for worker in self.workers:
                self.start(worker)
            owned = [await worker.partitions() for worker in self.workers]
            return all(owned) and sorted(number for part in owned for number in part) == list(range(self._partitions))

        await holds_within(SHARED_WITHIN_S, "the workers share the partitions", shared)
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            status = await worker.ended(ENDS_WITHIN_S)
            if status:
                self.strange.append(f"{worker.name} ended with {status}. {worker.last_words()}")
            elif status is None:
                self.strange.append(f"{worker.name} did not end within {ENDS_WITHIN_S:.0f} s. {worker.last_words()}")

    def kill(self) -> None:
        """End all at once."""
        for worker in self.workers:
            worker.kill()

    def _note(self, worker: Worker, status: int) -> None:
        self.ends[self._expected.get(status, str(status))] += 1
        if status not in self._expected:
            self.strange.append(f"{worker.name} ended with {status}. {worker.last_words()}")
