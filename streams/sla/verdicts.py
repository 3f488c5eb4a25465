"""What clocks are worth, as a function of the set of scans: no order of arrival, no time of day."""

from collections.abc import Iterable, Iterator, Sequence

from streams.sla.gaps import gaps
from streams.sla.journeys import Journey
from streams.sla.policy.compiled import EVERYTHING, Clock
from streams.sla.spans import span
from streams.sla.state import KnownScan, Registration
from streams.sla.verdict import Verdict

Keyed = tuple[str | None, Verdict]
"""The instance of a clock (None for the one of a whole shipment), and its verdict."""


class Facts:
    """What is known of a shipment: its registration, and its effective scans in order."""

    __slots__ = ("_journey", "_registration", "_scans")

    def __init__(self, registration: Registration, scans: Sequence[KnownScan]) -> None:
        self._registration = registration
        self._scans = scans
        self._journey: Journey | None = None

    def every(self, clock: Clock) -> Iterable[Keyed]:
        """All instances of a clock that have started."""
        if clock.per == "shipment":
            return self._whole(clock)
        if clock.per == "milestone":
            return self._planned().every_milestone(clock)
        if clock.planned is not None:
            return self._planned().every_leg(clock)
        if clock.per == "gap":
            return gaps(clock, self._registration, self._scans)
        return self._groups(clock)

    def after_latest(self, clock: Clock) -> Iterable[Keyed]:
        """The instances that the latest scan can have changed; the others are as they were without it."""
        latest = self._scans[-1]
        if clock.per == "shipment":
            return self._whole(clock)
        if clock.per == "milestone":
            return self._planned().milestones_after(clock, latest)
        if clock.planned is not None:
            return self._planned().legs_after(clock, latest)
        if clock.per == "gap":
            simple = clock.stops is EVERYTHING and clock.starts is EVERYTHING
            return gaps(clock, self._registration, self._scans[-2:] if simple else self._scans)
        key = _key(clock, latest)
        if key is None or latest.code in clock.ends:
            return self._groups(clock)
        return self._group(clock, key)

    def one(self, clock: Clock, key: str | None) -> Verdict | None:
        """One instance; None when it has not started."""
        if key is None:
            return span(clock, self._registration, self._scans)
        if clock.planned is not None:
            return self._planned().one(clock, key)
        found = gaps(clock, self._registration, self._scans) if clock.per == "gap" else self._group(clock, key)
        return next((verdict for name, verdict in found if name == key), None)

    def _planned(self) -> Journey:
        if self._journey is None:
            self._journey = Journey(self._registration, self._scans)
        return self._journey

    def _whole(self, clock: Clock) -> Iterable[Keyed]:
        verdict = span(clock, self._registration, self._scans)
        return () if verdict is None else ((None, verdict),)

    def _groups(self, clock: Clock) -> Iterator[Keyed]:
        for key in dict.fromkeys(_key(clock, scan) for scan in self._scans):
            if key is not None:
                yield from self._group(clock, key)

    def _group(self, clock: Clock, key: str) -> Iterable[Keyed]:
        """One instance of a clock per leg, facility or piece: its own scans, and those that end every instance."""
        ends = clock.ends
        own = [scan for scan in self._scans if _key(clock, scan) == key or scan.code in ends]
        verdict = span(clock, self._registration, own)
        return () if verdict is None else ((key, verdict),)


def _key(clock: Clock, scan: KnownScan) -> str | None:
    if clock.per == "facility":
        return scan.facility
    return scan.leg if clock.per == "leg" else scan.piece
