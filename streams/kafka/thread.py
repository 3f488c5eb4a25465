"""The aiokafka consumer, in a thread of its own: heartbeats go on while the main thread computes."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, ConsumerRebalanceListener
from faust.types import TP

from streams.errors import NotAllowed
from streams.kafka.backlogs import Positions, backlogs
from streams.kafka.connection import Connection
from streams.kafka.leaders import Leaders
from streams.kafka.polling import Polled, Want, poll
from streams.kafka.rights import READ, refused
from streams.kafka.slim import slim
from streams.kafka.source import Sources
from streams.kafka.successors import ANSWER_WITHIN_S, Successors

FETCH_MAX_WAIT_MS = 200
"""How long a broker may hold the fetch of an idle partition: the age of a caught-up mark is about twice this."""

MAX_PARTITION_FETCH_BYTES = 512 * 1024
"""A larger record still comes, alone; more would only wait in memory.  With half of it a worker that is far behind
waits for its next fetch a tenth of the time."""

LEARN_EVERY_MS = 30_000
"""How often brokers are asked for their topics when nothing else gives cause to: partitions that somebody adds, which
records may go to that are needed, are noticed so soon."""

LOOK_EVERY_S = 0.5
"""How often it is looked whether the group still lets this worker take part."""


class Engine(Protocol):
    """What the plug-ins need of the Faust app that they belong to."""

    connection: Connection
    sources: Sources


class ConsumerThread(AIOKafkaConsumerThread):
    """Faust's consumer thread with settings that Faust hard-codes, and with batching polls."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._leaders = Leaders(Successors(self._impatient))
        self._watching: asyncio.Task[None] | None = None

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:  # noqa: ARG002 - Faust's signature
        conf = self.app.conf
        self._assignor = self.app.assignor
        return AIOKafkaConsumer(
            **cast("Engine", self.app).connection.options(),
            group_id=conf.id,
            partition_assignment_strategy=[self._assignor],
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            fetch_max_wait_ms=FETCH_MAX_WAIT_MS,
            max_partition_fetch_bytes=MAX_PARTITION_FETCH_BYTES,
            max_poll_interval_ms=int((conf.broker_max_poll_interval or 300.0) * 1000),
            session_timeout_ms=int(conf.broker_session_timeout * 1000),
            rebalance_timeout_ms=int(conf.broker_rebalance_timeout * 1000),
            heartbeat_interval_ms=int(conf.broker_heartbeat_interval * 1000),
            retry_backoff_ms=50,
            metadata_max_age_ms=LEARN_EVERY_MS,
            check_crcs=conf.broker_check_crcs,
        )

    def _impatient(self) -> AIOKafkaClient:
        options = cast("Engine", self.app).connection.options()
        return AIOKafkaClient(**{**options, "request_timeout_ms": int(ANSWER_WITHIN_S * 1000)})

    async def on_start(self) -> None:
        """Connect."""
        await super().on_start()
        slim(self._ensure_consumer())
        self._watching = asyncio.get_running_loop().create_task(self._watch(), name="group")

    async def on_thread_stop(self) -> None:
        """Disconnect."""
        if self._watching is not None:
            self._watching.cancel()
        await super().on_thread_stop()
        await self._leaders.close()

    async def _watch(self) -> None:
        """End the worker on what the group refuses.

        aiokafka tells those who poll, and nobody does so before there are partitions.
        """
        coordinator = self._ensure_consumer()._coordinator  # noqa: SLF001 - aiokafka is pinned
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                coordinator.check_errors()
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody else may hear of it
                sources = cast("Engine", self.app).sources
                self.parent_loop.call_soon_threadsafe(sources.fail, self._meant(error))
                return

    def _meant(self, error: Exception) -> Exception:
        """Return what a user can act on, where a right is missing; else the error itself."""
        lacking = refused(error, READ, group=self.app.conf.id)
        return error if lacking is None else NotAllowed(lacking)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Pause all: nothing is fetched before a task says from where, the changelog never."""
        consumer = self._ensure_consumer()
        consumer.pause(*consumer.assignment())
        await super().on_partitions_assigned(assigned, generation_id)

    async def poll(self, wants: Sequence[Want], wait_s: float) -> Polled:
        """Seek and fetch; called from the main thread."""
        try:
            polled: Polled = await self.call_thread(poll, self._ensure_consumer(), self._leaders, wants, wait_s)
        except KafkaError as error:
            raise self._meant(error) from error
        return polled

    def backlogs(self, positions: Positions) -> asyncio.Future[dict[TopicPartition, int]]:
        """Ask how many records lie before the end, while polls go on; called from the main thread."""
        asking = backlogs(self._ensure_consumer(), positions)
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asking, self.thread_loop))


class RebalanceListener(ConsumerRebalanceListener):
    """Hears of partitions given and taken.  aiokafka logs what goes wrong with that, and goes on as if nothing had."""

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Stop all work; end the worker where that fails."""
        with self._loud():
            await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin to work; end the worker where that fails."""
        with self._loud():
            await super().on_partitions_assigned(assigned)

    @contextmanager
    def _loud(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            thread = self._thread
            thread.parent_loop.call_soon_threadsafe(cast("Engine", thread.app).sources.fail, error)
            raise
