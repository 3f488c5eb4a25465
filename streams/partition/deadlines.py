"""The deadline index of a partition: which shipment needs attention next, and when.

Keys lie in buckets of an hour, their bytes one after the other.  A bucket is looked at when time reaches it: a shipment
whose deadline has moved later is filed again then, one whose deadline moves earlier is filed again at once.  So a scan
that postpones a deadline, which most do, costs nothing here, and an entry costs little more than its key has bytes.  Of
narrower buckets there would be as many as shipments: promises lie weeks ahead, and an empty one costs 300 bytes.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64

from streams.sla.instants import NEVER
from streams.sla.packing import read_bytes, write_bytes

BUCKET_MS: Final = 3_600_000
_AHEAD: Final = 100
"""Keys to get ready for at once."""
_NEVER: Final[int] = NEVER  # a name of this module is found faster

DeadlineOf = Callable[[bytes], int | None]
"""The deadline that a key has now; None when the shipment is gone."""
LookAhead = Callable[[list[bytes]], None]
"""Told of keys whose deadlines are asked for next."""


class DeadlineIndex:
    """Files keys under deadlines (UTC milliseconds) and gives them back in (deadline, key) order."""

    def __init__(self, deadline_of: DeadlineOf, look_ahead: LookAhead | None = None) -> None:
        self._deadline_of = deadline_of
        self._look_ahead = look_ahead
        self._buckets: dict[int, BytesWriter] = {}
        self._order: list[int] = []
        self._open: list[tuple[int, bytes]] = []
        """What lay in the bucket that was opened last, the next at the end."""
        self._seen: i64 = 0
        """What of it has not been looked ahead to: so many from the front."""
        self._late: list[tuple[int, bytes]] = []
        """A heap of what was filed there after it had been opened."""
        self._opened: i64 = -1
        self.earliest: i64 = NEVER
        """No deadline lies before this instant."""

    def file(self, key: bytes, deadline: i64) -> None:
        """Note that a key needs attention at a deadline; earlier notes stay and do no harm."""
        if deadline == _NEVER:
            return
        number: i64 = deadline // BUCKET_MS
        if number <= self._opened:
            heappush(self._late, (deadline, key))
        else:
            bucket = self._buckets.get(number)
            if bucket is None:
                bucket = self._buckets[number] = BytesWriter()
                heappush(self._order, number)
            write_bytes(bucket, key)
        self.earliest = min(self.earliest, deadline)

    def pop(self, before: i64) -> tuple[int, bytes] | None:
        """The next (deadline, key) whose deadline lies before `before`, or None.

        The caller handles it and files the key again under its new deadline.
        """
        while True:
            deadline = self._first()
            if deadline == _NEVER:
                if not self._order:
                    self.earliest = NEVER
                    return None
                if self._order[0] * BUCKET_MS >= before:
                    self.earliest = self._order[0] * BUCKET_MS
                    return None
                self._open_next()
            elif deadline >= before:
                self.earliest = deadline
                return None
            else:
                key = self._take()
                now = self._deadline_of(key)
                if now is None:
                    continue
                at: i64 = now
                if at == deadline:
                    return deadline, key
                if at > deadline:
                    self.file(key, at)

    def _first(self) -> i64:
        """The earliest deadline of the open bucket; `NEVER` when it is empty."""
        if self._late_comes_first():
            return self._late[0][0]
        if self._open:
            return self._open[-1][0]
        return NEVER

    def _late_comes_first(self) -> bool:
        ready, late = self._open, self._late
        return bool(late) and (not ready or late[0] < ready[-1])

    def _take(self) -> bytes:
        """The key of the earliest deadline of the open bucket."""
        if self._late_comes_first():
            return heappop(self._late)[1]
        ready = self._open
        if len(ready) <= self._seen and self._look_ahead is not None:
            self._seen = max(len(ready) - _AHEAD, 0)
            self._look_ahead([key for _, key in ready[self._seen :]])
        return ready.pop()[1]

    def _open_next(self) -> None:
        number = heappop(self._order)
        self._opened = number
        ready: list[tuple[int, bytes]] = []
        keys = _apart(self._buckets.pop(number))
        for first in range(0, len(keys), _AHEAD):
            some = keys[first : first + _AHEAD]
            if self._look_ahead is not None:
                self._look_ahead(some)
            for key in some:
                now = self._deadline_of(key)
                if now is None:
                    continue
                if now // BUCKET_MS > number:
                    self.file(key, now)
                else:
                    ready.append((now, key))
        ready.sort(reverse=True)
        self._open, self._seen = ready, len(ready)


def _apart(bucket: BytesWriter) -> list[bytes]:
    """The keys of a bucket, each once."""
    packed = bucket.getvalue()
    keys: dict[bytes, None] = {}
    place: i64 = 0
    while place < len(packed):
        key, place = read_bytes(packed, place)
        keys[key] = None
    return list(keys)
