"""What every clock of a shipment is worth, by the version of the policy that its start falls under."""

from collections.abc import Collection, Sequence

from streams.sla.policy.compiled import Clock
from streams.sla.policy.rulebook import Version
from streams.sla.verdict import Verdict
from streams.sla.verdicts import Facts

Ruling = tuple[Clock, Verdict]
"""A clock, as its version has it, and the verdict."""
Rulings = dict[int, dict[str | None, Ruling]]
"""By number of the clock, and by instance."""


def rulings(versions: Sequence[Version], facts: Facts, numbers: Collection[int] | None = None) -> Rulings:
    """The rulings on all clocks, or on those of some numbers, in the order of the oldest version's page.

    `versions` are those that the shipment can fall under, oldest first.  Where two of them claim an instance, because
    they let it start at different instants, the older one has it.
    """
    found: Rulings = {}
    several = len(versions) > 1
    for version in versions:
        for clock in version.policy.clocks:
            if numbers is not None and clock.number not in numbers:
                continue
            by_key = found.setdefault(clock.number, {})
            for key, verdict in facts.every(clock):
                if not several or (key not in by_key and version.judges(verdict.start)):
                    by_key[key] = (clock, verdict)
    return found


def ruling(versions: Sequence[Version], facts: Facts, number: int, key: str | None) -> Ruling | None:
    """The ruling on one instance; None when it has not started."""
    several = len(versions) > 1
    for version in versions:
        clock = version.policy.by_number.get(number)
        if clock is None:
            continue
        verdict = facts.one(clock, key)
        if verdict is not None and (not several or version.judges(verdict.start)):
            return clock, verdict
    return None
