"""Shipments that more than one row of a file is about, though each row should be a shipment of its own."""

from typing import Any, Final
from zlib import crc32

from streams.mapping.oddities import CONFLICTING_SHIPMENT, REPEATED_SHIPMENT, Oddity
from streams.mapping.reader import Mapped

_BITS: Final = 32
_BETWEEN: Final = "\x1f"


class Repeats:
    """Remembers every shipment: the line of its first row, and a checksum of what that says."""

    def __init__(self) -> None:
        """Nothing has been read yet."""
        self._first: dict[str, int] = {}

    def look(self, mapped: Mapped, row: Any, line: int) -> Mapped:
        """What a row says, and that there is an earlier one about its shipment."""
        shipment = _shipment(mapped)
        if shipment is None:
            return mapped
        said = _BETWEEN.join(row) if isinstance(row, list) else repr(row)
        checksum = crc32(said.encode(errors="surrogatepass"))
        first = self._first.setdefault(shipment, line << _BITS | checksum)
        if first >> _BITS == line:
            return mapped
        same = first & ((1 << _BITS) - 1) == checksum
        kind = REPEATED_SHIPMENT if same else CONFLICTING_SHIPMENT
        odd = Oddity(line, kind, f"{shipment} is in line {first >> _BITS}, too")
        return mapped._replace(oddities=[*mapped.oddities, odd])


def _shipment(mapped: Mapped) -> str | None:
    if mapped.registration is not None:
        return mapped.registration.shipment_id
    return next((event.shipment_id for events in (mapped.scans, mapped.care) for event in events), None)
