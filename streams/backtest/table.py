"""History out of a file that somebody else has written, by a mapping."""

from pathlib import Path

from streams.backtest.history import History
from streams.mapping import Mapping
from streams.mapping.rows import FileError, MappedFile, Progress
from streams.sla.instants import from_datetime


def read_table(path: Path, mapping: Mapping, progress: Progress | None = None) -> History:
    """The history of a file; events are named by the lines of their rows.

    What its rows lack, or is strange about them, is counted in `odd`.  `progress` takes how many bytes have been read.
    Raises `ShipclockError` when the file cannot be read, gives no event at all, or lacks a column that the mapping
    names.
    """
    file = MappedFile(mapping, path, progress)
    made = History()
    for row in file:
        for oddity in row.oddities:
            made.odd.add(oddity.line, oddity.kind, oddity.detail, oddity.path)
        if row.registration is not None:
            made.take(row.registration, file.line)
        for scan in row.scans:
            made.take(scan, file.line)
        for step in row.care:
            made.take(step, file.line)
    if not len(made):
        why = next((f"; {odd.kind} in {odd.examples[0]}" for odd in made.odd.told()), "")
        raise FileError(
            f"{path} gives no event: {file.rows:,} rows were read by the mapping {mapping.document.mapping!r}, which"
            f" says `format: {mapping.document.format}`{why}"
        )
    if file.reader is not None and file.reader.ends is not None:
        made.ends = from_datetime(file.reader.ends) + 1
    return made
