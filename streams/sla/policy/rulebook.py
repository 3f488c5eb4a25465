"""Several versions of a policy, each in force for the clocks that start in its time.

Which version a clock has follows from its name and its start alone: it is the newest version in force at the start.  So
nothing is stored per clock, and no later version can change it.  All instants are UTC milliseconds.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from streams.sla.instants import NEVER
from streams.sla.policy.compiled import Clock, Policy

EVER: Final = -(2**63)
"""Before every instant."""


@dataclass(eq=False)
class Version:
    """A policy, and the clocks that it judges: those that start at `begins` or later, and before `ends`."""

    policy: Policy
    begins: int
    ends: int = NEVER

    def judges(self, start: int) -> bool:
        """Whether a clock that starts then is judged by this version."""
        return self.begins <= start < self.ends


class Rulebook:
    """The versions in force, oldest first.  The oldest one judges whatever started before it, too."""

    __slots__ = ("_begins", "only", "versions")

    def __init__(self, entries: Iterable[tuple[Policy, int]]) -> None:
        """`entries` are policies with the instant from which each holds; there is at least one."""
        ordered = sorted(entries, key=lambda entry: entry[1])
        self._begins = [begins for _, begins in ordered]
        ends = [*self._begins[1:], NEVER]
        self.versions = tuple(
            Version(policy, begins if place else EVER, ends[place]) for place, (policy, begins) in enumerate(ordered)
        )
        self.only: Policy | None = ordered[0][0] if len(ordered) == 1 else None
        """The policy, where there is just one."""

    @property
    def entries(self) -> tuple[tuple[Policy, int], ...]:
        """What it was made of, oldest first."""
        return tuple((version.policy, begins) for version, begins in zip(self.versions, self._begins, strict=True))

    def at(self, start: int) -> Version:
        """The version that judges a clock that starts then."""
        return self.versions[max(bisect_right(self._begins, start) - 1, 0)]

    def between(self, first: int, last: int) -> tuple[Version, ...]:
        """The versions that judge clocks which start from `first` to `last`, both included."""
        if self.only is not None:
            return self.versions
        low = max(bisect_right(self._begins, first) - 1, 0)
        return self.versions[low : max(bisect_right(self._begins, last), low + 1)]

    def clock(self, number: int) -> Clock | None:
        """The clock of a number, as the newest version has it that knows it."""
        if self.only is not None:
            return self.only.by_number.get(number)
        for version in reversed(self.versions):
            found = version.policy.by_number.get(number)
            if found is not None:
                return found
        return None

    def next_change(self, time: int) -> int:
        """When, after `time`, another version comes into force; `NEVER` when none is waiting."""
        place = bisect_right(self._begins, time)
        return self._begins[place] if place < len(self._begins) else NEVER

    def needs(self) -> frozenset[str]:
        """What registrations and scans must keep for all of them (`Policy.needs`)."""
        return frozenset().union(*(version.policy.needs for version in self.versions))

    def plus(self, policy: Policy, begins: int) -> "Rulebook":
        """With one more version; it takes the place of one that holds from the same instant."""
        kept = [entry for entry in self.entries if entry[1] != begins]
        return Rulebook([*kept, (policy, begins)])

    def longest_life(self) -> int:
        """For how long after an instant a shipment may still be known that has something from before it."""
        cycles = [version.policy.lifecycle for version in self.versions]
        alive = max(one.expire + one.settle + one.retention for one in cycles)
        return max(alive, *(one.orphan_retention for one in cycles)) + max(one.retention for one in cycles)

    def current(self, time: int) -> "Rulebook":
        """Without the versions under which no shipment can have a clock any more."""
        oldest = time - self.longest_life()
        if self.only is not None or self.versions[0].ends > oldest:
            return self
        return Rulebook(
            (version.policy, begins)
            for version, begins in zip(self.versions, self._begins, strict=True)
            if version.ends > oldest
        )
