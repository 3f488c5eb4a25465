"""Clocks on a plan: each milestone since the one before it or by its instant, and each leg as a whole.

A milestone is reached by the first scan of its leg and code, at its facility where both name one, that no earlier
milestone has claimed.  A leg starts when the last of the legs before it ends, or with the scan that starts all.
"""

from collections.abc import Sequence

from mypy_extensions import mypyc_attr

from streams.sla.codes import name_of
from streams.sla.plan import KnownLeg, leg_total
from streams.sla.policy.compiled import Clock
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.standing import cancelled, running, stopped
from streams.sla.verdict import Verdict

Keyed = tuple[str | None, Verdict]


@mypyc_attr(acyclic=True, free_list_len=1)
class Journey:
    """A shipment's scans along its plan.  What each leg has reached is worked out once, when it is asked for."""

    __slots__ = ("_plan", "_reached", "_registration", "_scans")

    def __init__(self, registration: Registration, scans: Sequence[KnownScan]) -> None:
        self._plan = registration.plan
        self._registration = registration
        self._scans = scans
        self._reached: dict[str, list[KnownScan | None]] = {}

    def every_milestone(self, clock: Clock) -> list[Keyed]:
        """All milestones whose predecessor has been reached."""
        told: list[Keyed] = []
        for leg in self._plan.legs:
            for place in range(len(leg.milestones)):
                self._milestone(clock, leg, place, told)
        return told

    def every_leg(self, clock: Clock) -> list[Keyed]:
        """All legs that have started."""
        told: list[Keyed] = []
        for leg in self._plan.legs:
            self._leg(clock, leg, told)
        return told

    def milestones_after(self, clock: Clock, latest: KnownScan) -> list[Keyed]:
        """The milestones that the latest of all scans can have changed."""
        if latest.code in clock.ends or latest.code in clock.starts:
            return self.every_milestone(clock)
        told: list[Keyed] = []
        leg = self._leg_of(latest)
        if leg is not None:
            found = self._milestones(leg)
            for place, stop in enumerate(found):
                if stop is latest:
                    self._milestone(clock, leg, place, told)
                    if place + 1 < len(found):
                        self._milestone(clock, leg, place + 1, told)
            if found[-1] is latest:
                for waiting in self._waiting_for(leg):
                    self._milestone(clock, waiting, 0, told)
        return told

    def legs_after(self, clock: Clock, latest: KnownScan) -> list[Keyed]:
        """The legs that the latest of all scans can have changed."""
        if latest.code in clock.ends or latest.code in clock.starts:
            return self.every_leg(clock)
        told: list[Keyed] = []
        leg = self._leg_of(latest)
        if leg is not None and self._milestones(leg)[-1] is latest:
            self._leg(clock, leg, told)
            for waiting in self._waiting_for(leg):
                self._leg(clock, waiting, told)
        return told

    def one(self, clock: Clock, key: str) -> Verdict | None:
        """The verdict of one milestone (`leg/2`) or leg (`leg`)."""
        name, place = key, ""
        if clock.per == "milestone":
            name, _, place = key.rpartition("/")
        told: list[Keyed] = []
        leg = self._plan.leg(name)
        if leg is not None:
            if not place:
                self._leg(clock, leg, told)
            elif int(place) <= len(leg.milestones):
                self._milestone(clock, leg, int(place) - 1, told)
        return told[0][1] if told else None

    def _leg_of(self, scan: KnownScan) -> KnownLeg | None:
        name = scan.leg
        return None if name is None else self._plan.leg(name)

    def _waiting_for(self, ended: KnownLeg) -> list[KnownLeg]:
        """The legs that come after one that has just ended."""
        return [leg for leg in self._plan.legs if ended.name in leg.after]

    def _milestone(self, clock: Clock, leg: KnownLeg, place: int, told: list[Keyed]) -> None:
        found = self._milestones(leg)
        milestone = leg.milestones[place]
        key = f"{leg.name}/{place + 1}"
        if clock.planned == "due":
            if milestone.at is not None:
                told.append((key, self._judge(clock, None, milestone.at, found[place])))
            return
        start = found[place - 1] if place else self._start(clock, leg)
        if start is not None and milestone.within is not None:
            told.append((key, self._judge(clock, start, start.at + milestone.within, found[place])))

    def _leg(self, clock: Clock, leg: KnownLeg, told: list[Keyed]) -> None:
        stop = self._milestones(leg)[-1]
        if clock.planned == "due":
            at = leg.milestones[-1].at
            if at is not None:
                told.append((leg.name, self._judge(clock, None, at, stop)))
            return
        start, total = self._start(clock, leg), leg_total(leg)
        if start is not None and total is not None:
            told.append((leg.name, self._judge(clock, start, start.at + total, stop)))

    def _milestones(self, leg: KnownLeg) -> list[KnownScan | None]:
        """For every milestone of a leg the scan that reached it, or None."""
        found = self._reached.get(leg.name)
        if found is None:
            found = self._reached[leg.name] = _reached(leg, self._scans)
        return found

    def _start(self, clock: Clock, leg: KnownLeg) -> KnownScan | None:
        """The scan that starts a leg."""
        if not leg.after:
            starts = clock.starts
            for scan in self._scans:
                if scan.code in starts:
                    return scan
            return None
        latest: KnownScan | None = None
        for before in self._plan.legs:
            if before.name in leg.after:
                ended = self._milestones(before)[-1]
                if ended is None:
                    return None
                if latest is None or ended.at > latest.at:
                    latest = ended
        return latest

    def _judge(self, clock: Clock, start: KnownScan | None, due: int, stop: KnownScan | None) -> Verdict:
        """The verdict; a schedule has no start scan, it runs from the registration that gave it."""
        start_at = self._registration.registered_at if start is None else start.at
        if stop is not None:
            return stopped(start_at, due, start, stop)
        for scan in self._scans:
            if scan.code in clock.ends:
                return cancelled(clock, start_at, due, start, scan, name_of(scan.code))
        return running(clock, self._registration, start_at, due, start)


def _reached(leg: KnownLeg, scans: Sequence[KnownScan]) -> list[KnownScan | None]:
    name, milestones = leg.name, leg.milestones
    found: list[KnownScan | None] = [None] * len(milestones)
    for scan in scans:
        if scan.leg == name:
            code = scan.code
            for place, milestone in enumerate(milestones):
                if milestone.code == code and found[place] is None and _is_there(scan, milestone.facility):
                    found[place] = scan
                    break
    return found


def _is_there(scan: KnownScan, facility: str | None) -> bool:
    """Whether a scan is not known to come from another facility than the one that was planned, if one was."""
    return facility is None or scan.facility is None or scan.facility == facility
