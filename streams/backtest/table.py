"""History out of a file that somebody else has written, by a mapping."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from schemas.records import CareEvent, ParcelScan, ShipmentRegistration
from streams.backtest.history import History, history
from streams.mapping import Mapping, Oddity
from streams.mapping.rows import MappedFile
from streams.sla.instants import from_datetime


def read_table(path: Path, mapping: Mapping) -> History:
    """The history of a file.  What its rows lack, or is strange about them, is counted by kind in `oddities`.

    Raises `ShipclockError` when the file cannot be read or lacks a column that the mapping names.
    """
    table = _Table(MappedFile(mapping, path), first_registers=mapping.document.rows == "events")
    made = history(table.records())
    made.oddities = {
        f"{kind} (first in row {first.row}: {first.detail})": table.kinds[kind] for kind, first in table.first.items()
    }
    reader = table.file.reader
    if reader is not None and reader.ends is not None:
        made.ends = from_datetime(reader.ends) + 1
    return made


class _Table:
    def __init__(self, file: MappedFile, *, first_registers: bool) -> None:
        self.file = file
        self.kinds: Counter[str] = Counter()
        self.first: dict[str, Oddity] = {}
        self._seen: set[str] | None = set() if first_registers else None

    def records(self) -> Iterator[ShipmentRegistration | ParcelScan | CareEvent]:
        for row in self.file:
            for oddity in row.oddities:
                self.kinds[oddity.kind] += 1
                self.first.setdefault(oddity.kind, oddity)
            if row.registration is not None and self._registers(row.registration.shipment_id):
                yield row.registration
            yield from row.scans
            yield from row.care

    def _registers(self, shipment_id: str) -> bool:
        """Whether a row registers a shipment: where rows are events, only its first one does."""
        if self._seen is None:
            return True
        if shipment_id in self._seen:
            return False
        self._seen.add(shipment_id)
        return True
