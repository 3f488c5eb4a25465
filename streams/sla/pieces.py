"""Shipments of several pieces: something has happened to all of it when it has to every piece."""

from streams.sla.codes import Code
from streams.sla.scan import KnownScan


def completes(seen: set[str], scan: KnownScan, pieces: int) -> bool:
    """Whether with this scan all pieces have been seen, or it is one of the whole shipment; `seen` grows."""
    piece = scan.piece
    if piece is None or pieces == 1:
        return True
    seen.add(piece)
    return len(seen) >= pieces


def completing(scans: list[KnownScan], codes: frozenset[Code], pieces: int) -> KnownScan | None:
    """The scan with which every piece has had one of the codes; None while some have not."""
    seen: set[str] = set()
    for scan in scans:
        if scan.code in codes and completes(seen, scan, pieces):
            return scan
    return None
