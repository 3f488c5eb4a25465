"""One partition of one topic: records, transactions and the markers that end them, each with an offset."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from streams.partition.output import Headers
from streams.partition.record import Record


class Stored(Record):
    """A record as it stands in a log."""

    def __init__(
        self, offset: int, timestamp: int, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> None:
        super().__init__(offset, timestamp, key, value)
        self.headers = headers


@dataclass(slots=True)
class _Transaction:
    state: Literal["open", "committed", "aborted"] = "open"


class Log:
    """An append-only log.  Records outside a transaction are committed at once."""

    def __init__(self) -> None:
        self._records: list[tuple[Stored, _Transaction | None] | None] = []
        """None is a marker."""
        self.start = 0
        """The first offset that retention has left."""

    @property
    def high_watermark(self) -> int:
        """Offset after the last record or marker."""
        return len(self._records)

    @property
    def last_stable_offset(self) -> int:
        """Offset before which every transaction has ended."""
        for offset, entry in enumerate(self._records):
            if entry is not None and entry[1] is not None and entry[1].state == "open":
                return offset
        return len(self._records)

    def append(
        self,
        timestamp: int,
        key: bytes | None,
        value: bytes | None,
        headers: Headers = (),
        transaction: _Transaction | None = None,
    ) -> int:
        """Write a record; gives its offset."""
        offset = len(self._records)
        self._records.append((Stored(offset, timestamp, key, value, headers), transaction))
        return offset

    def mark(self) -> None:
        """Write the marker of a transaction that has ended."""
        self._records.append(None)

    def compact(self) -> None:
        """Leave the newest record of each key alone, and of tombstones none: what the cleaner comes to in the end."""
        newest = {entry[0].key: offset for offset, entry in enumerate(self._records) if entry is not None}
        for offset, entry in enumerate(self._records):
            if entry is not None and (newest[entry[0].key] != offset or entry[0].value is None):
                self._records[offset] = None

    def committed(self, start: int, end: int | None = None) -> Iterator[Stored]:
        """The records from `start` up to position `end` that a reader of committed records sees."""
        end = self.last_stable_offset if end is None else min(end, self.last_stable_offset)
        for entry in self._records[max(start, self.start) : end]:
            if entry is not None and (entry[1] is None or entry[1].state == "committed"):
                yield entry[0]


Transaction = _Transaction
