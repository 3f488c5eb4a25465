"""From what has been said about an instance of a clock to what must be said now.

`settle` is the only place that says anything.  It compares the verdict, the watermark and what was said before, and is
quiet when they agree; so the same scan twice says nothing twice.
"""

from typing import Final

from mypy_extensions import mypyc_attr

from streams.sla.codes import Code
from streams.sla.decision import ALERTS, CONFIRMED, NOTICES, OUTCOMES, Decision, Replaced, TakenBack
from streams.sla.docket import Docket
from streams.sla.evidence import suspicion
from streams.sla.instance import Instance, Said
from streams.sla.instants import NEVER
from streams.sla.phases import (
    CANCELLED,
    COME_TRUE,
    ENDED,
    MET,
    MISSED,
    RUNNING,
    STANDING,
    VERDICTS,
    WAITING,
    WITHDRAWN,
)
from streams.sla.policy.compiled import NEVER_HAPPENS, Clock
from streams.sla.reasons import REOPENED
from streams.sla.registration import Registration, customer_of
from streams.sla.scan import KnownScan
from streams.sla.silences import NOBODY, awaited
from streams.sla.standing import stop_of
from streams.sla.state import Shipment
from streams.sla.verdict import Verdict

_HEARD_GAPS: Final = frozenset({RUNNING, MISSED})
"""A gap that ended in time is not spoken of."""
_TOLD: Final = (STANDING, ENDED)
"""Of alerts: who reads them believes in a breach."""


@mypyc_attr(acyclic=True, free_list_len=1)
class Hearing:
    """One record or deadline of one shipment: `watermark` is the partition time, `at` the time that decisions carry."""

    __slots__ = ("_docket", "_formerly", "_shipment", "_silent", "at", "relabelled", "watermark")

    def __init__(
        self,
        docket: Docket,
        shipment: Shipment,
        watermark: int,
        at: int,
        silent: frozenset[str] = NOBODY,
        formerly: Registration | None = None,
    ) -> None:
        """`silent` are facilities whose scans do not arrive.

        `formerly` is the registration before the change under way, when that changes the registration.
        """
        self._silent = silent
        self._formerly = formerly
        self.relabelled = formerly is not None and _labels(formerly) != _labels(shipment.registration)
        """Whether outcomes must be told again although their verdicts are the same."""
        self._docket = docket
        self._shipment = shipment
        self.watermark = watermark
        self.at = at

    def settle(
        self, clock: Clock, key: str | None, instance: Instance | None, verdict: Verdict | None, before: Verdict | None
    ) -> None:
        """Bring what has been said in line with `verdict`.

        `before` is the verdict without the change under way: what a published outcome said.  It is only looked at where
        an outcome has been published.
        """
        if instance is None:
            if verdict is None or (clock.per == "gap" and verdict.status not in _HEARD_GAPS):
                return
            instance = Instance(clock.number, key)
            self._shipment.instances.awake.append(instance)
        status = WAITING if verdict is None else verdict.status
        if instance.status != status:
            count = self._docket.clocks(clock.name)
            if status == RUNNING:
                count.running += 1
            elif instance.status == RUNNING:
                count.running -= 1
            if instance.status == WAITING:
                count.opened += 1
            instance.status = status
        if verdict is None:
            self._take_back(clock, instance, before)
        elif status == RUNNING:
            self._run(clock, instance, verdict, before)
        else:
            self._stop(clock, instance, verdict, before)

    def _run(  # noqa: C901 - one ladder: overdue, at risk, neither
        self, clock: Clock, instance: Instance, verdict: Verdict, before: Verdict | None
    ) -> None:
        alarm_at = verdict.due + clock.grace if verdict.due != NEVER else NEVER
        warn_at = verdict.warn_at
        said = instance.said
        if said is None:
            next_at = alarm_at if warn_at is None else warn_at
            if next_at >= self.watermark:
                self._wait(instance, next_at)
                return
            said = instance.said = Said()
        if said.outcome_revision:
            self._reopen(clock, instance, said, verdict, before)
        if alarm_at < self.watermark:
            instance.next_after = NEVER
            if said.alert != STANDING:
                self._open(clock, instance, said, verdict)
                if said.warned:
                    said.notice = ENDED
            return
        if said.alert == STANDING or (said.alert == ENDED and clock.form == NEVER_HAPPENS):
            self._alert(clock, instance, said, verdict, "withdrawn", WITHDRAWN)
        if warn_at is not None and warn_at < self.watermark:
            if said.notice != STANDING:
                self._notice(clock, instance, said, verdict, "predicted", STANDING)
            elif before is not None and before.due != verdict.due:
                self._notice(clock, instance, said, verdict, "updated", STANDING)
            self._wait(instance, alarm_at)
            return
        if said.warned:
            self._notice(clock, instance, said, verdict, "cleared", ENDED)
        self._wait(instance, alarm_at if warn_at is None else warn_at)

    def _open(self, clock: Clock, instance: Instance, said: Said, verdict: Verdict) -> None:
        """Tell a breach: unverified, where the scan that would disprove it is expected from a silent facility."""
        doubt = awaited(clock, instance.key, self._shipment) if self._silent else None
        if doubt is not None and doubt in self._silent:
            said.doubt = doubt
            self._docket.doubts_changed = True
        self._alert(clock, instance, said, verdict, "opened", STANDING, said.doubt)

    def confirm(self, clock: Clock, instance: Instance, said: Said, verdict: Verdict) -> None:
        """The feed because of which a standing alert was unverified has come back, and the alert stands."""
        self._alert(clock, instance, said, verdict, CONFIRMED, STANDING, said.doubt)
        said.doubt = None
        self._docket.doubts_changed = True

    def _wait(self, instance: Instance, until: int) -> None:
        instance.next_after = NEVER if until == NEVER else until - self._shipment.life

    def _stop(self, clock: Clock, instance: Instance, verdict: Verdict, before: Verdict | None) -> None:
        instance.next_after = NEVER
        missed = verdict.status == MISSED
        said = instance.said
        if said is None:
            if clock.per == "gap" and not missed:
                self._shipment.instances.awake.remove(instance)
                return
            said = instance.said = Said()
        else:
            self._stop_standing(clock, instance, said, verdict)
            if clock.per == "gap" and not missed and not said.outcome_revision and not said.alert:
                return
        if missed and clock.form == NEVER_HAPPENS and said.alert != ENDED:
            self._alert(clock, instance, said, verdict, "opened", ENDED)
        if not said.outcome_revision or self.relabelled or before is None or self._differ(before, verdict):
            self._outcome(clock, instance, said, verdict, before)

    def _stop_standing(self, clock: Clock, instance: Instance, said: Said, verdict: Verdict) -> None:
        """End what stands of a clock that has stopped."""
        if said.alert in _TOLD:
            stopped_at = stop_of(verdict)
            in_time = verdict.status == MET or (stopped_at is not None and stopped_at <= verdict.due)
            if in_time and verdict.status != MISSED:
                self._alert(clock, instance, said, verdict, "withdrawn", WITHDRAWN)
            elif said.alert == STANDING:
                self._alert(clock, instance, said, verdict, "resolved", ENDED)
        if verdict.status == MISSED:
            if said.notice == STANDING:
                said.notice = COME_TRUE
                self._docket.status_changed = True
        elif said.warned:
            self._notice(clock, instance, said, verdict, "cleared", ENDED)

    def _take_back(self, clock: Clock, instance: Instance, before: Verdict | None) -> None:
        """What started the clock was taken back."""
        instance.next_after = NEVER
        said = instance.said
        if said is None:
            self._shipment.instances.awake.remove(instance)
            return
        if before is None:
            return
        if said.warned:
            self._notice(clock, instance, said, before, "cleared", ENDED)
        if said.alert in _TOLD:
            self._alert(clock, instance, said, before, "withdrawn", WITHDRAWN)
        if said.outcome_revision:
            self._reopen(clock, instance, said, before, before)

    def _next(self) -> int:
        self._shipment.sequence += 1
        return self._shipment.sequence

    def _notice(self, clock: Clock, instance: Instance, said: Said, verdict: Verdict, kind: str, standing: int) -> None:
        if (said.notice == STANDING) != (standing == STANDING):
            self._docket.status_changed = True
        said.notice = standing
        said.notice_revision += 1
        self._docket.decisions.append(
            Decision(NOTICES, kind, clock, instance.key, verdict, said.notice_revision, self._next(), self.at)
        )

    def _alert(
        self,
        clock: Clock,
        instance: Instance,
        said: Said,
        verdict: Verdict,
        kind: str,
        standing: int,
        feed: str | None = None,
    ) -> None:
        if standing != STANDING and said.doubt is not None:
            said.doubt = None
            self._docket.doubts_changed = True
        if (said.alert == STANDING) != (standing == STANDING):
            self._docket.status_changed = True
            self._docket.clocks(clock.name).overdue += 1 if standing == STANDING else -1
        said.alert = standing
        said.alert_revision += 1
        self._docket.decisions.append(
            Decision(
                ALERTS,
                kind,
                clock,
                instance.key,
                verdict,
                said.alert_revision,
                self._next(),
                self.at,
                feed=feed,
            )
        )

    def _reopen(self, clock: Clock, instance: Instance, said: Said, verdict: Verdict, before: Verdict | None) -> None:
        """Take the published verdict back, once; `verdict` tells where the clock stands."""
        shipment = self._shipment
        if shipment.taken_back_of(instance.clock, instance.key) is None:
            taken = Verdict(CANCELLED, verdict.start, verdict.due, verdict.start_scan, None, REOPENED)
            self._outcome(clock, instance, said, taken, before)
            shipment.taken_back.append(TakenBack(instance.clock, instance.key, customer_of(shipment.registration)))

    def _outcome(self, clock: Clock, instance: Instance, said: Said, verdict: Verdict, before: Verdict | None) -> None:
        shipment = self._shipment
        replaced = None
        if said.outcome_revision:
            replaced = self._replaced(instance, said, before)
        said.outcome_revision += 1
        said.outcome_sequence = self._next()
        said.outcome_after = self.at - shipment.life
        self._docket.decisions.append(
            Decision(
                OUTCOMES,
                VERDICTS[verdict.status],
                clock,
                instance.key,
                verdict,
                said.outcome_revision,
                said.outcome_sequence,
                self.at,
                replaced,
                verdict.reason,
            )
        )

    def _replaced(self, instance: Instance, said: Said, before: Verdict | None) -> Replaced | TakenBack:
        """What the last outcome of an instance said."""
        shipment = self._shipment
        taken = shipment.taken_back_of(instance.clock, instance.key)
        if taken is not None:
            shipment.taken_back.remove(taken)
            return taken
        assert before is not None  # noqa: S101 - what was published and not taken back still has its verdict
        registered = self._formerly or shipment.registration
        return Replaced(before, said.outcome_sequence, shipment.life + said.outcome_after, registered)

    def _differ(self, before: Verdict, verdict: Verdict) -> bool:
        """Whether the records of two verdicts differ, the one without the change under way and the one with it.

        Nothing else is kept of what was published: whatever is written must be told again when it changes.
        """
        now = self._shipment.registration
        then = self._formerly or now
        return (
            before.status != verdict.status
            or before.start != verdict.start
            or before.due != verdict.due
            or before.reason != verdict.reason
            or before.stop_at != verdict.stop_at
            or before.faults != verdict.faults
            or before.owed != verdict.owed
            or _shown(before.start_scan, then) != _shown(verdict.start_scan, now)
            or _shown(before.stop_scan, then) != _shown(verdict.stop_scan, now)
        )


def _shown(
    scan: KnownScan | None, registration: Registration | None
) -> tuple[str, Code, int, str | None, str | None] | None:
    """What an outcome shows of a scan."""
    return None if scan is None else (scan.scan_id, scan.code, scan.at, scan.facility, suspicion(scan, registration))


def _labels(registration: Registration | None) -> tuple[str | None, ...] | None:
    """What an outcome shows of a registration."""
    if registration is None:
        return None
    return (
        registration.customer_id,
        registration.tier,
        registration.product,
        registration.origin,
        registration.destination,
    )
