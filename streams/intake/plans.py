"""Plans of registrations: their legs in order, their durations in milliseconds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import astuple

from streams.intake.bodies import ReadLeg, ReadMilestone, ReadPlan
from streams.intake.reading import promise
from streams.intake.rejection import BAD_PLAN, INVALID, Rejected
from streams.sla.codes import code_of
from streams.sla.instants import LONGEST_MS, from_timedelta
from streams.sla.milestone import KnownMilestone
from streams.sla.plan import KnownLeg, Plan

_MOST_KNOWN: Final = 8_000
_LONGEST_KNOWN: Final = 32

_astuple: Final = astuple  # a name of this module is found faster
_durations: Final[dict[str, int]] = {}
"""Those that came before: plans are made of few, and a `timedelta` of each would cost three times as much."""


def read_plan(plan: ReadPlan) -> Plan:
    """The plan, with its legs so that each comes after those it waits for.  Raises `Rejected`."""
    return Plan(_in_order(plan.legs))


def _in_order(legs: Sequence[ReadLeg]) -> tuple[KnownLeg, ...]:
    """The legs so that each comes after those it waits for, otherwise as they were given."""
    names = [leg.leg for leg in legs]
    waiting: list[KnownLeg] = []
    before: set[str] = set()
    in_order = True
    for place, leg in enumerate(legs):
        name, after = names[place], leg.after
        if name in before:
            raise Rejected(BAD_PLAN, f"the leg {name!r} is there twice", f"$.plan.legs[{place}].leg")
        for former in after:
            if former not in names:
                wrong = f"it waits for the leg {former!r}, which is not in the plan"
                raise Rejected(BAD_PLAN, wrong, f"$.plan.legs[{place}].after")
            in_order = in_order and former in before
        before.add(name)
        milestones = [_milestone(milestone, place, number) for number, milestone in enumerate(leg.milestones)]
        waiting.append(KnownLeg(name, tuple(milestones), after))
    if in_order:
        return tuple(waiting)
    ordered: dict[str, KnownLeg] = {}
    while waiting:
        ready = [leg for leg in waiting if all(name in ordered for name in leg.after)]
        if not ready:
            raise Rejected(BAD_PLAN, "the legs wait for each other in a circle", "$.plan.legs")
        ordered |= {leg.name: leg for leg in ready}
        waiting = [leg for leg in waiting if leg.name not in ordered]
    return tuple(ordered.values())


def _milestone(milestone: ReadMilestone, leg: int, number: int) -> KnownMilestone:
    """A milestone whose duration and instant make sense.  Raises `Rejected`; the numbers are its place in the plan."""
    fields: tuple[str, str | None, str | None, datetime | None] = _astuple(milestone)
    code, facility, within, at = fields
    return KnownMilestone(
        code_of(code),
        facility,
        None if within is None else _duration(within, leg, number),
        None if at is None else promise(at, f"$.plan.legs[{leg}].milestones[{number}].at"),
    )


def _duration(text: str, leg: int, number: int) -> int:
    """Milliseconds of a planned duration.  Raises `Rejected`."""
    known = _durations.get(text)
    if known is not None:
        return known
    path = f"$.plan.legs[{leg}].milestones[{number}].within"
    try:
        duration = from_timedelta(msgspec.convert(text, timedelta))
    except msgspec.ValidationError as error:
        raise Rejected(INVALID, str(error), path) from None
    if not 0 <= duration <= LONGEST_MS:
        raise Rejected(
            BAD_PLAN, f"a planned duration is {'negative' if duration < 0 else 'longer than ten years'}", path
        )
    if len(text) <= _LONGEST_KNOWN:
        if len(_durations) >= _MOST_KNOWN:
            _durations.clear()
        _durations[text] = duration
    return duration
