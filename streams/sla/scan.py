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
    read_number,
    read_size,
    read_text,
    spell,
    write_bytes,
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
_TEXT: Final = 128
"""Its code is a text."""

_encode: Final = msgspec.msgpack.Encoder().encode
_details: Final = msgspec.msgpack.Decoder(ScanDetails)


@mypyc_attr(acyclic=True)
class KnownScan:
    """One scan, compactly: what verdicts, evidence and the choice between its versions need."""

    __slots__ = (
        "_delay",
        "_end",
        "_facility",
        "_leg",
        "_more",
        "_packed",
        "_place",
        "_scan_id",
        "_spelling",
        "at",
        "code",
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
        self._leg = leg
        self._more = more
        self._spelling = b""
        self._packed = b""
        self._place: i64 = 0
        """Where in the packed scans the rest of it lies, until somebody looks; 0 for what is not packed."""
        self._end: i64 = 0

    @property
    def scan_id(self) -> str:
        """Its own id: the same one is the same scan, perhaps in another version."""
        if self._place:
            self._unpack()
        return self._scan_id

    @property
    def delay(self) -> int | None:
        """`recorded_at` minus `at`, in milliseconds."""
        if self._place:
            self._unpack()
        return self._delay

    @property
    def facility(self) -> str | None:
        """Where it was read."""
        if self._place:
            self._unpack()
        return self._facility

    @property
    def leg(self) -> str | None:
        """Which leg of the plan it belongs to."""
        if self._place:
            self._unpack()
        return self._leg

    @property
    def more(self) -> ScanDetails | None:
        """What most scans do not have; None where all of it would be as in `PLAIN`."""
        if self._place:
            self._unpack()
        return self._more

    @more.setter
    def more(self, details: ScanDetails | None) -> None:
        if self._place:
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

    def pack(self, to: BytesWriter, life: int) -> None:
        """Append it to the packed scans of a life."""
        if self._place:
            write_bytes(to, self._packed[self._place : self._end])
        else:
            write_bytes(to, self._packed_alone(life))

    def _packed_alone(self, life: int) -> bytes:  # noqa: C901 - one line a part
        to = BytesWriter()
        code, delay, facility, leg, more, scan_id = (
            self.code,
            self._delay,
            self._facility,
            self._leg,
            self._more,
            self._scan_id,
        )
        since: i64 = self.at - life
        flags: i64 = _NEAR if is_near(since) else 0
        spelling = self.spelling()
        if is_spelt(scan_id, spelling):
            flags |= _HEX
        if delay is not None:
            flags |= _NONE if delay == 0 else _SHORT if is_near(delay) else _DELAY
        if facility is not None:
            flags |= _FACILITY
        if leg is not None:
            flags |= _LEG
        if more is not None:
            flags |= _MORE
        if isinstance(code, str):
            to.append(u8(flags | _TEXT))
            write_text(to, code)
        else:
            to.append(u8(flags))
            to.append(code)
        write_number(to, since, flags & _NEAR != 0)
        if delay:
            write_number(to, delay, flags & _DELAY == _SHORT)
        if facility is not None:
            write_text(to, facility)
        if leg is not None:
            write_text(to, leg)
        if more is not None:
            write_bytes(to, _encode(more))
        to.write(spelling)
        return to.getvalue()

    def _unpack(self) -> None:
        """Read the rest of it."""
        packed, place, end = self._packed, self._place, self._end
        self._place = 0
        flags: i64 = packed[place]
        place += 1
        if flags & _TEXT:
            size, place = read_size(packed, place)
            place += size
        else:
            place += 1
        place += 4 if flags & _NEAR else 8
        kind = flags & _DELAY
        if kind == _NONE:
            self._delay = 0
        elif kind != _UNKNOWN:
            short = kind == _SHORT
            self._delay = read_number(packed, place, short)
            place += 4 if short else 8
        if flags & _FACILITY:
            self._facility, place = read_text(packed, place)
        if flags & _LEG:
            self._leg, place = read_text(packed, place)
        if flags & _MORE:
            details, place = read_bytes(packed, place)
            self._more = _details.decode(details)
        rest = packed[place:end]
        self._scan_id = rest.hex() if flags & _HEX else rest.decode()

    def put_packed(self, packed: bytes, place: int, end: int) -> None:
        """Let everything but code and time be read from packed scans, when somebody looks."""
        self._packed, self._place, self._end = packed, place, end


def unpack_scan(packed: bytes, place: i64, end: i64, life: int) -> KnownScan:
    """The scan that lies between two places of packed scans, its size already read."""
    flags: i64 = packed[place]
    code: Code
    if flags & _TEXT:
        code, after = read_text(packed, place + 1)
    else:
        code, after = packed[place + 1], place + 2
    scan = KnownScan("", code, life + read_number(packed, after, flags & _NEAR != 0))
    scan.put_packed(packed, place, end)
    return scan


def _comparable(text: str | None) -> str:
    """A text that sorts after none at all, even when it is empty."""
    return "" if text is None else f"={text}"
