"""One instance of one clock as state keeps it: packed, and unpacked no further than somebody looks.

A plan has dozens, of which a scan concerns one or two: the others are copied as they are.
"""

from typing import Final

from librt.strings import BytesWriter, read_i16_be, write_i16_be
from mypy_extensions import i16, i64, mypyc_attr, u8

from streams.sla.instants import NEVER
from streams.sla.packing import (
    after_size,
    is_near,
    is_spelt,
    lies_at,
    read_number,
    read_size,
    read_text,
    spell,
    write_bytes,
    write_number,
    write_size,
    write_text,
)
from streams.sla.phases import COME_TRUE, RUNNING, STANDING
from streams.sla.scan import KnownScan

_STATUS: Final = 7
_KEY: Final = 24
"""Two bits: the instance has no key, the id of the latest scan, bytes that its key spells, a text."""
_LATEST: Final = 8
_HEX: Final = 16
_DEADLINE: Final = 32
_FAR: Final = 64
"""Its deadline, or when its outcome was decided, needs 64 bits."""
_SAID: Final = 128
_HEAD: Final = 3
"""Bytes of the flags and the number of the clock."""

_DOUBT: Final = 16
_OUTCOME: Final = 32


@mypyc_attr(acyclic=True)
class Said:
    """What has been said about one instance of one clock.  What it is worth follows from the scans, and is not kept."""

    __slots__ = (
        "alert",
        "alert_revision",
        "doubt",
        "notice",
        "notice_revision",
        "outcome_after",
        "outcome_revision",
        "outcome_sequence",
    )

    def __init__(self) -> None:
        self.notice = 0
        self.notice_revision = 0
        self.alert = 0
        self.alert_revision = 0
        self.outcome_revision = 0
        self.outcome_sequence = 0
        self.outcome_after = 0
        """When the last outcome was decided, in milliseconds after the life began."""
        self.doubt: str | None = None
        """The silent facility because of which the standing alert is unverified."""

    @property
    def warned(self) -> bool:
        """Whether who reads its notices still expects a miss, or believes in one."""
        return self.notice in (STANDING, COME_TRUE)


@mypyc_attr(acyclic=True)
class Instance:
    """One instance of one clock: where it stands, and what has been said about it."""

    __slots__ = (
        "_after",
        "_begin",
        "_end",
        "_key",
        "_kind",
        "_said",
        "_spelt",
        "_spelt_size",
        "_until",
        "clock",
        "next_after",
        "packed",
        "place",
        "scan",
        "status",
    )

    def __init__(self, clock: int, key: str | None) -> None:
        self.clock = clock
        self._key = key
        self._kind: i64 = 0 if key is None else _KEY
        self.packed = b""
        """The state that it came from."""
        self.place: i64 = 0
        """Where in that it lies; 0 for nowhere."""
        self._until: i64 = 0
        self._spelt: i64 = 0
        """Where the bytes of its key lie, until somebody looks; 0 for nowhere."""
        self._spelt_size: i64 = 0
        self.scan: KnownScan | None = None
        """The scan whose id is its key, where that is at hand: then nobody need read the id."""
        self.status = 0
        self.next_after: i64 = NEVER
        """Its next deadline, in milliseconds after the life began; `NEVER` while it has none."""
        self._after: i64 = NEVER
        """The deadline that is packed."""
        self._said: Said | None = None
        self._begin: i64 = 0
        """Where lies what has been said, until somebody looks; 0 for nowhere."""
        self._end: i64 = 0

    @property
    def key(self) -> str | None:
        """Which instance it is; None for the one of a clock of the whole shipment."""
        scan = self.scan
        if scan is not None:
            return scan.scan_id
        if self._spelt:
            spelling = self.packed[self._spelt : self._spelt + self._spelt_size]
            self._key = spelling.hex() if self._kind == _HEX else spelling.decode()
            self._spelt = 0
        return self._key

    @property
    def unnamed(self) -> bool:
        """Whether it is the one of a clock of the whole shipment."""
        return not self._kind and self.scan is None

    @property
    def silent(self) -> bool:
        """Whether nothing has been said about it, which is how most clocks live and end."""
        return not self._begin and self._said is None

    @property
    def stands(self) -> bool:
        """Whether a notice or an alert about it stands."""
        if self._begin:
            flags: i64 = self.packed[self._begin]
            notice, alert = flags & 3, flags >> 2 & 3
            return notice == STANDING or alert == STANDING  # noqa: PLR1714 - faster
        said = self._said
        return said is not None and (said.notice == STANDING or said.alert == STANDING)  # noqa: PLR1714 - faster

    @property
    def said(self) -> Said | None:
        """What has been said about it; None while that is nothing."""
        if self._begin:
            self._said, _ = _read_said(self.packed, self._begin, True)  # noqa: FBT003 - hot
            self._begin = 0
        return self._said

    @said.setter
    def said(self, said: Said | None) -> None:
        self._begin = 0
        self._said = said

    def is_called(self, key: str | None, spelling: bytes) -> bool:
        """Whether this is its key; `spelling` is what `spell` makes of it."""
        if self._spelt and self.scan is None:
            return (
                key is not None
                and len(spelling) == self._spelt_size
                and lies_at(spelling, self.packed, self._spelt)
                and (self._kind == _HEX) == is_spelt(key, spelling)
            )
        return self.key == key

    @property
    def rests(self) -> bool:
        """Whether only a record can wake it: it does not run, and nothing about it stands."""
        return self.status != RUNNING and self.next_after == NEVER and not self.stands

    def copied(self) -> i64:
        """The place after it in the state that it came from, where that still says all of it; else 0."""
        place = self.place
        if not place or self.scan is not None:
            return 0  # the latest scan may be another one now
        flags: i64 = self.packed[place]
        after = self.next_after
        if (
            flags & _STATUS != self.status
            or (flags & _SAID != 0) != (self._begin != 0)
            or self._said is not None
            or after != self._after
        ):
            return 0
        return self._until

    def pack(self, to: BytesWriter, latest: KnownScan | None) -> None:
        """Append it to a state; `latest` is the last scan of its shipment."""
        after, said = self.next_after, self._said
        far = after != NEVER and not is_near(after)
        if far and self._begin:
            said = self.said
        flags: i64 = self.status
        spelling = b""
        if self.scan is not None or self._kind:
            naming, spelling = self._name(latest)
            flags |= naming
        if after != NEVER:
            flags |= _DEADLINE
        if far or (said is not None and not is_near(said.outcome_after)):
            flags |= _FAR
        if said is not None or self._begin:
            flags |= _SAID
        to.append(u8(flags))
        number: i64 = self.clock
        write_i16_be(to, i16(number - 0x8000))
        if flags & _HEX:  # of a text this bit is set, too
            write_bytes(to, spelling)
        if after != NEVER:
            write_number(to, after, flags & _FAR == 0)
        if self._begin:
            to.write(self.packed[self._begin : self._end])
        elif said is not None:
            _write_said(to, said, flags & _FAR == 0)

    def _name(self, latest: KnownScan | None) -> tuple[i64, bytes]:
        """How its key is kept, and the bytes that are written of it."""
        scan = self.scan
        if scan is None and self._spelt:
            return self._kind, self.packed[self._spelt : self._spelt + self._spelt_size]
        if scan is not None and scan is latest:
            return _LATEST, b""
        key = self.key or ""
        if latest is not None and latest.scan_id == key:
            return _LATEST, b""
        spelling = spell(key)
        return _HEX if is_spelt(key, spelling) else _KEY, spelling

    def unpack(self, packed: bytes, place: i64, flags: i64) -> i64:
        """Take over what follows the flags and the number of the clock; gives the place after it."""
        self.packed = packed
        self.place = place - _HEAD
        self.status = flags & _STATUS
        kind = flags & _KEY
        if kind & _HEX:
            self._kind = kind
            size, place = read_size(packed, place)
            if size:
                self._spelt, self._spelt_size = place, size
                place += size
            else:
                self._key = ""
        near = flags & _FAR == 0
        if flags & _DEADLINE:
            after = read_number(packed, place, near)
            self.next_after = self._after = after
            place += 4 if near else 8
        if flags & _SAID:
            if near:
                self._begin = place
                place = self._end = _after_said(packed, place, near)
            else:
                self._said, place = _read_said(packed, place, near)
        self._until = place
        return place


def is_at(packed: bytes, place: i64, number: i64, key: str | None, spelling: bytes) -> bool:
    """Whether this is what lies there, its key in full; `spelling` is what `spell` makes of the key."""
    if i64(read_i16_be(packed, place + 1)) + 0x8000 != number:
        return False
    kind = i64(packed[place]) & _KEY
    if key is None or not kind & _HEX:
        return key is None and not kind
    size, begin = read_size(packed, place + _HEAD)
    return (kind == _HEX) == is_spelt(key, spelling) and size == len(spelling) and lies_at(spelling, packed, begin)


def status_at(packed: bytes, place: i64) -> i64:
    """The status of the instance that lies there."""
    return i64(packed[place]) & _STATUS


def end_at(packed: bytes, place: i64) -> i64:
    """The place after the instance that lies there."""
    flags: i64 = packed[place]
    near = flags & _FAR == 0
    place += _HEAD
    if flags & _HEX:
        size, place = read_size(packed, place)
        place += size
    if flags & _DEADLINE:
        place += 4 if near else 8
    return _after_said(packed, place, near) if flags & _SAID else place


def unpack_instance(packed: bytes, place: i64, instances: list[Instance], latest: list[Instance]) -> i64:
    """Add the instance that lies there, to `latest` too where its key is the id of the latest scan.

    Gives the place after it.
    """
    flags: i64 = packed[place]
    instance = Instance(i64(read_i16_be(packed, place + 1)) + 0x8000, None)
    instances.append(instance)
    if flags & _KEY == _LATEST:
        latest.append(instance)
    return instance.unpack(packed, place + _HEAD, flags)


def _write_said(to: BytesWriter, said: Said, near: bool) -> None:  # noqa: FBT001 - of this module alone
    flags: i64 = said.notice | said.alert << 2
    doubt = said.doubt
    if doubt is not None:
        flags |= _DOUBT
    if said.outcome_revision:
        flags |= _OUTCOME
    to.append(u8(flags))
    write_size(to, said.notice_revision)
    write_size(to, said.alert_revision)
    if said.outcome_revision:
        write_size(to, said.outcome_revision)
        write_size(to, said.outcome_sequence)
        write_number(to, said.outcome_after, near)
    if doubt is not None:
        write_text(to, doubt)


def _read_said(packed: bytes, place: i64, near: bool) -> tuple[Said, i64]:  # noqa: FBT001 - of this module alone
    said = Said()
    flags: i64 = packed[place]
    said.notice, said.alert = flags & 3, flags >> 2 & 3
    said.notice_revision, place = read_size(packed, place + 1)
    said.alert_revision, place = read_size(packed, place)
    if flags & _OUTCOME:
        said.outcome_revision, place = read_size(packed, place)
        said.outcome_sequence, place = read_size(packed, place)
        said.outcome_after = read_number(packed, place, near)
        place += 4 if near else 8
    if flags & _DOUBT:
        said.doubt, place = read_text(packed, place)
    return said, place


def _after_said(packed: bytes, place: i64, near: bool) -> i64:  # noqa: FBT001 - of this module alone
    """The place after what has been said."""
    flags: i64 = packed[place]
    place = after_size(packed, after_size(packed, place + 1))
    if flags & _OUTCOME:
        place = after_size(packed, after_size(packed, place)) + (4 if near else 8)
    if flags & _DOUBT:
        size, place = read_size(packed, place)
        place += size
    return place
