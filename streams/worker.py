"""The life of a worker process: check, start, run, and end in one of two ways, drained or loudly."""

import asyncio
import signal
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar

import structlog
from aiokafka.errors import KafkaConnectionError
from prometheus_client import CollectorRegistry, disable_created_metrics

from streams import assembly, garbage, heap, open_files
from streams.app import build_app
from streams.assignment import Assignment
from streams.clock import SystemClock
from streams.connecting import connection_of
from streams.differing_clocks import DifferingClocks
from streams.errors import KafkaUnavailable, no_answer
from streams.http import Server
from streams.jobs import names_of
from streams.kafka.names import Names
from streams.kafka.rights import of_worker
from streams.kafka.source import Sources
from streams.metrics.catalogue import Catalogue
from streams.metrics.observer import MetricsObserver
from streams.metrics.partitions import PartitionCollector
from streams.settings import Settings
from streams.status import Status
from streams.topics.check import Found, verify

T = TypeVar("T")


log = structlog.get_logger(__name__)

COMMIT_WITHIN_S = 2.0
"""How long the tasks have to commit what is in hand, when the worker is told to end."""

LEAVE_WITHIN_S = 1.0
"""How long leaving the group may take after that.  With the closing of connections (`CLOSE_WITHIN_S`) they stay below
5 seconds also where no broker answers."""


class Worker:
    """One process of the group.  Construct it inside a running event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._names = Names(settings.namespace, names_of(settings))
        self._connection = connection_of(settings)
        self._ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sources = Sources(self._names, self._names.job.sources, on_failure=self._fail)
        disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus_client has no types here
        registry = CollectorRegistry()
        self._observer = MetricsObserver(Catalogue(registry))
        self._status = Status(self._sources)
        registry.register(PartitionCollector(self._status, settings.job))
        self._server = Server(registry, self._status)

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; then commit, leave the group and return within 5 seconds.

        Raises what ended the worker otherwise: a `ShipclockError`, or the exception of a programming error.
        """
        settings = self._settings
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, number)
        await self._server.start(settings.http_host, settings.http_port, settings.port_file)
        tidying = loop.create_task(heap.give_back(), name="heap")
        try:
            topics = await self._until_told(self._check_topics())
            if topics is not None:
                await self._work(topics)
        finally:
            tidying.cancel()
            await self._server.stop()

    async def _check_topics(self) -> Found:
        options = self._connection.options()
        servers = options.pop("bootstrap_servers")
        return await verify(
            ",".join(servers),
            self._names.namespace,
            self._settings.time,
            options,
            self._settings.source_timestamps,
            job=self._settings.job,
            carrier=self._names.job.carrier,
            rights=of_worker(self._names, self._settings.job, copies=self._settings.outcomes_by_customer),
        )

    async def _work(self, topics: Found) -> None:
        open_files.warn_if_few(topics.job_partitions)
        make = assembly.task_factory(
            self._settings,
            connection=self._connection,
            names=self._names,
            topics=topics,
            clock=SystemClock(),
            observer=self._observer,
        )
        assignment = self._status.assignment = Assignment(self._sources, make, partitions=topics.job_partitions)
        app = build_app(
            self._connection,
            self._names,
            self._sources,
            partitions=topics.job_partitions,
            session_timeout_ms=self._settings.session_timeout_ms,
        )
        assignment.follow(app)
        clocks = DifferingClocks(self._status.health, self._settings.max_clock_skew_ms)
        watching = asyncio.ensure_future(clocks.watch()) if self._settings.time == "live" else None
        garbage.settle()
        try:
            await self._until_told(app.start())
            if not self._ending.done():
                log.info(
                    "started",
                    job=self._settings.job,
                    namespace=self._names.namespace,
                    partitions=topics.job_partitions,
                    time=self._settings.time,
                )
            await self._until_told(self._crash_of(app))
        except KafkaConnectionError as error:
            raise KafkaUnavailable(no_answer(self._settings.bootstrap_servers, error)) from error
        finally:
            if watching is not None:
                watching.cancel()
            await self._leave(app, assignment)

    async def _crash_of(self, app: Any) -> None:
        """Wait for the crash of any of Faust's services, and raise its reason."""
        await app._crashed.wait()  # noqa: SLF001 - mode has no other way to wait for it
        raise app.crash_reason or RuntimeError("Faust crashed and gave no reason")

    async def _until_told(self, work: Awaitable[T]) -> T | None:
        """Await `work`, unless the worker is to end first (None) or fails first (raises)."""
        task: asyncio.Future[T] = asyncio.ensure_future(work)
        waiting: list[asyncio.Future[Any]] = [task, self._ending]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if self._ending.done():
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await asyncio.wait({task}, timeout=0.2)
            self._ending.result()
            return None
        return task.result()

    async def _leave(self, app: Any, assignment: Assignment) -> None:
        self._status.ending = True
        try:
            async with asyncio.timeout(COMMIT_WITHIN_S):
                await assignment.drain()
        except TimeoutError:
            log.warning("not all tasks committed in time: what they held will be read again", within_s=COMMIT_WITHIN_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await app.stop()
        log.info("left the group")

    def _end(self, number: int) -> None:
        if not self._ending.done():
            log.info("ending", signal=signal.Signals(number).name)
            self._ending.set_result(None)

    def _fail(self, error: BaseException) -> None:
        if not self._ending.done():
            self._ending.set_exception(error)
