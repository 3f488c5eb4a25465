"""What clocks are worth, as a function of the set of scans: no order of arrival, no time of day."""

from mypy_extensions import mypyc_attr

from streams.sla.combined import combined
from streams.sla.faults import faults
from streams.sla.gaps import gaps
from streams.sla.incidents import incident
from streams.sla.journeys import Journey
from streams.sla.pauses import NOT_HELD, Held
from streams.sla.phases import MISSED
from streams.sla.pieces import completing
from streams.sla.policy import compiled
from streams.sla.policy.compensation import owed
from streams.sla.policy.compiled import Clock
from streams.sla.recordings import recorded, uploads
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.scans import Scans
from streams.sla.spans import span
from streams.sla.standing import stop_of
from streams.sla.verdict import Verdict

Keyed = tuple[str | None, Verdict]
"""The instance of a clock (None for the one of a whole shipment), and its verdict."""


@mypyc_attr(acyclic=True, free_list_len=1)
class Facts:
    """What is known of a shipment: its registration, its effective scans in order, and when its region was held."""

    __slots__ = ("_evidence", "_held", "_journey", "_registration")

    def __init__(self, registration: Registration, evidence: Scans, held: Held = NOT_HELD) -> None:
        self._registration = registration
        self._evidence = evidence
        self._held = held
        self._journey: Journey | None = None

    def every(self, clock: Clock) -> list[Keyed]:
        """All instances of a clock that have started."""
        if clock.per == "shipment":
            return self._only(clock)
        if clock.form == compiled.GAPS:
            return self._told(clock, gaps(clock, self._registration, self._evidence.listed, self._held))
        if clock.form == compiled.PLANNED:
            journey = self._planned()
            every = journey.every_milestone(clock) if clock.per == "milestone" else journey.every_leg(clock)
            return self._told(clock, every)
        return self._groups(clock)

    def after_latest(self, clock: Clock) -> list[Keyed]:
        """The instances that the latest scan can have changed; the others are as they were without it."""
        latest = self._evidence.latest
        assert latest is not None  # noqa: S101 - it has just come
        if clock.per == "shipment":
            return self._only(clock)
        if clock.form == compiled.GAPS:
            last_two = self._evidence.listed[-2:]
            simple = clock.rolls and all(scan.case is None for scan in last_two)
            known = last_two if simple else self._evidence.listed
            return self._told(clock, gaps(clock, self._registration, known, self._held))
        if clock.form == compiled.PLANNED:
            journey = self._planned()
            if clock.per == "milestone":
                return self._told(clock, journey.milestones_after(clock, latest))
            return self._told(clock, journey.legs_after(clock, latest))
        key = _key(clock, latest)
        if key is None or latest.code in clock.ends:
            return self._groups(clock)
        return self._group(clock, key)

    def one(self, clock: Clock, key: str | None) -> Verdict | None:
        """One instance; None when it has not started, or there is no such instance of this clock.

        Another version of a policy may have given the name of the clock to one with instances of another kind.
        """
        if (key is None) != (clock.per == "shipment"):
            return None
        if key is None:
            return self.whole(clock)
        if clock.form == compiled.PLANNED:
            planned = self._planned().one(clock, key)
            return None if planned is None else self._full(clock, planned)
        if clock.form == compiled.GAPS:
            found = self._told(clock, gaps(clock, self._registration, self._evidence.listed, self._held))
        elif any(_key(clock, scan) == key for scan in self._evidence.listed):
            found = self._group(clock, key)
        else:
            return None
        for name, verdict in found:
            if name == key:
                return verdict
        return None

    def whole(self, clock: Clock) -> Verdict | None:
        """The one instance of a clock of the whole shipment."""
        registration, scans = self._registration, self._evidence.listed
        if clock.form == compiled.SPAN:
            verdict = span(clock, registration, scans, self._held)
        elif clock.form == compiled.RECORDED:
            verdict = recorded(clock, registration, scans, self._held)
        elif clock.form == compiled.UPLOADS:
            verdict = uploads(clock, registration, scans)
        elif clock.form == compiled.NEVER_HAPPENS:
            verdict = incident(clock, registration, scans)
        else:
            closing = completing(scans, clock.ends, registration.pieces)
            verdict = combined(clock, [self.whole(member) for member in clock.members], closing)
        return None if verdict is None else self._full(clock, verdict)

    def _planned(self) -> Journey:
        if self._journey is None:
            self._journey = Journey(self._registration, self._evidence, self._held)
        return self._journey

    def _only(self, clock: Clock) -> list[Keyed]:
        verdict = self.whole(clock)
        return [] if verdict is None else [(None, verdict)]

    def _groups(self, clock: Clock) -> list[Keyed]:
        found: list[Keyed] = []
        for key in dict.fromkeys([_key(clock, scan) for scan in self._evidence.listed]):
            if key is not None:
                found += self._group(clock, key)
        return found

    def _group(self, clock: Clock, key: str) -> list[Keyed]:
        """One instance of a clock per leg, facility, piece or case: its own scans, and those that end every one."""
        ends = clock.ends
        own = [scan for scan in self._evidence.listed if _key(clock, scan) == key or scan.code in ends]
        verdict = span(clock, self._registration, own, self._held)
        return [] if verdict is None else [(key, self._full(clock, verdict))]

    def _told(self, clock: Clock, found: list[Keyed]) -> list[Keyed]:
        if clock.stages or clock.proposals:
            for _, verdict in found:
                self._full(clock, verdict)
        return found

    def _full(self, clock: Clock, verdict: Verdict) -> Verdict:
        """With what a miss leads to: whose fault it was, and what is owed."""
        if verdict.status == MISSED and (clock.stages or clock.proposals):
            stop = stop_of(verdict)
            assert stop is not None  # noqa: S101 - a clock that was missed has stopped
            verdict.faults = faults(clock.stages, self._evidence.listed, verdict.start, stop)
            verdict.owed = owed(clock.proposals, self._registration, verdict.start_scan, stop - verdict.due)
        return verdict


def _key(clock: Clock, scan: KnownScan) -> str | None:
    per = clock.per
    if per == "facility":
        return scan.facility
    if per == "leg":
        return scan.leg
    return scan.piece if per == "piece" else scan.case
