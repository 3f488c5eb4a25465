"""What holds for all shipments of a partition alike: versions of the policy, suspended regions, silent feeds."""

from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from streams.sla.instants import NEVER
from streams.sla.policy.compiled import Policy
from streams.sla.policy.rulebook import Rulebook, Version
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.silences import Silence


class Suspension(Struct, frozen=True, kw_only=True):
    """Time that does not count in some regions, UTC milliseconds."""

    id: str
    revision: int
    regions: tuple[str, ...]
    begins: int
    until: int = NEVER
    reason: str | None = None
    lifted: bool = False
    """Whether it was taken back: then it never held."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What clocks are judged under."""

    book: Rulebook
    suspensions: tuple[Suspension, ...] = ()
    silences: tuple[Silence, ...] = ()

    @staticmethod
    def of(policy: Policy) -> "Surroundings":
        """One policy, from the beginning on, and nothing suspended."""
        return Surroundings(Rulebook([(policy, 0)]))

    def held(self, registration: Registration) -> tuple[tuple[int, int], ...]:
        """When the region that a shipment comes from or goes to was suspended: from, until."""
        places = (registration.origin, registration.destination)
        return tuple(
            (one.begins, one.until)
            for one in self.suspensions
            if not one.lifted and (places[0] in one.regions or places[1] in one.regions)
        )

    def versions(self, registration: Registration, scans: list[KnownScan]) -> tuple[Version, ...]:
        """The versions that the clocks of a shipment can fall under; `scans` are in order."""
        first = last = registration.registered_at
        if scans:
            first, last = min(first, scans[0].at), max(last, scans[-1].at)
        return self.book.between(first, last)

    def with_version(self, policy: Policy, begins: int, time: int) -> "Surroundings":
        """With one more version, and without what is outlived at `time`."""
        return Surroundings(self.book.plus(policy, begins).current(time), self.suspensions, self.silences)

    def with_suspension(self, suspension: Suspension, time: int) -> "Surroundings":
        """With a suspension instead of an older revision of it, and without what is outlived at `time`."""
        oldest = time - self.book.longest_life()
        kept = [one for one in self.suspensions if one.id != suspension.id and one.until > oldest]
        clean = replace(suspension, regions=tuple(sorted(set(suspension.regions))))
        return Surroundings(self.book, tuple(sorted([*kept, clean], key=lambda one: one.id)), self.silences)

    def with_silence(self, facility: str, silence: Silence | None) -> "Surroundings":
        """With what is known of a facility now: its silence, or that it is silent no longer."""
        kept = [one for one in self.silences if one.facility != facility]
        if silence is not None:
            kept.append(silence)
        return Surroundings(self.book, self.suspensions, tuple(sorted(kept, key=lambda one: one.facility)))

    def silence(self, facility: str) -> Silence | None:
        """The silence of a facility; None where it speaks."""
        return next((one for one in self.silences if one.facility == facility), None)

    def suspension(self, name: str) -> Suspension | None:
        """What is known of a suspension."""
        return next((one for one in self.suspensions if one.id == name), None)
