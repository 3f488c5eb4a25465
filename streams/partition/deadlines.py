"""The deadline index of a partition: which shipment needs attention next, and when.

Keys lie in buckets of an hour, their bytes one after the other.  A bucket is looked at when time reaches it: a shipment
whose deadline has moved later is filed again then, one whose deadline moves earlier is filed again at once.  So a scan
that postpones a deadline, which most do, costs nothing here, and an entry costs little more than its key has bytes.  Of
narrower buckets there would be as many as shipments: promises lie weeks ahead, and an empty one costs 300 bytes.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64

from streams.sla.instants import NEVER
from streams.sla.packing import read_bytes, write_bytes

BUCKET_MS: Final = 3_600_000
_NEVER: Final[int] = NEVER  # a name of this module is found faster

DeadlineOf = Callable[[bytes], int | None]
"""The deadline that a key has now; None when the shipment is gone."""


class DeadlineIndex:
    """Files keys under deadlines (UTC milliseconds) and gives them back in (deadline, key) order."""

    def __init__(self) -> None:
        self._buckets: dict[int, BytesWriter] = {}
        self._order: list[int] = []
        self._open: list[tuple[int, bytes]] = []
        self._opened: i64 = -1
        self.earliest: i64 = NEVER
        """No deadline lies before this instant."""

    def file(self, key: bytes, deadline: i64) -> None:
        """Note that a key needs attention at a deadline; earlier notes stay and do no harm."""
        if deadline == _NEVER:
            return
        number: i64 = deadline // BUCKET_MS
        if number <= self._opened:
            heappush(self._open, (deadline, key))
        else:
            bucket = self._buckets.get(number)
            if bucket is None:
                bucket = self._buckets[number] = BytesWriter()
                heappush(self._order, number)
            write_bytes(bucket, key)
        self.earliest = min(self.earliest, deadline)

    def pop(self, before: i64, deadline_of: DeadlineOf) -> tuple[int, bytes] | None:
        """The next (deadline, key) whose deadline lies before `before`, or None.

        The caller handles it and files the key again under its new deadline.
        """
        while True:
            while self._open:
                deadline, key = self._open[0]
                if deadline >= before:
                    self.earliest = deadline
                    return None
                heappop(self._open)
                now = deadline_of(key)
                if now == deadline:
                    return deadline, key
                if now is not None and now > deadline:
                    self.file(key, now)
            if not self._order:
                self.earliest = NEVER
                return None
            if self._order[0] * BUCKET_MS >= before:
                self.earliest = self._order[0] * BUCKET_MS
                return None
            self._open_next(deadline_of)

    def _open_next(self, deadline_of: DeadlineOf) -> None:
        number = heappop(self._order)
        self._opened = number
        ready: list[tuple[int, bytes]] = []
        for key in _apart(self._buckets.pop(number)):
            now = deadline_of(key)
            if now is None:
                continue
            if now // BUCKET_MS > number:
                self.file(key, now)
            else:
                ready.append((now, key))
        heapify(ready)
        self._open = ready


def _apart(bucket: BytesWriter) -> dict[bytes, None]:
    """The keys of a bucket, each once."""
    packed = bucket.getvalue()
    keys: dict[bytes, None] = {}
    place: i64 = 0
    while place < len(packed):
        key, place = read_bytes(packed, place)
        keys[key] = None
    return keys
