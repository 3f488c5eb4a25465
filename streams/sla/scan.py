"""One scan as state keeps it: packed, and unpacked no further than somebody looks.

Most of what a shipment keeps is scans, and of most of them a verdict needs no more than code and time.  Several scans
in a row are made in one place, so its name is written once and then pointed back to.
"""

from typing import Final

import msgspec
from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr, u8

from streams.sla.codes import Code, name_of, rank
from streams.sla.details import PLAIN, ScanDetails
from streams.sla.packing import (
    LONG,
    is_near,
    is_spelt,
    lies_at,
    read_bytes,
    read_code,
    read_number,
    read_size,
    spell,
    write_bytes,
    write_code,
    write_number,
    write_text,
)
from streams.sla.words import read_word

_NEAR: Final = 1
"""Its time is kept as the difference to the beginning of the life, in 32 bits."""
_DELAY: Final = 6
"""Two bits: no delay is known, it was none, it has 32 bits, it has 64."""
_UNKNOWN: Final = 0
_NONE: Final = 2
_SHORT: Final = 4
_FACILITY: Final = 8
_LEG: Final = 16
_MORE: Final = 32
_HEX: Final = 64
"""Its id is kept as the bytes that it spells."""
_STEM: Final = 128
"""Its id begins with that of the shipment, and only the rest of it is kept."""
_FAR_BACK: Final = 255
"""Bytes from a facility to where the same one is written, at most.  Where it is written its size comes first, which is
not 0; so a 0 says that it is to be looked for so far back, or, after another 0, that it is an empty text."""
TAIL: Final = 4
"""Bytes of what is kept of an id, from which on it can be told apart by them."""

_encode: Final = msgspec.msgpack.Encoder().encode
_details: Final = msgspec.msgpack.Decoder(ScanDetails)


@mypyc_attr(acyclic=True)
class KnownScan:
    """One scan, compactly: what verdicts, evidence and the choice between its versions need."""

    __slots__ = (
        "_begin",
        "_delay",
        "_end",
        "_facility",
        "_folded",
        "_more",
        "_packed",
        "_rest",
        "_scan_id",
        "_spelling",
        "_stem",
        "at",
        "code",
        "leg",
    )

    def __init__(
        self,
        scan_id: str,
        code: Code,
        at: int,
        delay: int | None = None,
        facility: str | None = None,
        leg: str | None = None,
        more: ScanDetails | None = None,
    ) -> None:
        """`at` in UTC milliseconds; `delay` is `recorded_at` minus `at`; `more` is None where it would be `PLAIN`."""
        self.code = code
        self.at = at
        self._scan_id = scan_id
        self._delay = delay
        self._facility = facility
        self.leg = leg
        """Which leg of the plan it belongs to."""
        self._more = more
        self._spelling = b""
        self._packed = b""
        self._folded = False
        """Whether nobody has looked yet at more of what is packed than code, time and leg."""
        self._begin: i64 = 0
        """Where in the packed scans it lies; 0 for what is not packed."""
        self._rest: i64 = 0
        self._end: i64 = 0
        self._stem = b""

    @property
    def scan_id(self) -> str:
        """Its own id: the same one is the same scan, perhaps in another version."""
        if self._folded:
            self._unfold()
        return self._scan_id

    @property
    def delay(self) -> int | None:
        """`recorded_at` minus `at`, in milliseconds."""
        if self._folded:
            self._unfold()
        return self._delay

    @property
    def facility(self) -> str | None:
        """Where it was read."""
        if self._folded:
            self._unfold()
        return self._facility

    @property
    def more(self) -> ScanDetails | None:
        """What most scans do not have; None where all of it would be as in `PLAIN`."""
        if self._folded:
            if not self._packed[self._begin] & _MORE:
                return None
            self._unfold()
        return self._more

    @more.setter
    def more(self, details: ScanDetails | None) -> None:
        if self._folded:
            self._unfold()
        self._more = details

    @property
    def piece(self) -> str | None:
        """The piece it was read on; None for the whole shipment."""
        more = self.more
        return None if more is None else more.piece

    @property
    def voids(self) -> str | None:
        """The `scan_id` that it takes back."""
        more = self.more
        return None if more is None else more.voids

    @property
    def case(self) -> str | None:
        """The case of a care event; None for every scan of a parcel."""
        more = self.more
        return None if more is None else more.case

    def order(self) -> tuple[int, int, str]:
        """Sort key: by time, then as a journey goes, then by id."""
        return (self.at, rank(self.code), self.scan_id)

    def version(self) -> tuple[int | str, ...]:
        """Of two versions of one scan the greater one holds; equal ones are the same scan twice."""
        recorded = -1 if self.delay is None else self.at + self.delay
        more = self.more or PLAIN
        return (
            more.revision,
            recorded,
            self.at,
            name_of(self.code),
            _comparable(self.facility),
            _comparable(self.leg),
            _comparable(more.piece),
            _comparable(more.voids),
            _comparable(more.facility_kind),
            _comparable(more.facility_region),
            _comparable(more.case),
            _comparable(more.severity),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KnownScan):
            return NotImplemented
        return (self.scan_id, self.code, self.at, self.delay, self.facility, self.leg, self.more) == (
            other.scan_id,
            other.code,
            other.at,
            other.delay,
            other.facility,
            other.leg,
            other.more,
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = (self.scan_id, self.code, self.at, self.delay, self.facility, self.leg, self.more)
        return f"KnownScan{fields!r}"

    def spelling(self) -> bytes:
        """Its id as bytes: with these ends what is packed."""
        spelling = self._spelling
        if not spelling:
            spelling = self._spelling = spell(self.scan_id)
        return spelling

    def pack(self, to: BytesWriter, life: int, stem: bytes, where: bytes, place: i64) -> tuple[bytes, i64]:
        """Append it to the packed scans of a life that began at `life`, of the shipment with the key `stem`.

        `where` is the facility that is written at `place` already.  Gives the same of the next one.
        """
        if self._folded:
            self._unfold()
        begin = len(to)
        to.append(0)
        found = self._write(to, life, stem, where, place)
        size = len(to) - begin - 1
        if size < LONG:
            to[begin] = u8(size)
            return found
        # Its size takes more room, so whatever follows lies elsewhere: there is nothing to point to.
        alone = BytesWriter()
        self._write(alone, life, stem, b"", 0)
        to.truncate(begin)
        write_bytes(to, alone.getvalue())
        return b"", 0

    def _write(  # noqa: C901, PLR0912 - one line a part
        self, to: BytesWriter, life: int, stem: bytes, where: bytes, place: i64
    ) -> tuple[bytes, i64]:
        delay, facility, leg, more, scan_id = self._delay, self._facility, self.leg, self._more, self._scan_id
        since: i64 = self.at - life
        flags: i64 = _NEAR if is_near(since) else 0
        spelling = self.spelling()
        if is_spelt(scan_id, spelling):
            flags |= _HEX
        elif stem and len(spelling) >= len(stem) + TAIL and spelling.startswith(stem):
            flags |= _STEM
            spelling = spelling[len(stem) :]
        if delay is not None:
            flags |= _NONE if delay == 0 else _SHORT if is_near(delay) else _DELAY
        if facility is not None:
            flags |= _FACILITY
        if leg is not None:
            flags |= _LEG
        if more is not None:
            flags |= _MORE
        to.append(u8(flags))
        write_code(to, self.code)
        write_number(to, since, flags & _NEAR != 0)
        if leg is not None:
            write_text(to, leg)
        if delay:
            write_number(to, delay, flags & _DELAY == _SHORT)
        if facility is not None:
            named = facility.encode()
            here = len(to)
            if not named:
                to.append(0)
                to.append(0)
            elif named == where and here - place <= _FAR_BACK:
                to.append(0)
                to.append(u8(here - place))
            else:
                write_bytes(to, named)
                where, place = named, here
        if more is not None:
            write_bytes(to, _encode(more))
        to.write(spelling)
        return where, place

    def facility_in(self, packed: bytes) -> tuple[bytes, i64]:
        """Where it was read, and where in the packed scans this is written; nothing when it is not."""
        if self._begin and packed[self._begin] & _FACILITY:
            kind: i64 = packed[self._begin] & _DELAY
            place = _written(packed, self._rest + (4 if kind == _SHORT else 8 if kind == _DELAY else 0))
            if place:
                named, _ = read_bytes(packed, place)
                return named, place
        return b"", 0

    def _unfold(self) -> None:
        """Read the rest of it."""
        packed, place = self._packed, self._rest
        self._folded = False
        flags: i64 = packed[self._begin]
        kind = flags & _DELAY
        if kind == _NONE:
            self._delay = 0
        elif kind != _UNKNOWN:
            short = kind == _SHORT
            self._delay = read_number(packed, place, short)
            place += 4 if short else 8
        if flags & _FACILITY:
            if packed[place]:
                self._facility, place = read_word(packed, place)
            else:
                written = _written(packed, place)
                self._facility = read_word(packed, written)[0] if written else ""
                place += 2
        if flags & _MORE:
            details, place = read_bytes(packed, place)
            self._more = _details.decode(details)
        rest = packed[place : self._end]
        if flags & _HEX:
            self._scan_id = rest.hex()
        elif flags & _STEM:
            self._scan_id = (self._stem + rest).decode()
        else:
            self._scan_id = rest.decode()

    def fold(self, packed: bytes, begin: i64, rest: i64, end: i64, stem: bytes) -> None:
        """Let what lies from `rest` to `end` of packed scans be read when somebody looks; it begins at `begin`."""
        self._packed, self._begin, self._rest, self._end, self._stem = packed, begin, rest, end, stem
        self._folded = True


def code_at(packed: bytes, begin: i64) -> Code:
    """The code of the scan that begins there."""
    code, _ = read_code(packed, begin + 1)
    return code


def is_of_leg(packed: bytes, begin: i64, spelling: bytes) -> bool:
    """Whether the scan that begins there is of the leg with these bytes as its name."""
    flags: i64 = packed[begin]
    if not flags & _LEG:
        return False
    place = begin + 2
    if packed[begin + 1] == LONG:
        _, place = read_code(packed, begin + 1)
    size, place = read_size(packed, place + (4 if flags & _NEAR else 8))
    return size == len(spelling) and lies_at(spelling, packed, place)


def unpack_scan(packed: bytes, begin: i64, end: i64, life: int, stem: bytes) -> KnownScan:
    """The scan that lies between two places of packed scans, its size already read."""
    flags: i64 = packed[begin]
    code, place = read_code(packed, begin + 1)
    near = flags & _NEAR != 0
    scan = KnownScan("", code, life + read_number(packed, place, near))
    place += 4 if near else 8
    if flags & _LEG:
        scan.leg, place = read_word(packed, place)
    scan.fold(packed, begin, place, end, stem)
    return scan


def _written(packed: bytes, place: i64) -> i64:
    """Where the facility that follows at `place` is written in full; 0 where it is an empty text."""
    if packed[place]:
        return place
    back: i64 = packed[place + 1]
    return place - back if back else 0


def _comparable(text: str | None) -> str:
    """A text that sorts after none at all, even when it is empty."""
    return "" if text is None else f"={text}"
