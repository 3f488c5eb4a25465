"""The domain's front door: a registration, a scan or a deadline comes in, decisions go to the docket.

State goes in and comes out as `Shipment`; nothing is kept between calls but the docket's counts.
"""

from collections.abc import Sequence

from streams.sla.decision import EXPIRED
from streams.sla.docket import Docket
from streams.sla.encoding import content
from streams.sla.evidence import MOST_SCANS, effective, insert, is_latest
from streams.sla.gaps import roll
from streams.sla.phases import CANCELLED, CLOSED, MET, MISSED, OPEN, ORPHAN, PHASES, RESIDUE, RUNNING
from streams.sla.policy.compiled import STARTS, Clock, Policy
from streams.sla.refusal import TOO_LATE, TOO_MANY_SCANS, Refused
from streams.sla.spans import span
from streams.sla.state import KnownScan, Registration, Shipment
from streams.sla.transitions import Hearing, find
from streams.sla.verdict import Verdict
from streams.sla.verdicts import Facts

_DONE = (MET, MISSED)
_Before = dict[Clock, dict[str | None, Verdict]]


class Judge:
    """Applies a policy to shipments."""

    def __init__(self, policy: Policy, docket: Docket) -> None:
        self._policy = policy
        self._docket = docket
        self._lifecycle = policy.lifecycle

    def register(
        self, shipment: Shipment | None, registration: Registration, stamp: int, watermark: int
    ) -> Shipment | None:
        """Apply a registration whose record carries the timestamp `stamp`; None when it says nothing new.

        Raises `Refused` when the life it belongs to has ended, or is older than retention.
        """
        if shipment is None:
            if registration.registered_at < stamp - self._lifecycle.retention:
                raise Refused(TOO_LATE, "registered before the retention of its number")
            shipment = self._begin(stamp, OPEN, stamp + self._lifecycle.expire)
            shipment.registration = registration
            hearing = Hearing(self._docket, shipment, watermark, max(watermark, stamp))
            facts = Facts(registration, ())
            for clock in self._policy.clocks:
                if clock.from_registration:
                    for key, verdict in facts.every(clock):
                        hearing.settle(clock, key, None, verdict, None)
            return shipment
        if shipment.phase == RESIDUE:
            raise Refused(TOO_LATE, "the number's last life has ended, and its retention has not")
        known = shipment.registration
        if known is not None and _version(registration) <= _version(known):
            return None
        before = {} if known is None else self._verdicts(known, effective(shipment))
        shipment.registration = registration
        if shipment.phase == ORPHAN:
            self._enter(shipment, OPEN, shipment.life + self._lifecycle.expire)
        self._hear_all(shipment, before, watermark, stamp, known)
        return shipment

    def scan(self, shipment: Shipment | None, scan: KnownScan, stamp: int, watermark: int) -> Shipment | None:
        """Apply a scan whose record carries the timestamp `stamp`; None when it says nothing new.

        Raises `Refused` when it is older than retention, its life has ended, or the shipment has too many scans.
        """
        if shipment is None:
            if scan.at < stamp - self._lifecycle.retention:
                raise Refused(TOO_LATE, "it happened before the retention of its number")
            shipment = self._begin(stamp, ORPHAN, stamp + self._lifecycle.orphan_retention)
        elif shipment.phase == RESIDUE:
            raise Refused(TOO_LATE, "the shipment's evidence is gone: its outcomes are final")
        scans, scan_id = shipment.scans, scan.scan_id
        replaced: KnownScan | None = None
        for known in scans:
            if known.scan_id == scan_id:
                if scan.version() <= known.version():
                    return None
                replaced = known
                break
        else:
            if len(scans) >= MOST_SCANS:
                raise Refused(TOO_MANY_SCANS, f"the shipment has {MOST_SCANS} scans already")
        registration = shipment.registration
        if registration is None:
            insert(shipment, scan, replaced)
        elif replaced is None and is_latest(shipment, scan):
            scans.append(scan)
            self._hear_latest(shipment, registration, scan, stamp, watermark)
        else:
            before = self._verdicts(registration, effective(shipment))
            insert(shipment, scan, replaced)
            self._hear_all(shipment, before, watermark, stamp)
        return shipment

    def fire(self, shipment: Shipment, deadline: int) -> Shipment | None:
        """Apply a deadline that partition time has passed; None when the shipment is forgotten."""
        hearing = Hearing(self._docket, shipment, deadline + 1, deadline)
        registration = shipment.registration
        if registration is not None:
            facts = Facts(registration, effective(shipment))
            for instance in list(shipment.instances):
                if instance.next_after is not None and instance.next_after <= deadline - shipment.life:
                    clock = self._policy.by_number.get(instance.clock)
                    if clock is None:
                        instance.next_after = None
                        continue
                    hearing.settle(clock, instance.key, instance, facts.one(clock, instance.key), None)
        if shipment.life_at > deadline:
            return shipment
        return self._end_of_phase(shipment, hearing)

    def _begin(self, life: int, phase: int, life_at: int) -> Shipment:
        self._docket.shipments[PHASES[phase]] += 1
        return Shipment(life, phase, 0, life_at)

    def _enter(self, shipment: Shipment, phase: int, life_at: int) -> None:
        counts = self._docket.shipments
        counts[PHASES[shipment.phase]] -= 1
        counts[PHASES[phase]] += 1
        if {shipment.phase, phase} == {OPEN, CLOSED}:
            self._docket.status_changed = True
        shipment.phase = phase
        shipment.life_at = life_at

    def _hear_latest(  # noqa: C901, PLR0912 - the hot path: a call saved here is saved with every scan
        self, shipment: Shipment, registration: Registration, scan: KnownScan, stamp: int, watermark: int
    ) -> None:
        """The scan is the latest of all: only what its code touches can change, and nothing that is done."""
        policy, scans, instances = self._policy, shipment.scans, shipment.instances
        touched = policy.touched.get(scan.code)
        if touched is None:
            touched = policy.touched_by_others
        facts: Facts | None = None
        hearing: Hearing | None = None
        for clock, roles in touched:
            number = clock.number
            if clock.per == "shipment":
                instance = None
                for known in instances:
                    if known.clock == number:
                        instance = known
                        status = known.status
                        stale = status in _DONE or (status == RUNNING and roles == STARTS and not clock.last_start)
                        break
                else:
                    stale = not roles & STARTS
                if stale:
                    continue
                verdict = span(clock, registration, scans)
                if verdict is not None:
                    if hearing is None:
                        hearing = Hearing(self._docket, shipment, watermark, max(watermark, stamp))
                    again = instance is not None and instance.status != RUNNING
                    before = span(clock, registration, scans[:-1]) if again else None
                    hearing.settle(clock, None, instance, verdict, before)
                continue
            if clock.rolls and self._rolled(clock, shipment, registration, watermark):
                continue
            if facts is None:
                facts = Facts(registration, scans)
            if hearing is None:
                hearing = Hearing(self._docket, shipment, watermark, max(watermark, stamp))
            for key, verdict in facts.after_latest(clock):
                instance = find(shipment, number, key)
                if instance is None or instance.status == RUNNING:
                    hearing.settle(clock, key, instance, verdict, None)
                elif instance.status not in _DONE:
                    before = Facts(registration, scans[:-1]).one(clock, key)
                    hearing.settle(clock, key, instance, verdict, before)
        if scan.code in self._lifecycle.closes and shipment.phase == OPEN:
            self._enter(shipment, CLOSED, max(watermark, stamp) + self._lifecycle.settle)

    def _rolled(self, clock: Clock, shipment: Shipment, registration: Registration, watermark: int) -> bool:
        """Let the one instance of a gap clock that runs roll on to the latest scan, if there is nothing to say."""
        number, scans = clock.number, shipment.scans
        for instance in shipment.instances:
            if instance.clock == number and instance.status == RUNNING:
                if instance.key == scans[-2].scan_id and roll(
                    clock, instance, registration, scans[-1], shipment.life, watermark
                ):
                    self._docket.opened[clock.name] += 1
                    return True
                return False
        return False

    def _verdicts(self, registration: Registration, scans: Sequence[KnownScan]) -> _Before:
        facts = Facts(registration, scans)
        return {clock: dict(facts.every(clock)) for clock in self._policy.clocks}

    def _hear_all(
        self, shipment: Shipment, before: _Before, watermark: int, stamp: int, formerly: Registration | None = None
    ) -> None:
        registration = shipment.registration
        if registration is None:
            return
        scans = effective(shipment)
        facts = Facts(registration, scans)
        hearing = Hearing(self._docket, shipment, watermark, max(watermark, stamp), formerly)
        for clock in self._policy.clocks:
            verdicts = dict(facts.every(clock))
            earlier = before.get(clock, {})
            known = {instance.key: instance for instance in shipment.instances if instance.clock == clock.number}
            for key in [*verdicts, *(key for key in known if key not in verdicts)]:
                hearing.settle(clock, key, known.get(key), verdicts.get(key), earlier.get(key))
        closed = any(scan.code in self._lifecycle.closes for scan in scans)
        if closed and shipment.phase == OPEN:
            self._enter(shipment, CLOSED, hearing.at + self._lifecycle.settle)
        elif not closed and shipment.phase == CLOSED:
            self._enter(shipment, OPEN, shipment.life + self._lifecycle.expire)

    def _end_of_phase(self, shipment: Shipment, hearing: Hearing) -> Shipment | None:
        if shipment.phase in (ORPHAN, RESIDUE):
            self._docket.shipments[PHASES[shipment.phase]] -= 1
            return None
        registration = shipment.registration
        if registration is not None:
            facts = Facts(registration, effective(shipment))
            for instance in list(shipment.instances):
                clock = self._policy.by_number.get(instance.clock)
                if instance.status == RUNNING and clock is not None:
                    verdict = facts.one(clock, instance.key)
                    if verdict is not None:
                        given_up = Verdict(CANCELLED, verdict.start, verdict.due, verdict.start_scan, None, EXPIRED)
                        hearing.settle(clock, instance.key, instance, given_up, verdict)
        if shipment.phase == OPEN:
            self._docket.status_changed = True
        kept = max(self._lifecycle.retention - self._lifecycle.settle, 0)
        self._enter(shipment, RESIDUE, hearing.at + kept)
        return shipment


def _version(registration: Registration) -> tuple[int, int, bytes]:
    return (registration.revision, registration.registered_at, content(registration))
