"""The scans of one life, in order: packed, until somebody looks at more than the last one."""

from bisect import insort
from typing import Final

from librt.strings import BytesWriter, read_i32_be
from mypy_extensions import i64, mypyc_attr

from streams.sla.packing import read_size
from streams.sla.scan import KnownScan, unpack_scan

_TAIL: Final = 4


@mypyc_attr(acyclic=True, free_list_len=1)
class Scans:
    """The winning version of every scan, in `KnownScan.order`; voided ones and voids included."""

    __slots__ = ("_latest", "_life", "_listed", "_packed", "count")

    def __init__(self, life: int, packed: bytes = b"", count: int = 0) -> None:
        """`packed` holds `count` scans of the life that began at `life`, UTC milliseconds."""
        self._life = life
        self._packed: bytes | None = packed
        """None where they have been changed since."""
        self._listed: list[KnownScan] | None = None
        self._latest: KnownScan | None = None
        self.count = count

    @property
    def listed(self) -> list[KnownScan]:
        """All of them, to be looked at."""
        listed = self._listed
        if listed is None:
            listed = self._listed = self._unpacked()
        return listed

    @property
    def latest(self) -> KnownScan | None:
        """The last one; None where there is none."""
        if self._latest is None and self.count:
            listed, packed = self._listed, self._packed
            if listed is not None:
                self._latest = listed[-1]
            elif packed is not None:
                self._latest = _last(packed, self._life)
        return self._latest

    def find(self, scan: KnownScan) -> KnownScan | None:
        """The version of a scan that is known; None when it is new."""
        packed = self._packed
        if packed is not None and not _may_hold(packed, scan.spelling()):
            return None
        scan_id = scan.scan_id
        for known in self.listed:
            if known.scan_id == scan_id:
                return known
        return None

    def append(self, scan: KnownScan) -> None:
        """Add one that comes after all the others."""
        packed, listed = self._packed, self._listed
        if packed is not None:
            to = BytesWriter()
            to.write(packed)
            scan.pack(to, self._life)
            self._packed = to.getvalue()
        if listed is not None:
            listed.append(scan)
        self._latest = scan
        self.count += 1

    def insert(self, scan: KnownScan, replaced: KnownScan | None) -> None:
        """Put a scan in its place, instead of an older version of it where there is one."""
        listed = self.listed
        if replaced is not None:
            listed.remove(replaced)
        insort(listed, scan, key=KnownScan.order)
        self._packed = self._latest = None
        self.count = len(listed)

    def pack(self) -> bytes:
        """All of them as bytes."""
        packed = self._packed
        if packed is None:
            to = BytesWriter()
            for scan in self.listed:
                scan.pack(to, self._life)
            packed = self._packed = to.getvalue()
        return packed

    def _unpacked(self) -> list[KnownScan]:
        listed: list[KnownScan] = []
        packed, life = self._packed, self._life
        if packed is None:
            return listed
        place: i64 = 0
        total: i64 = len(packed)
        while place < total:
            size, place = read_size(packed, place)
            listed.append(unpack_scan(packed, place, place + size, life))
            place += size
        if self._latest is not None:
            listed[-1] = self._latest
        return listed


def _may_hold(packed: bytes, spelling: bytes) -> bool:
    """Whether any id could be this one, by its last bytes."""
    length: i64 = len(spelling)
    if length < _TAIL:
        return True
    tail = read_i32_be(spelling, length - _TAIL)
    end: i64 = 0
    total: i64 = len(packed)
    while end < total:
        size, begin = read_size(packed, end)
        end = begin + size
        if read_i32_be(packed, end - _TAIL) == tail:
            return True
    return False


def _last(packed: bytes, life: int) -> KnownScan:
    begin: i64 = 0
    end: i64 = 0
    total: i64 = len(packed)
    while end < total:
        size, begin = read_size(packed, end)
        end = begin + size
    return unpack_scan(packed, begin, end, life)
