"""Where one source topic of one partition is being read."""

from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import NamedTuple

from aiokafka import TopicPartition

from streams.kafka.delivery import Receiver
from streams.kafka.errors import DeliveryStalled
from streams.partition.ports import EARLIEST, CaughtUp

MAX_IN_FLIGHT = 2
"""Batches of one reading that may wait in Faust's queues."""

STALLED_AFTER_S = 60.0
"""An agent only enqueues: when none of the batches in flight was taken for so long, something is broken."""

LOOKED_AGAIN_S = 1.0
"""Polls look several times a second: between two looks further apart the whole process was frozen, the agent too."""

_generations = count(1)
"""Never used twice in a process, so that what was fetched for a former reading cannot pass for the present one's."""


class Standing(NamedTuple):
    """What the consumer knew of a partition at the end of a poll."""

    tp: TopicPartition
    generation: int
    position: int
    """Next offset to fetch."""
    end: int
    """High watermark of the last fetch response."""
    stable_end: int
    """Last stable offset of the last fetch response."""
    polled_at: int
    """Wall clock when that response was processed, UTC milliseconds."""
    set_to: int
    """What the wall clock was set to after that (`streams.partition.skew.set_to`)."""
    vouched_at: int | None
    """Up to when what the leader shows is all that has been acknowledged (`streams.kafka.leaders`), by the wall clock,
    UTC milliseconds; None while that is not known."""


@dataclass(slots=True, eq=False)
class Reading:
    """State of the reading of one topic partition, from assignment to revocation."""

    tp: TopicPartition
    topic: str
    """Short name of the topic."""
    receiver: Receiver
    generation: int = 0
    """0: not begun.  What was fetched under another generation is dropped."""
    seek: int | None = None
    """Offset that the consumer has yet to be moved to."""
    next_offset: int = 0
    """Offset after the last record delivered; where reading began, when none has been."""
    began: int = 0
    """Where reading began; `EARLIEST` until that is known."""
    paused: bool = False
    sent: int = 0
    """Batches that were sent on their way to the task since reading began."""
    taken: int = 0
    """Those of them that have been handed over."""
    lag: int | None = None
    """Records between the consumer's position and the high watermark; None before the first response."""
    fetched: bool = False
    """Whether the last poll asked for its records."""
    backlog: int | None = None
    """Records between where it goes on and the end of the log, asked for since it was fetched last; else None."""
    _heard: int | None = None
    _heard_at: float = 0.0
    _polled_at: int | None = None
    _polled_before: int | None = None
    _told: int = 0
    _stalled_s: float = 0.0
    """How long nothing has been taken, of the time in which somebody looked."""
    _looked_at: float = 0.0

    def begin(self, offset: int) -> None:
        """Read from `offset` on; whatever is under way is void."""
        self.generation = next(_generations)
        self.seek = self.next_offset = self.began = offset
        self.paused = self.fetched = False
        self.backlog = None
        self.sent = self.taken = 0
        self._heard_at = monotonic()
        self._told = 0

    def end(self) -> None:
        """Read no more."""
        self.generation = 0
        self.seek = None
        self.lag = None
        self.fetched = False

    def again(self) -> None:
        """Fetch again what was fetched and not delivered."""
        self.seek = self.next_offset

    @property
    def in_flight(self) -> int:
        """Batches on their way to the task."""
        return self.sent - self.taken

    @property
    def wants_records(self) -> bool:
        """Whether the next poll should fetch.

        Raises `DeliveryStalled` when the agent has stopped taking batches.
        """
        if self.in_flight:
            now = monotonic()
            self._stalled_s += min(now - self._looked_at, LOOKED_AGAIN_S)
            self._looked_at = now
            if self._stalled_s > STALLED_AFTER_S:
                raise DeliveryStalled(
                    f"The agent of {self.tp.topic} has taken no batch of partition"
                    f" {self.tp.partition} for {STALLED_AFTER_S:.0f} s"
                )
        return self.in_flight < MAX_IN_FLIGHT and not self.paused and self.receiver.has_room(self.topic)

    def look(self) -> bool:
        """Return whether the next poll should fetch, and note it.  Raises `DeliveryStalled`."""
        self.fetched = self.wants_records
        if self.fetched:
            self.backlog = None
        else:
            self.hear(None)
        return self.fetched

    @property
    def rests(self) -> bool:
        """Whether it goes on, if it does, from what has been committed: what was fetched since is void."""
        return self.paused or not self.generation

    @property
    def records_left(self) -> int | None:
        """Records not fetched yet; None when that is not known."""
        return self.lag if self.backlog is None else self.backlog

    def hear(self, polled_at: int | None) -> None:
        """Note which response is the last, by its time (see `Standing`); None while none is waited for."""
        if polled_at is None or polled_at != self._heard:
            self._heard, self._heard_at = polled_at, monotonic()

    @property
    def unheard_s(self) -> float:
        """For how many seconds no response has come although one was waited for, or nobody has even looked."""
        return monotonic() - self._heard_at

    def delivered(self, next_offset: int) -> None:
        """Note that the records below `next_offset` are on their way."""
        self.next_offset = next_offset
        self._stalled_s, self._looked_at = 0.0, monotonic()

    def stand(self, standing: Standing) -> CaughtUp | None:
        """Learn from a poll; return a mark when it found the end of the log and says something new.

        The response that found the end belongs to a request that was sent after the response before it had been
        processed: whatever was appended before THAT instant lies below the end.
        """
        self.lag = standing.end - standing.position
        if self.next_offset == EARLIEST:
            self.next_offset = self.began = standing.position
        if standing.vouched_at is None:
            self._polled_before = self._polled_at = None
            return None
        before = self._polled_at
        if standing.polled_at != before:
            back = before is not None and standing.polled_at < before
            if back:  # the clock was set back: what it said before does not count
                self._told = 0
            self._polled_before, self._polled_at = None if back else before, standing.polled_at
        if self._polled_before is None or not standing.position == standing.end == standing.stable_end:
            return None
        at = min(self._polled_before, standing.polled_at, standing.vouched_at)
        if at <= self._told:
            return None
        self._told = at
        return CaughtUp(self.topic, self.next_offset, at, self.began, standing.position, standing.set_to)
