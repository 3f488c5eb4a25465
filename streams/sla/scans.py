"""The scans of one life, in order: packed, until somebody looks at more than the last one."""

from bisect import insort

from librt.strings import BytesWriter, read_i32_be
from mypy_extensions import i64, mypyc_attr

from streams.sla.packing import read_size
from streams.sla.scan import TAIL, KnownScan, unpack_scan


@mypyc_attr(acyclic=True, free_list_len=1)
class Scans:
    """The winning version of every scan, in `KnownScan.order`; voided ones and voids included."""

    __slots__ = ("_before", "_latest", "_life", "_listed", "_new", "_packed", "_stem", "count")

    def __init__(self, life: int, stem: bytes = b"", packed: bytes = b"", count: int = 0) -> None:
        """`packed` holds `count` scans of a life that began at `life`, UTC milliseconds; `stem` is its key."""
        self._life = life
        self._stem = stem
        self._packed: bytes | None = packed
        """None where they are not in this order any more."""
        self._new: KnownScan | None = None
        """One that comes after those that are packed."""
        self._before: KnownScan | None = None
        """The one before that."""
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
                self._latest = _last(packed, self._life, self._stem)
        return self._latest

    def find(self, scan: KnownScan) -> KnownScan | None:
        """The version of a scan that is known; None when it is new."""
        packed = self._packed
        if packed is not None and self._new is None and not _may_hold(packed, scan.spelling()):
            return None
        scan_id = scan.scan_id
        for known in self.listed:
            if known.scan_id == scan_id:
                return known
        return None

    def append(self, scan: KnownScan) -> None:
        """Add one that comes after all the others."""
        if self._new is None and self._packed is not None:
            self._new, self._before = scan, self.latest
            if self._listed is not None:
                self._listed.append(scan)
        else:
            self.listed.append(scan)
            self._packed = None
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

    def pack(self, to: BytesWriter, stem: bytes) -> None:
        """Append all of them; `stem` is the key of the shipment."""
        packed, new, before, life = self._packed, self._new, self._before, self._life
        where, place = b"", i64(0)
        if packed is None:
            for scan in self.listed:
                where, place = scan.pack(to, life, stem, where, place)
            return
        begin = len(to)
        to.write(packed)
        if new is not None:
            if before is not None:
                where, place = before.facility_in(packed)
            new.pack(to, life, stem, where, begin + place)

    def _unpacked(self) -> list[KnownScan]:
        listed: list[KnownScan] = []
        packed, new, latest, life, stem = self._packed, self._new, self._latest, self._life, self._stem
        if packed is None:
            return listed
        place: i64 = 0
        total: i64 = len(packed)
        while place < total:
            size, place = read_size(packed, place)
            listed.append(unpack_scan(packed, place, place + size, life, stem))
            place += size
        if new is not None:
            listed.append(new)
        elif latest is not None:
            listed[-1] = latest
        return listed


def _may_hold(packed: bytes, spelling: bytes) -> bool:
    """Whether any id could be this one, by its last bytes."""
    length: i64 = len(spelling)
    if length < TAIL:
        return True
    tail = read_i32_be(spelling, length - TAIL)
    end: i64 = 0
    total: i64 = len(packed)
    while end < total:
        size, begin = read_size(packed, end)
        end = begin + size
        if read_i32_be(packed, end - TAIL) == tail:
            return True
    return False


def _last(packed: bytes, life: int, stem: bytes) -> KnownScan:
    begin: i64 = 0
    end: i64 = 0
    total: i64 = len(packed)
    while end < total:
        size, begin = read_size(packed, end)
        end = begin + size
    return unpack_scan(packed, begin, end, life, stem)
