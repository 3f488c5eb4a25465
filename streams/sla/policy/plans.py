"""Totals of a planned journey."""

from collections.abc import Sequence

from streams.sla.plan import KnownLeg


def leg_total(leg: KnownLeg) -> int | None:
    """Planned milliseconds of a leg; None when a milestone has no planned duration."""
    total = 0
    for milestone in leg.milestones:
        if milestone.within is None:
            return None
        total += milestone.within
    return total


def critical_path(legs: Sequence[KnownLeg]) -> int | None:
    """Planned milliseconds from the start of the journey to the end of its last leg, by the longest chain of legs.

    None without legs, or when a leg has no planned duration.  `legs` are in an order in which each comes after the legs
    that it waits for (`streams.sla.registrations` sees to it).
    """
    ends: dict[str, int] = {}
    for leg in legs:
        total = leg_total(leg)
        if total is None:
            return None
        ends[leg.name] = total + max((ends.get(name, 0) for name in leg.after), default=0)
    return max(ends.values(), default=None)
