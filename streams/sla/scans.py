"""The scans of one life, in order: packed, until somebody looks at all of them."""

from bisect import insort

from librt.strings import BytesWriter, read_i32_be
from mypy_extensions import i64, mypyc_attr

from streams.sla.packing import LONG, read_size
from streams.sla.policy.compiled import Clock
from streams.sla.scan import TAIL, KnownScan, code_at, is_of_leg, unpack_scan


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
    def size(self) -> i64:
        """How many bytes they take, packed; 0 where they have been changed since."""
        packed = self._packed
        return 0 if packed is None else len(packed)

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

    def of_leg(self, name: str) -> list[KnownScan]:
        """Those of one leg of the plan, in order; the others stay packed."""
        packed, listed, new = self._packed, self._listed, self._new
        if listed is not None or packed is None:
            return [scan for scan in self.listed if scan.leg == name]
        found: list[KnownScan] = []
        spelling = name.encode()
        end: i64 = 0
        total: i64 = len(packed)
        while end < total:
            size, begin = read_size(packed, end)
            end = begin + size
            if is_of_leg(packed, begin, spelling):
                found.append(self._at(packed, begin, end))
        if new is not None and new.leg == name:
            found.append(new)
        return found

    def first(self, clock: Clock, role: i64) -> KnownScan | None:
        """The first one that does something to a clock; None where none does."""
        packed, listed, new = self._packed, self._listed, self._new
        if listed is not None or packed is None:
            for scan in self.listed:
                if clock.role(scan.code) & role:
                    return scan
            return None
        end: i64 = 0
        total: i64 = len(packed)
        while end < total:
            size, begin = read_size(packed, end)
            end = begin + size
            if _role_at(clock, packed, begin) & role:
                return self._at(packed, begin, end)
        return new if new is not None and clock.role(new.code) & role else None

    def _at(self, packed: bytes, begin: i64, end: i64) -> KnownScan:
        """The scan that lies there.

        The latest is always the same object: evidence names it once, though it both starts a clock and is the last.
        """
        if self._new is None and end == len(packed):
            latest = self.latest
            if latest is not None:
                return latest
        return unpack_scan(packed, begin, end, self._life, self._stem)

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
        self.replace(listed)

    def replace(self, listed: list[KnownScan]) -> None:
        """Consist of these, in order, from now on."""
        self._listed = listed
        self._packed = self._latest = self._new = None
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


def together(listed: list[KnownScan]) -> Scans:
    """Some scans, in order, that are not packed."""
    scans = Scans(0)
    scans.replace(listed)
    return scans


def _role_at(clock: Clock, packed: bytes, begin: i64) -> i64:
    """What the scan that begins there does to a clock."""
    number: i64 = packed[begin + 1]
    if number == LONG:
        return clock.role(code_at(packed, begin))
    return clock.roles_of_numbers[number]


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
