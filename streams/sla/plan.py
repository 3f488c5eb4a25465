"""What was planned for a shipment, as state keeps it: legs, the milestones of each, and how long they take in all."""

from typing import Final

from librt.strings import BytesWriter, read_i16_be, write_i16_be
from mypy_extensions import i16, i64, mypyc_attr, u8

from streams.sla.codes import Code
from streams.sla.instants import MINUTE_MS
from streams.sla.packing import (
    is_near,
    read_code,
    read_number,
    read_size,
    read_text,
    write_code,
    write_number,
    write_size,
    write_text,
)

_FACILITY: Final = 1
_WITHIN: Final = 2
_MINUTES: Final = 4
"""`within` is kept as minutes, in 16 bits."""
_AT: Final = 8
_FAR: Final = 16
"""Durations and instants have 64 bits."""
_MOST_MINUTES: Final = 0x7FFF


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


@mypyc_attr(acyclic=True)
class KnownLeg:
    """One leg of a plan."""

    __slots__ = ("after", "milestones", "name")

    def __init__(self, name: str, milestones: tuple[KnownMilestone, ...], after: tuple[str, ...] = ()) -> None:
        """It starts when the legs `after` which it comes have ended."""
        self.name = name
        self.milestones = milestones
        self.after = after


def leg_total(leg: KnownLeg) -> int | None:
    """Planned milliseconds of a leg; None when a milestone has no planned duration."""
    total = 0
    for milestone in leg.milestones:
        if milestone.within is None:
            return None
        total += milestone.within
    return total


def critical_path(legs: tuple[KnownLeg, ...]) -> int | None:
    """Planned milliseconds from the start of the journey to the end of its last leg, by the longest chain of legs.

    None without legs, or when a leg has no planned duration.  `legs` are in an order in which each comes after the legs
    that it waits for (`streams.intake.registrations` sees to it).
    """
    ends: dict[str, int] = {}
    for leg in legs:
        total = leg_total(leg)
        if total is None:
            return None
        ends[leg.name] = total + max((ends.get(name, 0) for name in leg.after), default=0)
    return max(ends.values(), default=None)


def pack_plan(to: BytesWriter, legs: tuple[KnownLeg, ...], life: int) -> None:
    """Append a plan of a life that began at `life`, UTC milliseconds."""
    write_size(to, len(legs))
    for leg in legs:
        write_text(to, leg.name)
        write_size(to, len(leg.after))
        for name in leg.after:
            write_text(to, name)
        write_size(to, len(leg.milestones))
        for milestone in leg.milestones:
            _write(to, milestone, life)


def unpack_plan(packed: bytes, place: i64, life: int) -> tuple[tuple[KnownLeg, ...], i64]:
    """What `pack_plan` appended, and the place after it."""
    legs: list[KnownLeg] = []
    count, place = read_size(packed, place)
    for _ in range(count):
        name, place = read_text(packed, place)
        after: list[str] = []
        many, place = read_size(packed, place)
        for _ in range(many):
            before, place = read_text(packed, place)
            after.append(before)
        milestones: list[KnownMilestone] = []
        many, place = read_size(packed, place)
        for _ in range(many):
            place = _read(packed, place, life, milestones)
        legs.append(KnownLeg(name, tuple(milestones), tuple(after)))
    return tuple(legs), place


def _write(to: BytesWriter, milestone: KnownMilestone, life: int) -> None:
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


def _read(packed: bytes, place: i64, life: int, milestones: list[KnownMilestone]) -> i64:
    flags: i64 = packed[place]
    near = flags & _FAR == 0
    width: i64 = 4 if near else 8
    code, place = read_code(packed, place + 1)
    milestone = KnownMilestone(code, None, None)
    if flags & _MINUTES:
        milestone.within = i64(read_i16_be(packed, place)) * MINUTE_MS
        place += 2
    elif flags & _WITHIN:
        milestone.within = read_number(packed, place, near)
        place += width
    if flags & _AT:
        milestone.at = life + read_number(packed, place, near)
        place += width
    if flags & _FACILITY:
        milestone.facility, place = read_text(packed, place)
    milestones.append(milestone)
    return place
