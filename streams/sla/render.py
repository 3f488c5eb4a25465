"""From decisions to the records that subscribers read: their ids, and their JSON text (`streams.sla.forms`)."""

from typing import Final

from mypy_extensions import mypyc_attr

from schemas.records import Compensation, StageFault
from streams.sla.calendars.zones import EPOCH, LAST_DAY
from streams.sla.decision import CONFIRMED, NOTICES, OUTCOMES, STATUS, Decision
from streams.sla.evidence import suspicion
from streams.sla.explain import explain
from streams.sla.forms import Field, Form, encode, happened, quoted
from streams.sla.identity import decision_id, life_of, matter_of
from streams.sla.instants import iso_date, rfc3339
from streams.sla.phases import CLOSED, MISSED, RESIDUE, STANDING, VERDICTS
from streams.sla.policy.compiled import Clock, Policy
from streams.sla.policy.rulebook import Rulebook
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.standing import stop_of
from streams.sla.state import NEVER, Shipment
from streams.sla.surroundings import Surroundings
from streams.sla.verdict import Verdict

_STATUS: Final = matter_of(STATUS, "", None)
_UNREGISTERED: Final = Registration("", 0)
_START: Final = ',"role":"start"'
_STOP: Final = ',"role":"stop"'
_LAST: Final = ',"role":"last"'

_CUSTOMER: Final = Field("customer_id")
_FACILITY: Final = Field("facility", before='"')
_SUSPECT: Final = Field("suspect", after="}")
_ROUTE: Final = Field("route")
_SEVERITY: Final = Field("severity")
_SILENT_FEED: Final = Field("silent_feed")
_REASON: Final = Field("reason")
_TIER: Final = Field("tier")
_PRODUCT: Final = Field("product")
_ORIGIN: Final = Field("origin")
_DESTINATION: Final = Field("destination")


@mypyc_attr(acyclic=True)
class Subject:
    """The shipment that some records are about."""

    __slots__ = ("customer", "life", "shipment", "text")

    def __init__(self, namespace: str, shipment_id: str, shipment: Shipment) -> None:
        registration = shipment.registration
        self.shipment = shipment
        self.life = life_of(namespace, shipment_id, shipment.life)
        self.text = f'","shipment_id":{quoted(shipment_id)},"life":"{rfc3339(shipment.life)}"'
        self.customer = "" if registration is None else _CUSTOMER.of(registration.customer_id)


class Renderer:
    """Writes output records for one namespace."""

    def __init__(self, namespace: str, policy: Policy) -> None:
        self._namespace = namespace
        self._forms: dict[tuple[Policy, Clock, str, str], Form] = {}
        self.look_at(Surroundings.of(policy))

    def look_at(self, surroundings: Surroundings, former: Surroundings | None = None) -> None:
        """Name the versions of these surroundings; of `former` ones in what is replaced while they are left behind."""
        self._book = surroundings.book
        self._former = surroundings.book if former is None else former.book

    def take(self) -> list[Form]:
        """The forms in use, and how many records there are of each; from now on it begins anew."""
        forms = list(self._forms.values())
        self._forms.clear()
        return forms

    def subject(self, shipment_id: str, shipment: Shipment) -> Subject:
        """What `record` and `status` write of a shipment, again and again."""
        return Subject(self._namespace, shipment_id, shipment)

    def record(self, decision: Decision, subject: Subject) -> tuple[Form, str, str]:
        """The record of a decision: its form, id and text."""
        if decision.topic == OUTCOMES:
            return self._outcome(decision, subject)
        verdict, clock, shipment = decision.verdict, decision.clock, subject.shipment
        registration = shipment.registration
        form = self._form(self._book, verdict, clock, decision.topic, decision.kind)
        stopped_at = stop_of(verdict)
        start, due = rfc3339(verdict.start), rfc3339(verdict.due)
        stop = None if stopped_at is None else rfc3339(stopped_at)
        route = ""
        if clock.routes is not None and registration is not None:
            route = _ROUTE.of(clock.routes.of(registration, verdict.start_scan))
        ident, text = _decision(
            form,
            subject,
            subject.customer,
            decision.key,
            decision.revision,
            decision.sequence,
            start,
            due,
            rfc3339(decision.decided_at),
            _evidence(verdict, start, stop, shipment.scans[-1] if shipment.scans else None, registration),
        )
        why = quoted(explain(decision, shipment, start, due, stop))
        if decision.topic == NOTICES:
            return form, ident, f'{text}{route},"explanation":{why}}}'
        severity = _SEVERITY.of(_severity(decision, registration))
        stopped = _stopped(verdict, stopped_at, stop)
        return form, ident, f'{text}{severity}{route}{stopped}{_doubt(decision)},"explanation":{why}}}'

    def status(self, subject: Subject, decided_at: int) -> tuple[str, str]:
        """Where a shipment stands now: the id and the text of the record."""
        shipment, book = subject.shipment, self._book
        shipment.sequence += 1
        sequence = shipment.sequence
        at_risk: list[str] = []
        overdue: list[str] = []
        for instance in shipment.instances:
            said = instance.said if instance.stands else None
            if said is None:
                continue
            notice, alert = said.notice == STANDING, said.alert == STANDING
            clock = book.clock(instance.clock)
            if clock is None:
                continue
            label = quoted(clock.name if instance.key is None else f"{clock.name}/{instance.key}")
            if notice:
                at_risk.append(label)
            if alert:
                overdue.append(label)
        ident = decision_id(subject.life, _STATUS, sequence)
        phase = "closed" if shipment.phase in (CLOSED, RESIDUE) else "open"
        warned = f',"at_risk":[{",".join(at_risk)}]' if at_risk else ""
        late = f',"overdue":[{",".join(overdue)}]' if overdue else ""
        text = (
            f'{{"id":"{ident}{subject.text}{subject.customer},"phase":"{phase}"{warned}{late},"sequence":{sequence}'
            f',"decided_at":"{rfc3339(decided_at)}"}}'
        )
        return ident, text

    def _form(self, book: Rulebook, verdict: Verdict, clock: Clock, topic: str, kind: str) -> Form:
        policy = book.only or book.at(verdict.start).policy
        form = self._forms.get((policy, clock, topic, kind))
        if form is None:
            form = self._forms[policy, clock, topic, kind] = Form(policy, clock, topic, kind)
        return form

    def _outcome(self, decision: Decision, subject: Subject) -> tuple[Form, str, str]:
        replaced = decision.replaced
        replaces = ""
        if replaced is not None:
            said = replaced.verdict
            _, _, text = self._outcome_record(
                decision,
                subject,
                said,
                VERDICTS[said.status],
                said.reason,
                decision.revision - 1,
                replaced.sequence,
                replaced.decided_at,
                replaced.registration,
                self._former,
            )
            replaces = f',"replaces":{text}'
        return self._outcome_record(
            decision,
            subject,
            decision.verdict,
            decision.kind,
            decision.reason,
            decision.revision,
            decision.sequence,
            decision.decided_at,
            subject.shipment.registration,
            self._book,
            replaces,
        )

    def _outcome_record(
        self,
        decision: Decision,
        subject: Subject,
        verdict: Verdict,
        kind: str,
        reason: str | None,
        revision: int,
        sequence: int,
        decided_at: int,
        registered: Registration | None,
        book: Rulebook,
        replaces: str = "",
    ) -> tuple[Form, str, str]:
        customer, registration = subject.customer, registered or _UNREGISTERED
        if registered is not subject.shipment.registration:
            customer = _CUSTOMER.of(None if registered is None else registered.customer_id)
        form = self._form(book, verdict, decision.clock, OUTCOMES, kind)
        stopped_at = stop_of(verdict)
        start = rfc3339(verdict.start)
        stop = None if stopped_at is None else rfc3339(stopped_at)
        ident, text = _decision(
            form,
            subject,
            customer,
            decision.key,
            revision,
            sequence,
            start,
            rfc3339(verdict.due),
            stop if stop is not None and stopped_at == decided_at else rfc3339(decided_at),
            _evidence(verdict, start, stop, None, registration),
        )
        counted_at = decided_at if verdict.due == NEVER else verdict.due
        day = iso_date(min(form.zone.day(counted_at), LAST_DAY) - EPOCH)
        text = (
            f"{text}{_stopped(verdict, stopped_at, stop)}{_REASON.of(reason)}"
            f"{_TIER.of(registration.tier)}{_PRODUCT.of(registration.product)}"
            f"{_ORIGIN.of(registration.origin)}{_DESTINATION.of(registration.destination)}"
            f',"day":"{day}{form.measure}{_consequences(verdict)}{replaces}}}'
        )
        return form, ident, text


def _decision(
    form: Form,
    subject: Subject,
    customer: str,
    key: str | None,
    revision: int,
    sequence: int,
    start: str,
    due: str,
    decided_at: str,
    evidence: str,
) -> tuple[str, str]:
    """The id of a decision, and the fields that all decisions begin with."""
    matter, clock_and_kind = form.of(key)
    ident = decision_id(subject.life, matter, revision)
    text = (
        f'{{"id":"{ident}{subject.text}{customer}{clock_and_kind}{revision},"sequence":{sequence},"start":"{start}"'
        f',"due":"{due}{form.policy}{decided_at}"{evidence}'
    )
    return ident, text


def _consequences(verdict: Verdict) -> str:
    """Of a miss: whose fault it was, and what is owed."""
    text = ""
    if verdict.faults:
        faults = [
            StageFault(stage=one.stage, spent_ms=one.spent, budget_ms=one.budget, over_ms=one.over)
            for one in verdict.faults
        ]
        text = f',"faults":{encode(faults).decode()}'
    owed = verdict.owed
    if owed is not None:
        compensation = Compensation(amount=owed.amount, currency=owed.currency, rule=owed.rule)
        text = f'{text},"compensation":{encode(compensation).decode()}'
    return text


def _stopped(verdict: Verdict, stopped_at: int | None, stop: str | None) -> str:
    """When it stopped, and of a miss by time how many milliseconds after it was due."""
    if stopped_at is None:
        return ""
    if verdict.status != MISSED or stopped_at <= verdict.due:
        return f',"stopped_at":"{stop}"'
    return f',"stopped_at":"{stop}","late_by_ms":{stopped_at - verdict.due}'


def _doubt(decision: Decision) -> str:
    if decision.feed is None:
        return ""
    verification = "confirmed" if decision.kind == CONFIRMED else "unverified"
    return f',"verification":"{verification}"{_SILENT_FEED.of(decision.feed)}'


def _severity(decision: Decision, registration: Registration | None) -> str:
    severities = decision.clock.severities
    found = None
    if severities is not None and registration is not None:
        found = severities.of(registration, decision.verdict.start_scan)
    return found or decision.clock.severity


def _scan(scan: KnownScan, role: str, at: str, registration: Registration | None) -> str:
    facility, suspect = _FACILITY.of(scan.facility), _SUSPECT.of(suspicion(scan, registration))
    return f'{{"scan_id":{quoted(scan.scan_id)}{happened(scan.code)}{at}{facility}{role}{suspect}'


def _evidence(
    verdict: Verdict, start_text: str, stop_text: str | None, last: KnownScan | None, registration: Registration | None
) -> str:
    """What started it, and what stopped it or is the last; the texts are those of the verdict's instants."""
    start, stop = verdict.start_scan, verdict.stop_scan
    first = "" if start is None else _scan(start, _START, start_text, registration)
    second = ""
    if stop is not None:
        # What stopped it happened then, unless the verdict has an instant of its own.
        happened_at = stop_text if verdict.stop_at is None and stop_text is not None else rfc3339(stop.at)
        second = _scan(stop, _STOP, happened_at, registration)
    elif last is not None and last is not start:
        second = _scan(last, _LAST, rfc3339(last.at), registration)
    if first and second:
        return f',"evidence":[{first},{second}]'
    return f',"evidence":[{first}{second}]' if first or second else ""
