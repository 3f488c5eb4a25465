"""What was planned for a shipment, as state keeps it: legs, the milestones of each, and how long they take in all.

A scan or a deadline concerns one leg, seldom those that wait for it too; so legs are unpacked one by one, when somebody
asks for them.  Their milestones stay packed: what is asked of one is read where it lies.
"""

from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr

from streams.sla.milestone import (
    UNPLANNED,
    KnownMilestone,
    at_of,
    end_of,
    facility_of,
    is_of,
    read_milestone,
    within_of,
    write_milestone,
)
from streams.sla.packing import lies_at, read_size, write_bytes, write_size, write_text
from streams.sla.scan import KnownScan
from streams.sla.words import read_word


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
            packed, place, life = self._packed, self._place, self._life
            while place < self._end:
                milestones.append(read_milestone(packed, place, life))
                place = end_of(packed, place)
            self._milestones = tuple(milestones)
            self._place = 0
        return self._milestones

    @property
    def count(self) -> int:
        """How many milestones it has."""
        if not self._place:
            return len(self._milestones)
        count: i64 = 0
        place = self._place
        while place < self._end:
            place = end_of(self._packed, place)
            count += 1
        return count

    def within(self, number: i64) -> int | None:
        """Planned milliseconds of a milestone since the one before it; the first is number 0."""
        if not self._place:
            return self._milestones[number].within
        within = within_of(self._packed, self._of(number))
        return None if within == UNPLANNED else int(within)

    def at(self, number: i64) -> int | None:
        """The planned instant of a milestone, UTC milliseconds."""
        return at_of(self._packed, self._of(number), self._life) if self._place else self._milestones[number].at

    def facility(self, number: i64) -> str | None:
        """Where a milestone is planned to take place."""
        return facility_of(self._packed, self._of(number)) if self._place else self._milestones[number].facility

    def reached_by(self, scan: KnownScan, taken: list[KnownScan | None]) -> i64:
        """The number of the milestone that a scan reaches; -1 where it reaches none.

        It is the first of its code, at its facility where both name one, that is not `taken` by an earlier scan.
        """
        code, number = scan.code, i64(0)
        if not self._place:
            for milestone in self._milestones:
                if milestone.code == code and taken[number] is None and _is_there(milestone.facility, scan):
                    return number
                number += 1
            return -1
        packed, place, end = self._packed, self._place, self._end
        while place < end:
            if is_of(packed, place, code) and taken[number] is None and _is_there(facility_of(packed, place), scan):
                return number
            place = end_of(packed, place)
            number += 1
        return -1

    def _of(self, number: i64) -> i64:
        """Where a milestone lies."""
        place = self._place
        while number:
            place = end_of(self._packed, place)
            number -= 1
        return place

    @property
    def total(self) -> int | None:
        """Its planned milliseconds; None when a milestone has no planned duration."""
        total: i64 = 0
        packed, place = self._packed, self._place
        if not place:
            for milestone in self._milestones:
                if milestone.within is None:
                    return None
                total += milestone.within
            return int(total)
        while place < self._end:
            within = within_of(packed, place)
            if within == UNPLANNED:
                return None
            total += within
            place = end_of(packed, place)
        return int(total)

    def fold(self, packed: bytes, place: int, end: int, life: int) -> None:
        """Let the milestones be read when somebody looks: they lie between two places of a packed plan."""
        self._packed, self._place, self._end, self._life = packed, place, end, life


@mypyc_attr(acyclic=True)
class Plan:
    """The legs of a shipment, in an order in which each comes after the legs that it waits for.

    `streams.intake.plans` sees to the order, and that no two have the same name.
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
        if legs is not None:
            for leg in legs:
                if leg.name == name:
                    return leg
            return None
        for leg in self._known:
            if leg.name == name:
                return leg
        packed, place, spelling = self._packed, self._place, name.encode()
        length: i64 = len(spelling)
        total: i64 = len(packed)
        while place < total:
            size, place = read_size(packed, place)
            own, begin = read_size(packed, place)
            if own == length and lies_at(spelling, packed, begin):
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
            write_milestone(own, milestone, life)
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


def _is_there(facility: str | None, scan: KnownScan) -> bool:
    """Whether a scan is not known to come from another facility than the one that was planned, if one was."""
    return facility is None or scan.facility is None or scan.facility == facility
