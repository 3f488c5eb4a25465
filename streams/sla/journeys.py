"""Clocks on a plan: each milestone since the one before it or by its instant, and each leg as a whole.

A milestone is reached by the first scan of its leg and code, at its facility where both name one, that no earlier
milestone has claimed.  A leg starts when the last of the legs before it ends, or with the scan that starts all.
"""

from typing import Final

from mypy_extensions import mypyc_attr

from streams.sla.codes import name_of
from streams.sla.instants import NEVER
from streams.sla.milestone_keys import milestone_key, milestone_of
from streams.sla.pauses import NOT_HELD, Held, counted_due
from streams.sla.plan import KnownLeg
from streams.sla.policy.compiled import ENDS, PAUSES, STARTS, Clock
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.scans import Scans
from streams.sla.standing import cancelled, running, stopped
from streams.sla.verdict import Verdict

Keyed = tuple[str | None, Verdict]

_ALL_LEGS: Final = STARTS | ENDS | PAUSES
"""What concerns the milestones of all legs, not only those of its own."""


@mypyc_attr(acyclic=True, free_list_len=1)
class Journey:
    """A shipment's scans along its plan.  What each leg has reached is worked out once, when it is asked for."""

    __slots__ = ("_ended", "_ending", "_evidence", "_found", "_held", "_own", "_plan", "_reached", "_registration")

    def __init__(self, registration: Registration, evidence: Scans, held: Held = NOT_HELD) -> None:
        self._plan = registration.plan
        self._registration = registration
        self._evidence = evidence
        self._held = held
        self._ending: Clock | None = None
        self._ended: KnownScan | None = None
        """The scan that ends every instance of the clock `_ending`."""
        self._reached: dict[str, list[KnownScan | None]] = {}
        self._own: KnownLeg | None = None
        """The leg that was asked for last; most is asked of one."""
        self._found: list[KnownScan | None] = []

    def every_milestone(self, clock: Clock) -> list[Keyed]:
        """All milestones whose predecessor has been reached."""
        told: list[Keyed] = []
        for leg in self._plan.legs:
            self._started(clock, leg, None, told)
        return told

    def every_leg(self, clock: Clock) -> list[Keyed]:
        """All legs that have started."""
        told: list[Keyed] = []
        for leg in self._plan.legs:
            self._leg(clock, leg, told)
        return told

    def milestones_after(self, clock: Clock, latest: KnownScan) -> list[Keyed]:
        """The milestones that the latest of all scans can have changed."""
        told: list[Keyed] = []
        if clock.role(latest.code) & _ALL_LEGS:
            for leg in self._plan.legs:
                self._started(clock, leg, latest, told)
            return told
        own = self._leg_of(latest)
        if own is not None:
            found = self._milestones(own)
            for place, stop in enumerate(found):
                if stop is latest:
                    self._milestone(clock, own, place, told)
                    if place + 1 < len(found):
                        self._milestone(clock, own, place + 1, told)
            if found[-1] is latest:
                for leg in self._waiting_for(own):
                    self._milestone(clock, leg, 0, told)
        return told

    def legs_after(self, clock: Clock, latest: KnownScan) -> list[Keyed]:
        """The legs that the latest of all scans can have changed."""
        if clock.role(latest.code) & _ALL_LEGS:
            return self.every_leg(clock)
        told: list[Keyed] = []
        own = self._leg_of(latest)
        if own is not None and self._stop(own, -1) is latest:
            self._leg(clock, own, told)
            for leg in self._waiting_for(own):
                self._leg(clock, leg, told)
        return told

    def one(self, clock: Clock, key: str) -> Verdict | None:
        """The verdict of one milestone (`leg/2`) or leg (`leg`)."""
        told: list[Keyed] = []
        if clock.per == "milestone":
            name, place = milestone_of(key)
            leg = self._plan.leg(name)
            if leg is not None and 0 <= place < leg.count:
                self._milestone(clock, leg, place, told)
        else:
            leg = self._plan.leg(key)
            if leg is not None:
                self._leg(clock, leg, told)
        return told[0][1] if told else None

    def _leg_of(self, scan: KnownScan) -> KnownLeg | None:
        name = scan.leg
        return None if name is None else self._plan.leg(name)

    def _waiting_for(self, ended: KnownLeg) -> list[KnownLeg]:
        """The legs that come after one that has just ended."""
        return [leg for leg in self._plan.legs if ended.name in leg.after]

    def _started(self, clock: Clock, leg: KnownLeg, latest: KnownScan | None, told: list[Keyed]) -> None:
        """All milestones of a leg that have started, without those that had stopped before the latest of all scans."""
        found = self._milestones(leg)
        if not found and clock.planned == "within":
            self._milestone(clock, leg, 0, told)  # each of the others starts when the one before it is reached
            return
        for place in range(leg.count):
            if place and latest is not None and found and found[place - 1] is not latest:
                stop = found[place]
                if stop is not None and stop is not latest:
                    continue
            self._milestone(clock, leg, place, told)

    def _milestone(self, clock: Clock, leg: KnownLeg, place: int, told: list[Keyed]) -> None:
        if clock.planned == "due":
            at = leg.at(place)
            if at is not None:
                told.append((milestone_key(leg.name, place), self._judge(clock, None, at, self._stop(leg, place))))
            return
        start = self._stop(leg, place - 1) if place else self._start(clock, leg)
        if start is not None:
            within = leg.within(place)
            if within is not None:
                verdict = self._judge(clock, start, start.at + within, self._stop(leg, place))
                told.append((milestone_key(leg.name, place), verdict))

    def _leg(self, clock: Clock, leg: KnownLeg, told: list[Keyed]) -> None:
        if clock.planned == "due":
            at = leg.at(leg.count - 1)
            if at is not None:
                told.append((leg.name, self._judge(clock, None, at, self._stop(leg, -1))))
            return
        start = self._start(clock, leg)
        if start is not None:
            total = leg.total
            if total is not None:
                told.append((leg.name, self._judge(clock, start, start.at + total, self._stop(leg, -1))))

    def _stop(self, leg: KnownLeg, place: int) -> KnownScan | None:
        """The scan that reached a milestone of a leg; the last one's place is -1."""
        found = self._milestones(leg)
        return found[place] if found else None

    def _milestones(self, leg: KnownLeg) -> list[KnownScan | None]:
        """For every milestone of a leg the scan that reached it, or None; empty where no scan is of the leg."""
        if leg is self._own:
            return self._found
        found = self._reached.get(leg.name)
        if found is None:
            found = self._reached[leg.name] = _reached(leg, self._evidence.of_leg(leg.name))
        self._own, self._found = leg, found
        return found

    def _start(self, clock: Clock, leg: KnownLeg) -> KnownScan | None:
        """The scan that starts a leg."""
        if not leg.after:
            return self._evidence.first(clock, STARTS)
        latest: KnownScan | None = None
        for before in self._plan.legs:
            if before.name in leg.after:
                ended = self._stop(before, -1)
                if ended is None:
                    return None
                if latest is None or ended.at > latest.at:
                    latest = ended
        return latest

    def _judge(self, clock: Clock, start: KnownScan | None, due: int, stop: KnownScan | None) -> Verdict:
        """The verdict; a schedule has no start scan, it runs from the registration that gave it."""
        start_at = self._registration.registered_at if start is None else start.at
        end = None if stop is not None else self._end(clock)
        if clock.pauses or self._held:
            last = stop or end
            stop_at = NEVER if last is None else last.at
            scans = self._evidence.listed
            due = counted_due(clock, self._registration, start, due, start_at, stop_at, scans, self._held)
        if stop is not None:
            return stopped(start_at, due, start, stop)
        if end is not None:
            return cancelled(clock, start_at, due, start, end, name_of(end.code))
        return running(clock, self._registration, start_at, due, start)

    def _end(self, clock: Clock) -> KnownScan | None:
        """The scan that ends all that has not stopped."""
        if self._ending is not clock:
            self._ending, self._ended = clock, self._evidence.first(clock, ENDS)
        return self._ended


def _reached(leg: KnownLeg, scans: list[KnownScan]) -> list[KnownScan | None]:
    if not scans:
        return []
    found: list[KnownScan | None] = [None] * leg.count
    for scan in scans:
        place = leg.reached_by(scan, found)
        if place >= 0:
            found[place] = scan
    return found
