"""What was planned for a shipment, as state keeps it: legs, the milestones of each, and how long they take in all.

A scan or a deadline concerns one leg, seldom those that wait for it too; so legs are unpacked one by one, when somebody
asks for them, and the milestones of each when somebody looks.
"""

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
    write_bytes,
    write_code,
    write_number,
    write_size,
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

    __slots__ = ("_end", "_life", "_milestones", "_packed", "_place", "after", "name")

    def __init__(self, name: str, milestones: tuple[KnownMilestone, ...] = (), after: tuple[str, ...] = ()) -> None:
        """It starts when the legs `after` which it comes have ended."""
        self.name = name
        self.after = after
        self._milestones = milestones
        self._packed = b""
        self._life = 0
        self._place: i64 = 0
        """Where in the packed plan its milestones lie, until somebody looks at them; 0 for what is not packed."""
        self._end: i64 = 0

    @property
    def milestones(self) -> tuple[KnownMilestone, ...]:
        """What it consists of, one after the other; at least one."""
        if self._place:
            milestones: list[KnownMilestone] = []
            packed, place, end, life = self._packed, self._place, self._end, self._life
            while place < end:
                place = _read(packed, place, life, milestones)
            self._milestones = tuple(milestones)
            self._place = 0
        return self._milestones

    @property
    def total(self) -> int | None:
        """Its planned milliseconds; None when a milestone has no planned duration."""
        if self._place:
            summed = _total(self._packed, self._place, self._end)
            return None if summed < 0 else summed
        total = 0
        for milestone in self._milestones:
            if milestone.within is None:
                return None
            total += milestone.within
        return total

    def fold(self, packed: bytes, place: int, end: int, life: int) -> None:
        """Let the milestones be read when somebody looks: they lie between two places of a packed plan."""
        self._packed, self._place, self._end, self._life = packed, place, end, life


@mypyc_attr(acyclic=True)
class Plan:
    """The legs of a shipment, in an order in which each comes after the legs that it waits for.

    `streams.intake.registrations` sees to the order, and that no two have the same name.
    """

    __slots__ = ("_known", "_legs", "_life", "_packed", "_place")

    def __init__(self, legs: tuple[KnownLeg, ...] = ()) -> None:
        self._legs: tuple[KnownLeg, ...] | None = legs
        """None until somebody asks for all of them."""
        self._known: list[KnownLeg] = []
        """Those that somebody has asked for."""
        self._packed = b""
        self._place: i64 = 0
        self._life = 0

    def __bool__(self) -> bool:
        return self._legs is None or len(self._legs) > 0

    @property
    def legs(self) -> tuple[KnownLeg, ...]:
        """All of them."""
        legs = self._legs
        if legs is None:
            found: list[KnownLeg] = []
            packed, place, life = self._packed, self._place, self._life
            total: i64 = len(packed)
            while place < total:
                size, place = read_size(packed, place)
                found.append(_read_leg(packed, place, place + size, life))
                place += size
            legs = self._legs = tuple(found)
        return legs

    def leg(self, name: str) -> KnownLeg | None:
        """The one of this name; None where there is none."""
        legs = self._legs
        for known in self._known if legs is None else legs:
            if known.name == name:
                return known
        if legs is not None:
            return None
        packed, place, spelling = self._packed, self._place, name.encode()
        length: i64 = len(spelling)
        total: i64 = len(packed)
        while place < total:
            size, place = read_size(packed, place)
            own, begin = read_size(packed, place)
            if own == length and packed[begin : begin + own] == spelling:
                leg = _read_leg(packed, place, place + size, self._life)
                self._known.append(leg)
                return leg
            place += size
        return None

    def fold(self, packed: bytes, place: int, life: int) -> None:
        """Let the legs be read when somebody asks for them: they lie from `place` to the end of a registration."""
        self._legs = None
        self._packed, self._place, self._life = packed, place, life


def critical_path(plan: Plan) -> int | None:
    """Planned milliseconds from the start of the journey to the end of its last leg, by the longest chain of legs.

    None without legs, or when a leg has no planned duration.
    """
    ends: dict[str, int] = {}
    longest: int | None = None
    for leg in plan.legs:
        total = leg.total
        if total is None:
            return None
        start = 0
        for name in leg.after:
            start = max(start, ends.get(name, 0))
        end = ends[leg.name] = start + total
        if longest is None or end > longest:
            longest = end
    return longest


def pack_plan(to: BytesWriter, plan: Plan, life: int) -> None:
    """Append a plan of a life that began at `life`, UTC milliseconds; nothing may come after it."""
    for leg in plan.legs:
        own = BytesWriter()
        write_text(own, leg.name)
        write_size(own, len(leg.after))
        for name in leg.after:
            write_text(own, name)
        for milestone in leg.milestones:
            _write(own, milestone, life)
        write_bytes(to, own.getvalue())


def unpack_plan(packed: bytes, place: i64, life: int) -> Plan:
    """What `pack_plan` appended."""
    plan = Plan()
    plan.fold(packed, place, life)
    return plan


def _read_leg(packed: bytes, place: i64, end: i64, life: int) -> KnownLeg:
    name, place = read_word(packed, place)
    leg = KnownLeg(name)
    many, place = read_size(packed, place)
    if many:
        after: list[str] = []
        for _ in range(many):
            before, place = read_word(packed, place)
            after.append(before)
        leg.after = tuple(after)
    leg.fold(packed, place, end, life)
    return leg


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
        minutes: int = read_i16_be(packed, place)
        milestone.within = minutes * MINUTE_MS
        place += 2
    elif flags & _WITHIN:
        milestone.within = read_number(packed, place, near)
        place += width
    if flags & _AT:
        milestone.at = life + read_number(packed, place, near)
        place += width
    if flags & _FACILITY:
        milestone.facility, place = read_word(packed, place)
    milestones.append(milestone)
    return place


def _total(packed: bytes, place: i64, end: i64) -> i64:
    """The sum of the durations of packed milestones; negative where one has none."""
    total: i64 = 0
    while place < end:
        flags: i64 = packed[place]
        near = flags & _FAR == 0
        width: i64 = 4 if near else 8
        _, place = read_code(packed, place + 1)
        if flags & _MINUTES:
            minutes: int = read_i16_be(packed, place)
            total += minutes * MINUTE_MS
            place += 2
        elif flags & _WITHIN:
            total += read_number(packed, place, near)
            place += width
        else:
            return -1
        if flags & _AT:
            place += width
        if flags & _FACILITY:
            size, place = read_size(packed, place)
            place += size
    return total
