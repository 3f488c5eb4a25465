"""Where the bench takes place: the broker, the cores, a directory for logs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from rich.console import Console

from bench.cores import Cores, pin
from bench.pinned import PinnedWorker
from schemas.catalogue import TimeMode, load_catalogue
from streams.demo.stage import create_topics, worker_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What all measurements share."""

    servers: str
    cores: Cores
    everywhere: frozenset[int] | None
    """The cores that this process may use between measurements."""
    directory: Path
    partitions: int
    console: Console

    @asynccontextmanager
    async def topics(self, namespace: str, time: TimeMode) -> AsyncIterator[None]:
        """All topics of a namespace; removed at the end, so that their cleaning does not disturb what comes next."""
        await create_topics(self.servers, namespace, time, self.partitions)
        yield
        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers)
        await admin.start()
        try:
            await admin.delete_topics(
                [spec.topic(namespace) for spec in load_catalogue().values() if spec.follows == "namespace"]
            )
        finally:
            await admin.close()

    @contextmanager
    def worker(
        self, namespace: str, time: TimeMode, policy: Path, *, name: str = "worker", code: Path | None = None
    ) -> Iterator[PinnedWorker]:
        """A worker of a namespace, not started yet, on its core; gone at the end.

        `name` tells it from others of the namespace; `code` is where its program lies, when that is not the one that
        runs the bench.

        Meanwhile this process stays on the broker's core: it must not take time from the worker.
        """
        settings = worker_settings(self.servers, namespace, time, policy)
        # Else Faust leaves a directory where it is started.
        settings["APP_DATADIR"] = str(self.directory / f"faust-{name}")
        if code is not None:
            settings["PYTHONPATH"] = str(code)
        worker = PinnedWorker(f"{namespace}-{name}", self.directory, settings, cores=self.cores.for_worker)
        with self.aside():
            try:
                yield worker
            finally:
                worker.kill()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Keep this process off the worker's core."""
        pin(0, self.cores.for_broker)
        try:
            yield
        finally:
            pin(0, self.everywhere)
