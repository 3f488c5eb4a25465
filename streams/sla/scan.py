"""One scan as state keeps it: packed, and unpacked no further than somebody looks.

Most of what a shipment keeps is scans, and of most of them a verdict needs no more than code and time.
"""

from typing import Final

import msgspec
from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr, u8

from streams.sla.codes import Code, name_of, rank
from streams.sla.details import PLAIN, ScanDetails
from streams.sla.packing import (
    is_near,
    is_spelt,
    read_bytes,
    read_code,
    read_number,
    read_text,
    spell,
    write_bytes,
    write_code,
    write_number,
    write_text,
)

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
        self._begin: i64 = 0
        """Where in the packed scans it lies, until somebody looks at the rest of it; 0 for what is not packed."""
        self._rest: i64 = 0
        self._end: i64 = 0
        self._stem = ""

    @property
    def scan_id(self) -> str:
        """Its own id: the same one is the same scan, perhaps in another version."""
        if self._begin:
            self._unpack()
        return self._scan_id

    @property
    def delay(self) -> int | None:
        """`recorded_at` minus `at`, in milliseconds."""
        if self._begin:
            self._unpack()
        return self._delay

    @property
    def facility(self) -> str | None:
        """Where it was read."""
        if self._begin:
            self._unpack()
        return self._facility

    @property
    def more(self) -> ScanDetails | None:
        """What most scans do not have; None where all of it would be as in `PLAIN`."""
        if self._begin:
            if not self._packed[self._begin] & _MORE:
                return None
            self._unpack()
        return self._more

    @more.setter
    def more(self, details: ScanDetails | None) -> None:
        if self._begin:
            self._unpack()
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

    def pack(self, to: BytesWriter, life: int, stem: str) -> None:
        """Append it to the packed scans of a life that began at `life`, of the shipment `stem`."""
        if self._begin:
            write_bytes(to, self._packed[self._begin : self._end])
        else:
            write_bytes(to, self._packed_alone(life, stem))

    def _packed_alone(self, life: int, stem: str) -> bytes:  # noqa: C901 - one line a part
        to = BytesWriter()
        delay, facility, leg, more, scan_id = self._delay, self._facility, self.leg, self._more, self._scan_id
        since: i64 = self.at - life
        flags: i64 = _NEAR if is_near(since) else 0
        spelling = self.spelling()
        if is_spelt(scan_id, spelling):
            flags |= _HEX
        elif stem and len(scan_id) >= len(stem) + TAIL and scan_id.startswith(stem):
            flags |= _STEM
            spelling = scan_id[len(stem) :].encode()
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
            write_text(to, facility)
        if more is not None:
            write_bytes(to, _encode(more))
        to.write(spelling)
        return to.getvalue()

    def _unpack(self) -> None:
        """Read the rest of it."""
        packed, begin, place = self._packed, self._begin, self._rest
        self._begin = 0
        flags: i64 = packed[begin]
        kind = flags & _DELAY
        if kind == _NONE:
            self._delay = 0
        elif kind != _UNKNOWN:
            short = kind == _SHORT
            self._delay = read_number(packed, place, short)
            place += 4 if short else 8
        if flags & _FACILITY:
            self._facility, place = read_text(packed, place)
        if flags & _MORE:
            details, place = read_bytes(packed, place)
            self._more = _details.decode(details)
        rest = packed[place : self._end]
        if flags & _HEX:
            self._scan_id = rest.hex()
        elif flags & _STEM:
            self._scan_id = self._stem + rest.decode()
        else:
            self._scan_id = rest.decode()

    def put_packed(self, packed: bytes, begin: int, rest: int, end: int, stem: str) -> None:
        """Let what lies from `rest` to `end` of packed scans be read when somebody looks; it begins at `begin`."""
        self._packed, self._begin, self._rest, self._end, self._stem = packed, begin, rest, end, stem


def unpack_scan(packed: bytes, begin: i64, end: i64, life: int, stem: str) -> KnownScan:
    """The scan that lies between two places of packed scans, its size already read."""
    flags: i64 = packed[begin]
    code, place = read_code(packed, begin + 1)
    near = flags & _NEAR != 0
    scan = KnownScan("", code, life + read_number(packed, place, near))
    place += 4 if near else 8
    if flags & _LEG:
        scan.leg, place = read_text(packed, place)
    scan.put_packed(packed, begin, place, end, stem)
    return scan


def _comparable(text: str | None) -> str:
    """A text that sorts after none at all, even when it is empty."""
    return "" if text is None else f"={text}"
