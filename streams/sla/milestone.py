"""One milestone of a leg's plan, and how it lies in packed state: what is asked of it is read there.

It is a byte of flags, the code, and what the flags say: a duration, an instant, a facility.
"""

from typing import Final

from librt.strings import BytesWriter, read_i16_be, write_i16_be
from mypy_extensions import i16, i64, mypyc_attr, u8

from streams.sla.codes import Code
from streams.sla.instants import MINUTE_MS
from streams.sla.packing import (
    LONG,
    is_near,
    read_code,
    read_number,
    read_size,
    write_code,
    write_number,
    write_text,
)
from streams.sla.words import read_word

_FACILITY: Final = 1
_WITHIN: Final = 2
_MINUTES: Final = 4
"""`within` is kept as minutes, in 16 bits."""
_AT: Final = 8
_FAR: Final = 16
"""Durations and instants have 64 bits."""
_MOST_MINUTES: Final = 0x7FFF
UNPLANNED: Final = -1
"""Instead of a duration."""


@mypyc_attr(acyclic=True)
class KnownMilestone:
    """One milestone of a leg's plan."""

    __slots__ = ("at", "code", "facility", "within")

    def __init__(self, code: Code, facility: str | None, within: int | None, at: int | None = None) -> None:
        """`within` in milliseconds after the one before it, `at` in UTC milliseconds."""
        self.code = code
        self.facility = facility
        self.within = within
        self.at = at


def write_milestone(to: BytesWriter, milestone: KnownMilestone, life: int) -> None:
    """Append it to a state of a life that began at `life`, UTC milliseconds."""
    facility, within, at = milestone.facility, milestone.within, milestone.at
    duration: i64 = within or 0
    since: i64 = 0 if at is None else at - life
    flags: i64 = 0 if facility is None else _FACILITY
    if within is not None:
        flags |= _WITHIN
        if duration % MINUTE_MS == 0 and duration <= _MOST_MINUTES * MINUTE_MS:
            flags |= _MINUTES
    if at is not None:
        flags |= _AT
    if not (is_near(duration) and is_near(since)):
        flags |= _FAR
    near = flags & _FAR == 0
    to.append(u8(flags))
    write_code(to, milestone.code)
    if flags & _MINUTES:
        write_i16_be(to, i16(duration // MINUTE_MS))
    elif within is not None:
        write_number(to, duration, near)
    if at is not None:
        write_number(to, since, near)
    if facility is not None:
        write_text(to, facility)


def read_milestone(packed: bytes, place: i64, life: int) -> KnownMilestone:
    """The milestone that lies there, of a life that began at `life`."""
    code, _ = read_code(packed, place + 1)
    within = within_of(packed, place)
    duration = None if within == UNPLANNED else int(within)
    return KnownMilestone(code, facility_of(packed, place), duration, at_of(packed, place, life))


def end_of(packed: bytes, place: i64) -> i64:
    """The place after the milestone that lies there."""
    flags: i64 = packed[place]
    end = _after_instant(packed, place, flags)
    if flags & _FACILITY:
        size, end = read_size(packed, end)
        end += size
    return end


def is_of(packed: bytes, place: i64, code: Code) -> bool:
    """Whether the milestone that lies there is of this code."""
    if packed[place + 1] == LONG or isinstance(code, str):
        own, _ = read_code(packed, place + 1)
        return own == code
    return packed[place + 1] == code


def within_of(packed: bytes, place: i64) -> i64:
    """Its planned milliseconds since the one before it; `UNPLANNED` where there are none."""
    flags: i64 = packed[place]
    if flags & _MINUTES:
        return i64(read_i16_be(packed, _body(packed, place))) * MINUTE_MS
    return read_number(packed, _body(packed, place), flags & _FAR == 0) if flags & _WITHIN else UNPLANNED


def at_of(packed: bytes, place: i64, life: int) -> int | None:
    """Its planned instant, UTC milliseconds."""
    flags: i64 = packed[place]
    if not flags & _AT:
        return None
    return life + int(read_number(packed, _after_duration(packed, place, flags), flags & _FAR == 0))


def facility_of(packed: bytes, place: i64) -> str | None:
    """Where it is planned to take place."""
    flags: i64 = packed[place]
    if not flags & _FACILITY:
        return None
    facility, _ = read_word(packed, _after_instant(packed, place, flags))
    return facility


def _body(packed: bytes, place: i64) -> i64:
    """The place after the code."""
    if packed[place + 1] != LONG:
        return place + 2
    size, begin = read_size(packed, place + 2)
    return begin + size


def _after_duration(packed: bytes, place: i64, flags: i64) -> i64:
    body = _body(packed, place)
    if flags & _MINUTES:
        return body + 2
    if flags & _WITHIN:
        return body + (8 if flags & _FAR else 4)
    return body


def _after_instant(packed: bytes, place: i64, flags: i64) -> i64:
    end = _after_duration(packed, place, flags)
    if flags & _AT:
        return end + (8 if flags & _FAR else 4)
    return end
