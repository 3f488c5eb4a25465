"""Policies that differ from another in when clocks are due."""

from dataclasses import replace
from datetime import timedelta

import msgspec

from streams.errors import PolicyError
from streams.sla.instants import describe, from_timedelta
from streams.sla.policy import Clock, Policy
from streams.sla.policy.allowances import Allowance
from streams.sla.state import KnownScan, Registration


class Shifted(Allowance):
    """Another allowance, due earlier or later by a fixed time."""

    def __init__(self, allowance: Allowance, shift: int) -> None:
        """`shift` in milliseconds, negative to be due earlier."""
        self._allowance = allowance
        self._shift = shift
        self.needs = allowance.needs

    def due(self, start: int, registration: Registration, scan: KnownScan | None) -> int | None:
        """The due instant of the other one, shifted."""
        due = self._allowance.due(start, registration, scan)
        return None if due is None else due + self._shift

    def extend(self, due: int, began: int, ended: int, registration: Registration, scan: KnownScan | None) -> int:
        """As the other one, shifted."""
        return self._allowance.extend(due - self._shift, began, ended, registration, scan) + self._shift

    def settle(self, due: int, registration: Registration, scan: KnownScan | None) -> int:
        """As the other one, shifted."""
        return self._allowance.settle(due - self._shift, registration, scan) + self._shift

    def explain(self, start: int, registration: Registration, scan: KnownScan | None) -> str:
        """`promised for an instant, 2 d earlier`."""
        side = "earlier" if self._shift < 0 else "later"
        return f"{self._allowance.explain(start, registration, scan)}, {describe(abs(self._shift))} {side}"


def parse_shift(text: str) -> tuple[str, int]:
    """Clock and milliseconds of `promised-date=-P2D`.  Raises `PolicyError`."""
    clock, _, length = text.partition("=")
    try:
        return clock, from_timedelta(msgspec.convert(length, timedelta))
    except msgspec.ValidationError as error:
        message = f"--shift {text}: give a clock and a duration, such as promised-date=-P2D for two days earlier"
        raise PolicyError(message) from error


def shifted(policy: Policy, clock: str, shift: int) -> Policy:
    """The policy with one clock due `shift` milliseconds later, or earlier when that is negative.

    Raises `PolicyError` when there is no such clock, or it takes its due instants from the plan's milestones.
    """
    found = next((one for one in policy.clocks if one.name == clock), None)
    if found is None:
        names = ", ".join(one.name for one in policy.clocks)
        raise PolicyError(f"there is no clock {clock!r} in the policy {policy.name!r}; it has {names}")
    if found.planned is not None:
        raise PolicyError(f"the clock {clock!r} takes its due instants from the plan; they cannot be shifted")
    moved = replace(found, allowance=Shifted(found.allowance, shift))

    def changed(one: Clock) -> Clock:
        return moved if one is found else one

    def touches(pairs: tuple[tuple[Clock, int], ...]) -> tuple[tuple[Clock, int], ...]:
        return tuple((changed(one), roles) for one, roles in pairs)

    return replace(
        policy,
        version=f"{policy.version} {clock}{shift / 86_400_000:+g}d",
        clocks=tuple(map(changed, policy.clocks)),
        by_number={number: changed(one) for number, one in policy.by_number.items()},
        touched={code: touches(pairs) for code, pairs in policy.touched.items()},
        touched_by_others=touches(policy.touched_by_others),
    )
