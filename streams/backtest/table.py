"""History out of a file that somebody else has written, by a mapping."""

from collections import Counter
from pathlib import Path

from streams.backtest.history import History
from streams.mapping import Mapping, Oddity
from streams.mapping.rows import MappedFile, Progress
from streams.sla.instants import from_datetime


def read_table(path: Path, mapping: Mapping, progress: Progress | None = None) -> History:
    """The history of a file; events are named by the lines of their rows.

    What its rows lack, or is strange about them, is counted by kind in `oddities`.  `progress` takes how many bytes
    have been read.  Raises `ShipclockError` when the file cannot be read or lacks a column that the mapping names.
    """
    file = MappedFile(mapping, path, progress)
    made = History()
    kinds: Counter[str] = Counter()
    first: dict[str, Oddity] = {}
    for row in file:
        for oddity in row.oddities:
            kinds[oddity.kind] += 1
            first.setdefault(oddity.kind, oddity)
        if row.registration is not None:
            made.take(row.registration, file.line)
        for scan in row.scans:
            made.take(scan, file.line)
        for step in row.care:
            made.take(step, file.line)
    made.oddities = {
        f"{kind} (first in line {oddity.line}: {oddity.detail})": kinds[kind] for kind, oddity in first.items()
    }
    if file.reader is not None and file.reader.ends is not None:
        made.ends = from_datetime(file.reader.ends) + 1
    return made
