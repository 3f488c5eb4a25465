"""Clocks on a plan: each milestone since the one before it or by its instant, and each leg as a whole.

A milestone is reached by the first scan of its leg and code, at its facility where both name one, that no earlier
milestone has claimed.  A leg starts when the last of the legs before it ends, or with the scan that starts the shipment.
"""

from collections.abc import Iterator, Mapping, Sequence

from streams.sla.codes import name_of
from streams.sla.policy.compiled import Clock
from streams.sla.policy.plans import leg_total
from streams.sla.state import KnownLeg, KnownScan, Registration
from streams.sla.verdict import Verdict, cancelled, running, stopped

Keyed = tuple[str, Verdict]


def reached(leg: KnownLeg, scans: Sequence[KnownScan]) -> list[KnownScan | None]:
    """For every milestone of a leg the scan that reached it, or None."""
    milestones = leg.milestones
    found: list[KnownScan | None] = [None] * len(milestones)
    name = leg.name
    for scan in scans:
        if scan.leg != name:
            continue
        code, facility = scan.code, scan.facility
        for place, milestone in enumerate(milestones):
            if (
                found[place] is None
                and milestone.code == code
                and (milestone.facility is None or facility is None or milestone.facility == facility)
            ):
                found[place] = scan
                break
    return found


class Journey:
    """One shipment's scans along its plan; what each leg has reached is worked out once, when it is asked for."""

    def __init__(self, clock: Clock, registration: Registration, scans: Sequence[KnownScan]) -> None:
        self._clock = clock
        self._legs: Mapping[str, KnownLeg] = {leg.name: leg for leg in registration.legs}
        self._scans = scans
        self._reached: dict[str, list[KnownScan | None]] = {}
        self.end = next((scan for scan in scans if scan.code in clock.ends), None)

    def reached(self, leg: KnownLeg) -> list[KnownScan | None]:
        """See `reached`."""
        found = self._reached.get(leg.name)
        if found is None:
            found = self._reached[leg.name] = reached(leg, self._scans)
        return found

    def start(self, leg: KnownLeg) -> KnownScan | None:
        """The scan that starts a leg."""
        if not leg.after:
            starts = self._clock.starts
            return next((scan for scan in self._scans if scan.code in starts), None)
        latest: KnownScan | None = None
        for name in leg.after:
            ended = self.reached(self._legs[name])[-1]
            if ended is None:
                return None
            if latest is None or ended.at > latest.at:
                latest = ended
        return latest

    def judge(self, start: KnownScan, due: int, stop: KnownScan | None) -> Verdict:
        """The verdict between two scans of the journey."""
        if stop is not None:
            return stopped(start.at, due, start, stop)
        if self.end is not None:
            return cancelled(start.at, due, start, self.end, name_of(self.end.code))
        return running(self._clock, start.at, due, start)


def milestone_verdicts(
    clock: Clock, registration: Registration, scans: Sequence[KnownScan], latest: KnownScan | None = None
) -> Iterator[Keyed]:
    """Every milestone whose predecessor has been reached; with `latest`, only those that this last scan can have changed."""
    journey = Journey(clock, registration, scans)
    ending = latest is None or latest.code in clock.ends or latest.code in clock.starts
    for leg in registration.legs:
        if not ending and latest is not None and latest.leg != leg.name:
            if latest.leg in leg.after:
                yield from _first(clock, journey, leg)
            continue
        found = journey.reached(leg)
        for place, (milestone, stop) in enumerate(zip(leg.milestones, found, strict=True)):
            before = found[place - 1] if place else None
            if not ending and stop is not latest and before is not latest:
                continue
            verdict = _milestone(clock, journey, leg, place, before, stop)
            if verdict is not None:
                yield f"{leg.name}/{place + 1}", verdict
            del milestone


def _first(clock: Clock, journey: Journey, leg: KnownLeg) -> Iterator[Keyed]:
    verdict = _milestone(clock, journey, leg, 0, None, journey.reached(leg)[0])
    if verdict is not None:
        yield f"{leg.name}/1", verdict


def _milestone(
    clock: Clock, journey: Journey, leg: KnownLeg, place: int, before: KnownScan | None, stop: KnownScan | None
) -> Verdict | None:
    start = before if place else journey.start(leg)
    if start is None:
        return None
    milestone = leg.milestones[place]
    if clock.planned == "due":
        due = milestone.at
    else:
        due = None if milestone.within is None else start.at + milestone.within
    return None if due is None else journey.judge(start, due, stop)


def leg_verdicts(
    clock: Clock, registration: Registration, scans: Sequence[KnownScan], latest: KnownScan | None = None
) -> Iterator[Keyed]:
    """Every leg that has started; with `latest`, only those that this last scan can have changed."""
    journey = Journey(clock, registration, scans)
    ending = latest is None or latest.code in clock.ends or latest.code in clock.starts
    for leg in registration.legs:
        if not ending and latest is not None and latest.leg != leg.name and latest.leg not in leg.after:
            continue
        stop = journey.reached(leg)[-1]
        if not ending and latest is not None and latest.leg == leg.name and stop is not latest:
            continue
        start = journey.start(leg)
        if start is None:
            continue
        if clock.planned == "due":
            due = leg.milestones[-1].at
        else:
            total = leg_total(leg)
            due = None if total is None else start.at + total
        if due is not None:
            yield leg.name, journey.judge(start, due, stop)
