"""The domain's front door: a registration, a scan or a deadline comes in, decisions go to the docket.

State goes in and comes out as `Shipment`; nothing is kept between calls but the docket's counts.
"""

from collections.abc import Collection
from typing import Final

from mypy_extensions import i64

from streams.sla.docket import Docket
from streams.sla.encoding import content
from streams.sla.evidence import MOST_BYTES, MOST_SCANS, effective, find_room, insert, is_latest
from streams.sla.gaps import roll
from streams.sla.instants import NEVER
from streams.sla.lives import Lives
from streams.sla.pauses import NOT_HELD, Held
from streams.sla.phases import CANCELLED, CLOSED, MET, MISSED, ORPHAN, RESIDUE, RUNNING
from streams.sla.policy.compiled import SPAN, STARTS, UPLOADS, Clock, Policy
from streams.sla.policy.rulebook import Version
from streams.sla.reasons import EXPIRED
from streams.sla.refusal import TOO_LATE, Refused
from streams.sla.registration import Registration
from streams.sla.rulings import Ruling, Rulings, ruling, rulings
from streams.sla.scan import KnownScan
from streams.sla.scans import Scans, together
from streams.sla.spans import span
from streams.sla.state import Shipment
from streams.sla.surroundings import Surroundings
from streams.sla.transitions import Hearing
from streams.sla.verdict import Verdict
from streams.sla.verdicts import Facts

_DONE: Final = (MET, MISSED)
_LOOK_AGAIN: Final = 3_600_000
"""How long a closed shipment that keeps its evidence for a case is left alone at least: `settle` may be next to
nothing, and each look is a deadline."""


class Judge:
    """Applies what is in force to shipments."""

    def __init__(self, policy: Policy, docket: Docket) -> None:
        """`policy` is in force until `look_at` says otherwise."""
        self._docket = docket
        self._lives = Lives(docket, policy.lifecycle)
        self.look_at(Surroundings.of(policy), 0)

    def look_at(self, surroundings: Surroundings, time: int) -> None:
        """Judge under other surroundings from now on; `time` is the partition's."""
        self._surroundings = surroundings
        self._book = surroundings.book
        self._policy = surroundings.book.only
        self._suspending = bool(surroundings.suspensions)
        self._silent = frozenset([silence.facility for silence in surroundings.silences])
        self._turn(time)

    def _turn(self, time: int) -> None:
        """Let shipments live by the version that is in force at this time."""
        self._lives.lifecycle = self._book.at(time).policy.lifecycle
        self._until: i64 = self._book.next_change(time)

    def reconsider(self, shipment: Shipment, former: Surroundings, stamp: int, watermark: int) -> bool:
        """Bring what was said under former surroundings in line with those of now; False when nothing can change.

        `stamp` is the timestamp of the record that changed them.
        """
        registration = shipment.registration
        if registration is None or shipment.phase == RESIDUE:
            return False
        scans = shipment.scans
        old, new = former.versions(registration, scans), self._surroundings.versions(registration, scans)
        if (
            len(old) == len(new) == 1
            and old[0].policy is new[0].policy
            and former.held(registration) == self._held(registration)
        ):
            return False
        before = rulings(old, Facts(registration, effective(shipment), former.held(registration)))
        self._hear_all(shipment, before, watermark, stamp)
        return True

    def register(
        self, shipment: Shipment | None, registration: Registration, stamp: int, watermark: int
    ) -> Shipment | None:
        """Apply a registration whose record carries the timestamp `stamp`; None when it says nothing new.

        Raises `Refused` when the life it belongs to has ended, or is older than retention.
        """
        if watermark >= self._until:
            self._turn(watermark)
        if shipment is None:
            if registration.registered_at < stamp - self._lives.lifecycle.retention:
                raise Refused(TOO_LATE, "registered before the retention of its number")
            shipment = self._lives.begin(stamp, registered=True)
            shipment.registration = registration
            hearing = Hearing(self._docket, shipment, watermark, max(watermark, stamp), self._silent)
            facts = Facts(registration, shipment.evidence, self._held(registration))
            for clock in self._book.at(registration.registered_at).policy.clocks:
                if clock.from_registration:
                    for key, verdict in facts.every(clock):
                        hearing.settle(clock, key, None, verdict, None)
            return shipment
        if shipment.phase == RESIDUE:
            raise Refused(TOO_LATE, "the number's last life has ended, and its retention has not")
        known = shipment.registration
        if known is not None and _version(registration) <= _version(known):
            return None
        before: Rulings = {} if known is None else self._rulings(shipment, known)
        shipment.registration = registration
        self._lives.register(shipment, max(watermark, stamp))
        self._hear_all(shipment, before, watermark, stamp, known)
        return shipment

    def scan(self, shipment: Shipment | None, scan: KnownScan, stamp: int, watermark: int) -> Shipment | None:
        """Apply a scan whose record carries the timestamp `stamp`; None when it says nothing new.

        Raises `Refused` when it is older than retention, its life has ended, or the shipment has too many scans.
        """
        if watermark >= self._until:
            self._turn(watermark)
        if shipment is None:
            if scan.at < stamp - self._lives.lifecycle.retention:
                raise Refused(TOO_LATE, "it happened before the retention of its number")
            shipment = self._lives.begin(stamp, registered=False)
        elif shipment.phase == RESIDUE:
            raise Refused(TOO_LATE, "the shipment's evidence is gone: its outcomes are final")
        evidence = shipment.evidence
        replaced = evidence.find(scan)
        if replaced is not None:
            if scan.version() <= replaced.version():
                return None
        elif evidence.count >= MOST_SCANS or evidence.size >= MOST_BYTES:
            find_room(evidence, scan, [version.policy for version in self._book.versions])
        if not shipment.packed_registration:
            insert(shipment, scan, replaced)
        elif replaced is None and is_latest(shipment, scan):
            previous = evidence.latest
            evidence.append(scan)
            self._hear_latest(shipment, scan, previous, stamp, watermark)
        else:
            before = self._rulings(shipment, shipment.registered)
            insert(shipment, scan, replaced)
            self._hear_all(shipment, before, watermark, stamp)
        return shipment

    def fire(self, shipment: Shipment, deadline: int) -> Shipment | None:
        """Apply a deadline that partition time has passed; None when the shipment is forgotten."""
        if deadline >= self._until:
            self._turn(deadline)
        hearing = Hearing(self._docket, shipment, deadline + 1, deadline, self._silent)
        after = deadline - shipment.life
        due = [one for one in shipment.instances.awake if one.next_after <= after]
        registration = shipment.registration if due else None
        if registration is not None:
            facts = Facts(registration, effective(shipment), self._held(registration))
            versions = self._versions(shipment, registration)
            for instance in due:
                found = ruling(versions, facts, instance.clock, instance.key)
                clock = self._book.clock(instance.clock) if found is None else found[0]
                if clock is None:
                    instance.next_after = NEVER
                    continue
                hearing.settle(clock, instance.key, instance, None if found is None else found[1], None)
        if shipment.life_at > deadline:
            return shipment
        return self._end_of_phase(shipment, hearing)

    def confirm(self, shipment: Shipment, time: int) -> None:
        """Confirm the alerts that still stand and were unverified because of feeds that are silent no longer."""
        hearing = Hearing(self._docket, shipment, time, time, self._silent)
        registration = shipment.registration
        if registration is None:
            return
        facts = Facts(registration, effective(shipment), self._held(registration))
        versions = self._versions(shipment, registration)
        for instance in shipment.instances.awake:
            said = instance.said
            if said is not None and said.doubt is not None and said.doubt not in self._silent:
                found = ruling(versions, facts, instance.clock, instance.key)
                if found is None:
                    said.doubt = None
                    self._docket.doubts_changed = True
                else:
                    hearing.confirm(found[0], instance, said, found[1])

    def _hear_latest(  # noqa: C901, PLR0912, PLR0915 - the hot path: a call saved here is saved with every scan
        self, shipment: Shipment, scan: KnownScan, previous: KnownScan | None, stamp: int, watermark: int
    ) -> None:
        """The scan is the latest of all: only what its code touches can change, and nothing that is done.

        `previous` is the one before it.  Registration and scans are not looked at until a clock needs them.
        """
        policy, instances = self._policy, shipment.instances
        if policy is None:
            versions = self._surroundings.versions(shipment.registered, shipment.scans)
            if len(versions) > 1:
                self._hear_touched(shipment, shipment.registered, scan, stamp, watermark)
                return
            policy = versions[0].policy
        held = self._held(shipment.registered) if self._suspending else NOT_HELD
        touched = policy.touched.get(scan.code)
        if touched is None:
            if scan.case is not None:
                return  # a step of a case that no promise is about
            touched = policy.touched_by_others
        facts: Facts | None = None
        hearing: Hearing | None = None
        for clock, roles in touched:
            number = clock.number
            if clock.per == "shipment":
                status = instances.status_of(number)
                if clock.form == SPAN or clock.form == UPLOADS:  # noqa: PLR1714 - faster
                    if status < 0:
                        stale = not roles & STARTS
                    else:
                        stale = status in _DONE or (status == RUNNING and roles == STARTS and not clock.restarts)
                    if stale:
                        continue
                instance = None if status < 0 else instances.find(number, None)
                if clock.plain:
                    verdict = span(clock, shipment.registered, shipment.scans, held)
                else:
                    if facts is None:
                        facts = Facts(shipment.registered, shipment.evidence, held)
                    verdict = facts.whole(clock)
                if verdict is not None:
                    if hearing is None:
                        hearing = Hearing(self._docket, shipment, watermark, max(watermark, stamp), self._silent)
                    again = instance is not None and instance.status != RUNNING
                    before = (
                        Facts(shipment.registered, together(shipment.scans[:-1]), held).whole(clock) if again else None
                    )
                    hearing.settle(clock, None, instance, verdict, before)
                continue
            if (
                clock.rolls
                and not held
                and previous is not None
                and self._rolled(clock, shipment, previous, scan, watermark)
            ):
                continue
            if facts is None:
                facts = Facts(shipment.registered, shipment.evidence, held)
            if hearing is None:
                hearing = Hearing(self._docket, shipment, watermark, max(watermark, stamp), self._silent)
            for key, verdict in facts.after_latest(clock):
                instance = instances.find(number, key)
                if instance is None or instance.status == RUNNING:
                    hearing.settle(clock, key, instance, verdict, None)
                elif instance.status not in _DONE:
                    before = Facts(shipment.registered, together(shipment.scans[:-1]), held).one(clock, key)
                    hearing.settle(clock, key, instance, verdict, before)
        if scan.code in self._lives.lifecycle.closes:
            self._lives.close_after(shipment, shipment.registered, scan, max(watermark, stamp))

    def _hear_touched(
        self, shipment: Shipment, registration: Registration, scan: KnownScan, stamp: int, watermark: int
    ) -> None:
        """As `_hear_latest`, for a shipment whose clocks fall under several versions."""
        scans = shipment.scans
        numbers: set[int] = set()
        for version in self._surroundings.versions(registration, scans):
            policy = version.policy
            numbers.update(clock.number for clock, _ in policy.touched.get(scan.code, policy.touched_by_others))
        before = self._rulings(shipment, registration, together(scans[:-1]), numbers)
        hearing = Hearing(self._docket, shipment, watermark, max(watermark, stamp), self._silent)
        self._settle(hearing, shipment, before, self._rulings(shipment, registration, shipment.evidence, numbers))
        self._lives.close_after(shipment, registration, scan, hearing.at)

    def _rolled(self, clock: Clock, shipment: Shipment, previous: KnownScan, latest: KnownScan, watermark: int) -> bool:
        """Let the one instance of a gap clock that runs roll on to the latest scan, if there is nothing to say."""
        number = clock.number
        for instance in shipment.instances.awake:
            if instance.clock == number and instance.status == RUNNING:
                begun = instance.scan is previous or instance.key == previous.scan_id
                if begun and roll(clock, instance, shipment, latest, watermark):
                    self._docket.clocks(clock.name).opened += 1
                    return True
                return False
        return False

    def _held(self, registration: Registration) -> Held:
        return self._surroundings.held(registration) if self._suspending else NOT_HELD

    def _versions(self, shipment: Shipment, registration: Registration) -> tuple[Version, ...]:
        """The versions of the policy that the clocks of a shipment can fall under."""
        if self._policy is not None:
            return self._book.versions
        return self._surroundings.versions(registration, shipment.scans)

    def _rulings(
        self,
        shipment: Shipment,
        registration: Registration,
        scans: Scans | None = None,
        numbers: Collection[int] | None = None,
    ) -> Rulings:
        """What the clocks of a shipment are worth: with all that is effective, or with some of its scans alone."""
        facts = Facts(registration, effective(shipment) if scans is None else scans, self._held(registration))
        return rulings(self._versions(shipment, registration), facts, numbers)

    def _hear_all(
        self, shipment: Shipment, before: Rulings, watermark: int, stamp: int, formerly: Registration | None = None
    ) -> None:
        registration = shipment.registration
        if registration is None:
            return
        scans = effective(shipment)
        hearing = Hearing(self._docket, shipment, watermark, max(watermark, stamp), self._silent, formerly)
        self._settle(hearing, shipment, before, self._rulings(shipment, registration, scans))
        self._lives.look_again(shipment, registration, scans, hearing.at)

    def _settle(self, hearing: Hearing, shipment: Shipment, before: Rulings, after: Rulings) -> None:
        """Settle every instance of the clocks that `after` or `before` speak of."""
        nothing: dict[str | None, Ruling] = {}
        relabelled = hearing.relabelled
        for number in [*after, *(number for number in before if number not in after)]:
            now, then = after.get(number, nothing), before.get(number, nothing)
            known = {instance.key: instance for instance in shipment.instances.every() if instance.clock == number}
            for key in [*now, *(key for key in known if key not in now)]:
                found, earlier = now.get(key), then.get(key)
                either = found or earlier
                clock = self._book.clock(number) if either is None else either[0]
                if clock is not None:
                    # An outcome names its version: another one must be told, too.
                    moved = found is not None and earlier is not None and found[0] is not earlier[0]
                    hearing.relabelled = relabelled or moved
                    hearing.settle(
                        clock,
                        key,
                        known.get(key),
                        None if found is None else found[1],
                        None if earlier is None else earlier[1],
                    )

    def _end_of_phase(self, shipment: Shipment, hearing: Hearing) -> Shipment | None:
        if shipment.phase in (ORPHAN, RESIDUE):
            self._lives.forget(shipment)
            return None
        if shipment.phase == CLOSED and self._has_open_case(shipment):
            again = hearing.at + max(self._lives.lifecycle.settle, _LOOK_AGAIN)
            shipment.life_at = min(again, self._lives.last(shipment))
            if shipment.life_at > hearing.at:
                return shipment
        registration = shipment.registration
        if registration is not None:
            facts = Facts(registration, effective(shipment), self._held(registration))
            versions = self._versions(shipment, registration)
            for instance in list(shipment.instances.awake):
                if instance.status == RUNNING:
                    found = ruling(versions, facts, instance.clock, instance.key)
                    if found is not None:
                        clock, verdict = found
                        given_up = Verdict(CANCELLED, verdict.start, verdict.due, verdict.start_scan, None, EXPIRED)
                        hearing.settle(clock, instance.key, instance, given_up, verdict)
        self._lives.end(shipment, hearing.at)
        return shipment

    def _has_open_case(self, shipment: Shipment) -> bool:
        """Whether a case is still being worked on: its evidence stays as long, within the bounds of a shipment."""
        clock_of = self._book.clock
        return any(
            instance.status == RUNNING and (clock := clock_of(instance.clock)) is not None and clock.per == "case"
            for instance in shipment.instances.awake
        )


def _version(registration: Registration) -> tuple[int, int, bytes]:
    return (registration.revision, registration.registered_at, content(registration))
