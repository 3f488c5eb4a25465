"""One partition at work: it restores, reads, works, commits, and starts over when a commit fails."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from streams.errors import ChangelogTruncated, Fenced, Forbidden, PartitionParked, RejectStorm, TransactionFailed
from streams.partition.core import Core
from streams.partition.pace import Pace, TaskSettings
from streams.partition.ports import CaughtUp, Changelog, Source, SourceBatch, Tally, WallClock, Writer
from streams.partition.skew import Skew, set_to

State = Literal["stopped", "restoring", "running", "parked"]


class Observer(Protocol):
    """Who wants to know how a partition fares."""

    def committed(self, number: int, tally: Tally, *, transaction_s: float, records: int) -> None:
        """A unit of work is durable: now its tally counts."""

    def restored(self, number: int, *, entries: int, seconds: float) -> None:
        """The state has been read back."""

    def parked(self, number: int, reason: str) -> None:
        """The partition has stopped because of its data."""

    def other_policy(self, number: int, *, in_force: str, configured: str) -> None:
        """The partition goes on with a policy that is not the one that the worker was given."""

    def aborted(self, number: int, reason: str) -> None:
        """A unit of work was not committed; what it held is read again."""


@dataclass(frozen=True, slots=True)
class TaskHealth:
    """How a partition fares."""

    state: State
    detail: str
    restored: bool
    time: int
    """Partition time, UTC milliseconds."""
    behind_s: float
    """How far partition time is behind the wall clock, seconds."""
    buffered: int
    restore_s: float
    gauges: Mapping[str, Mapping[str, int]]
    skew_ms: int


class PartitionTask:
    """Runs a `Core` between a changelog, a writer and a source."""

    def __init__(
        self,
        number: int,
        *,
        core: Core,
        changelog: Changelog,
        writer: Writer,
        source: Source,
        clock: WallClock,
        settings: TaskSettings,
        observer: Observer,
    ) -> None:
        self.number = number
        self.state: State = "stopped"
        self.detail = ""
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Set with the exception when something is wrong that is not this partition's data: the worker must end."""
        self._core = core
        self._changelog = changelog
        self._writer = writer
        self._source = source
        self._clock = clock
        self._settings = settings
        self._observer = observer
        self._pace = Pace(settings)
        self._skew = Skew(settings.max_skew_ms)
        self._wake = asyncio.Event()
        self._stopping = False
        self._reading = False
        self._restore_s = 0.0
        self._failures = 0
        self._has_committed = False
        self._running: asyncio.Task[None] | None = None
        self._durable: tuple[int, Mapping[str, Mapping[str, int]]] = (0, {})
        """Partition time and gauges as they were last made durable, or found so: they hold while memory does not."""
        self._sound_at = (0, 0)
        """When memory last was what the changelog said: by the wall clock, and by the one that nobody sets."""

    # --- from the source

    def offer(self, batch: SourceBatch) -> None:
        """Take records over; never blocks."""
        if self._reading:
            skew = self._skew
            self._core.offer(batch, trusted=skew.trusts(set_to(self._clock)), ahead=max(skew.measured_ms, 0))
            self._wake.set()

    def caught_up(self, mark: CaughtUp) -> None:
        """Note that a topic has been read up to its end.

        A mark counts only under a clock that has been held against the broker's.  The clock may have been set since the
        mark was made: what counts is how it was set then, and no mark may lie ahead.  One that does not count still
        wakes the task, so that it looks again at the clocks.
        """
        if not self._reading:
            return
        clock = self._clock
        if self._skew.trusts(set_to(clock) if mark.set_to is None else mark.set_to) and mark.at <= clock.now_ms():
            self._core.caught_up(mark)
        self._wake.set()

    def has_room(self, topic: str) -> bool:
        """Whether the source should deliver more records of a topic."""
        return self._reading and self._core.has_room(topic)

    def share(self, partitions: int) -> None:
        """Note how many partitions the worker has: the more, the less often each commits."""
        self._pace.share(partitions)

    # --- life

    def start(self) -> None:
        """Restore in the background, then read and work."""
        if self._running is None or self._running.done():
            self._stopping = False
            self.state, self.detail = "restoring", ""
            self._running = asyncio.get_running_loop().create_task(self._live(), name=f"partition-{self.number}")
            self._running.add_done_callback(self._lived)

    async def stop(self, *, commit: bool) -> None:
        """Commit what is in hand or leave it, and let go of the partition.  Memory stays: `start` may follow."""
        self._stopping = True
        self._reading = False
        self._source.pause()
        self._wake.set()
        running, self._running = self._running, None
        if running is not None:
            if self.state == "restoring":
                running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        if self.state == "running":
            if commit and self._core.moved:
                try:
                    await self._commit()
                except TransactionFailed as error:
                    self._void(str(error))
                except PartitionParked as error:
                    self._park(str(error))
            elif self._core.pending:
                self._core.forget()
        await self._writer.stop()
        if self.state != "parked":
            self.state = "stopped"

    def resume(self) -> bool:
        """Go on after parking; False when the partition is not parked."""
        if self.state != "parked":
            return False
        self._core.guard.forgive()
        self.start()
        return True

    def health(self) -> TaskHealth:
        """How the partition fares."""
        core = self._core
        time, gauges = (core.time, core.gauges()) if self.state == "running" else self._durable
        return TaskHealth(
            state=self.state,
            detail=self.detail,
            restored=self.state == "running",
            time=time,
            behind_s=max(self._clock.now_ms() - time, 0) / 1000,
            buffered=core.buffered,
            restore_s=self._restore_s,
            gauges=gauges,
            skew_ms=self._skew.measured_ms,
        )

    # --- inside

    async def _live(self) -> None:
        while not self._stopping:
            try:
                await self._restore()
                await self._work()
            except TransactionFailed as error:
                fenced = isinstance(error, Fenced)  # rebalances go so, however many there are: it is no failure
                self._failures += not fenced
                self._void(str(error))
                # What was never allowed is not granted by asking again; what was may be, while rights are changed.
                hopeless = isinstance(error, Forbidden) and not self._has_committed
                if hopeless or self._failures > self._settings.most_failures:
                    self._fail(error)
                    return
                await self._writer.stop()
                # Another worker that has taken over must not be fenced back before this one has seen the rebalance.
                await self._rest(self._settings.fenced_s if fenced else self._settings.retry_s * self._failures)
            except (PartitionParked, ChangelogTruncated) as error:
                self._reading = False
                self._source.pause()
                await self._writer.stop()
                self._park(str(error))  # last: from now on somebody may resume it
                return
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it ends the worker and is not swallowed
                self._fail(error)
                return

    def _lived(self, running: asyncio.Task[None]) -> None:
        """See to it that a mistake in what deals with mistakes ends the worker, too."""
        if not running.cancelled() and (error := running.exception()) is not None:
            self._fail(error)

    def _void(self, reason: str) -> None:
        self._reading = False
        self._source.pause()
        self._core.forget()
        self.state, self.detail = "restoring", reason
        self._observer.aborted(self.number, reason)

    def _park(self, reason: str) -> None:
        self._reading = False
        self._source.pause()
        self._core.forget()
        self.state, self.detail = "parked", reason
        self._observer.parked(self.number, reason)

    def _fail(self, error: BaseException) -> None:
        self.state, self.detail = "stopped", str(error)
        if not self.failure.done():
            self.failure.set_exception(error)
        self._reading = False
        self._source.pause()
        # Half a unit of work must never be committed, also not on the way out.
        self._core.forget()

    async def _restore(self) -> None:
        self.state = "restoring"
        began = asyncio.get_running_loop().time()
        now = self._instant()
        end = await self._writer.start()
        self._forget_what_is_old()
        entries = await self._replay(self._core.changelog_end, end)
        offsets = self._core.restored(end)
        self._sound_at = now
        self._durable = (self._core.time, self._core.gauges())
        self._restore_s = asyncio.get_running_loop().time() - began
        self._observer.restored(self.number, entries=entries, seconds=self._restore_s)
        other = self._core.other_policy
        if other is not None:
            self._observer.other_policy(self.number, in_force=other.in_force, configured=other.configured)
        self._pace.begin(asyncio.get_running_loop().time())
        if not self._skew.trusts(set_to(self._clock)):
            await self._probe()
        self.state, self.detail = "running", ""
        self._reading = True
        self._source.begin(offsets)

    def _forget_what_is_old(self) -> None:
        """Drop memory to which the tail cannot be added: somebody else's tombstones may be gone from it already.

        So it is when a worker was frozen or cut off for very long: what had ended would go on in its memory.
        """
        ages = (now - then for now, then in zip(self._instant(), self._sound_at, strict=True))
        if max(ages) > self._settings.oldest_memory_ms:
            self._core.forget()

    def _instant(self) -> tuple[int, int]:
        return self._clock.now_ms(), self._clock.steady_ms()

    async def _probe(self) -> None:
        """Commit nothing: it tells how far the clocks are apart, before any deadline can fire."""
        try:
            await self._commit()
        except asyncio.CancelledError:
            self._core.forget()  # what memory holds for kept may not be
            raise

    async def _replay(self, start: int, end: int) -> int:
        entries = 0
        async for chunk in self._changelog.read(start, end):
            self._core.load(chunk)
            entries += len(chunk)
        return entries

    async def _work(self) -> None:
        loop, core, pace = asyncio.get_running_loop(), self._core, self._pace
        while not self._stopping:
            self._wake.clear()
            try:
                more = core.work(self._settings.slice_records)
            except RejectStorm:
                await self._commit()  # so that what was rejected can be looked at
                raise
            except PartitionParked:
                raise
            except Exception:
                core.examine()  # parks where broken state is to blame; else a mistake of the program ends the worker
                raise
            self._writer.tell(core.told())
            wait = pace.until_commit(core, loop.time(), more=more, probing=not self._skew.trusts(set_to(self._clock)))
            if wait is not None and wait <= 0:
                await self._commit()
            elif more:
                await asyncio.sleep(0)
            else:
                await self._wait(wait)

    async def _rest(self, seconds: float) -> None:
        """Wait, but not when told to stop: in a rebalance the whole group waits for this partition."""
        self._wake.clear()
        if not self._stopping:
            await self._wait(seconds)

    async def _wait(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _commit(self) -> None:
        loop = asyncio.get_running_loop()
        records = self._core.records_in_unit
        unit = self._core.take()
        durable = (self._core.time, self._core.gauges())
        began, before, now = loop.time(), set_to(self._clock), self._instant()
        committed = await self._writer.commit(unit)
        ended = loop.time()
        self._failures, self._durable, self._sound_at, self._has_committed = 0, durable, now, True
        self._core.changelog_end = committed.changelog_end
        self._skew.measure(committed, before, set_to(self._clock))
        self._pace.committed(ended)
        self._observer.committed(self.number, unit.tally, transaction_s=ended - began, records=records)
