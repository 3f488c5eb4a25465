# ruff: noqa: ARG002, ASYNC109, FBT001, FBT002 - the signatures are Faust's
"""The batching consumer: ONE Faust message per partition batch, and caught-up marks for the tasks."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage, Message

from streams.clock import SystemClock
from streams.kafka.backlogs import Backlogs
from streams.kafka.delivery import Delivery
from streams.kafka.polling import FetchedBatch, Polled, Want
from streams.kafka.reading import Reading
from streams.kafka.source import Sources
from streams.kafka.thread import ConsumerThread, Engine, RebalanceListener
from streams.partition.ports import SourceBatch

_clock: Final = SystemClock()

POLL_S = 0.1
"""Longest wait for records, and the cadence of marks while nothing is appended."""

FULL_POLL_S = 0.01
"""The same while a partition has no room: it may have room again at any moment."""


class Consumer(driver.Consumer):
    """Faust's consumer, reading from where the tasks say and committing nothing: offsets travel in transactions."""

    RebalanceListener = RebalanceListener

    _thread: ConsumerThread

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._backlogs = Backlogs(self._thread)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """Poll once, for `timeout` seconds at most; yield one message per partition batch."""
        if not self.flow_active:
            await self.wait(self.can_resume_flow)  # type: ignore[arg-type]  # mode's annotation is too narrow
        sources = cast("Engine", self.app).sources
        if self.should_stop:
            return
        wants = [self._want(reading) for reading in sources.begun()]
        self._backlogs.look(sources)
        full = not all(want.fetch for want in wants)
        if not any(want.fetch for want in wants):
            await sources.changed(FULL_POLL_S if wants else timeout)
        polled = await self._thread.poll(wants, FULL_POLL_S if full else timeout)
        for want in polled.sought:
            if (reading := sources.current(want.tp, want.generation)) and reading.seek == want.seek:
                reading.seek = None
        fetched_at = _clock.now_ms()
        for fetched in polled.batches:
            reading = sources.current(fetched.tp, fetched.generation)
            if reading is None:
                continue
            if not self.flow_active:
                reading.again()
                continue
            yield reading.tp, self._message(reading, fetched, fetched_at)
        self._tell_standings(sources, polled)

    def _tell_standings(self, sources: Sources, polled: Polled) -> None:
        for standing in polled.standings:
            reading = sources.current(standing.tp, standing.generation)
            if reading is not None:
                reading.hear(standing.polled_at)
            if reading is not None and reading.seek is None:
                mark = reading.stand(standing)
                if mark is not None:
                    reading.receiver.caught_up(mark)
        for lost in polled.lost:
            # Under another generation it was the offset of the group, which nobody reads from.
            if sources.current(lost.tp, lost.generation) is not None:
                sources.fail(lost.error)
                self.stop_flow()

    @staticmethod
    def _want(reading: Reading) -> Want:
        return Want(reading.tp, reading.generation, reading.seek, reading.look())

    def _message(self, reading: Reading, fetched: FetchedBatch, fetched_at: int) -> Message:
        last = fetched.records[-1]
        batch = SourceBatch(reading.topic, fetched.records, fetched_at)
        message = ConsumerMessage(
            reading.tp.topic,
            reading.tp.partition,
            last.offset,
            int(last.timestamp) / 1000.0,
            0,
            None,
            None,
            cast("Any", Delivery(batch, reading)),
            None,
            None,
            None,
            TP(*reading.tp),
            generation_id=self.app.consumer_generation_id,
        )
        reading.delivered(last.offset + 1)
        return message

    async def _drain_messages(self, fetcher: Any) -> None:
        """Hand every batch to Faust.

        Faust's own loop keeps read offsets, which would silently drop what is read again after an abort, and swallows
        the exceptions of callbacks.
        """
        try:
            while not (self.should_stop or fetcher.should_stop):
                await self.sleep(0)
                async for _, message in self.getmany(POLL_S):
                    await self.callback(message)
        except self.consumer_stopped_errors:
            if not self.transport.app.should_stop:
                raise

    async def perform_seek(self) -> None:
        """Do nothing: every task seeks to the offsets of its own meta record."""

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Do nothing: Faust would move the changelog, which it never reads."""

    async def commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Do nothing: offsets are committed with the state that rests on them."""
        return True

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Do nothing: Faust cannot know that a partition is paused; stalls are detected in `Reading`."""
