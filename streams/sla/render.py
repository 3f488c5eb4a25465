"""From decisions to the records that subscribers read: their ids, and their JSON (`streams.sla.forms`)."""

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import mypyc_attr

from schemas.records import Compensation, StageFault
from streams.sla.calendars.zones import EPOCH, LAST_DAY
from streams.sla.decision import ALERTS, CONFIRMED, OUTCOMES, STATUS, Decision, TakenBack
from streams.sla.digits import write_decimal
from streams.sla.evidence import effective, suspicion
from streams.sla.explain import explain
from streams.sla.forms import Field, Form, Named, encode, happened, labels, quoted
from streams.sla.identity import Matter, decision_id, is_known, life_of
from streams.sla.instants import NEVER, write_date, write_instant
from streams.sla.phases import CLOSED, MISSED, RESIDUE, STANDING, VERDICTS
from streams.sla.policy.compiled import Clock, Policy
from streams.sla.policy.rulebook import Rulebook
from streams.sla.reasons import REOPENED
from streams.sla.registration import Registration, customer_of
from streams.sla.scan import KnownScan
from streams.sla.standing import stop_of
from streams.sla.state import Shipment
from streams.sla.surroundings import Surroundings
from streams.sla.verdict import Verdict

MOST_NAMED: Final = 100
"""Clocks at risk, and overdue, that a status names; of a shipment of many pieces there may be thousands."""
_STATUS: Final = Matter(STATUS, "", None)
_UNREGISTERED: Final = Registration("", 0)
_START: Final = b',"role":"start"'
_STOP: Final = b',"role":"stop"'
_LAST: Final = b',"role":"last"'

_QUOTE: Final = 0x22
_COMMA: Final = 0x2C
_END_OF_LIST: Final = 0x5D
_END: Final = 0x7D

_CUSTOMER: Final = Field("customer_id")
_FACILITY: Final = Field("facility", before=b'"')
_SUSPECT: Final = Field("suspect", after=b"}")
_ROUTE: Final = Field("route")
_SEVERITY: Final = Field("severity")
_SILENT_FEED: Final = Field("silent_feed")
_REASON: Final = Field("reason")


@mypyc_attr(acyclic=True)
class Subject:
    """The shipment that some records are about."""

    __slots__ = ("customer", "life", "shipment", "text")

    def __init__(self, namespace: bytes, key: bytes, shipment: Shipment) -> None:
        registration = shipment.registration
        self.shipment = shipment
        self.life = shipment.life_hash
        if not is_known(self.life):
            self.life = life_of(namespace, key, shipment.life)
            if registration is not None and registration.plan:
                shipment.life_hash = self.life
        to = BytesWriter()
        to.write(b'","shipment_id":')
        to.write(quoted(key.decode()))
        to.write(b',"life":"')
        write_instant(to, shipment.life)
        to.append(_QUOTE)
        self.text = to.getvalue()
        self.customer = b"" if registration is None else _CUSTOMER.of(registration.customer_id)


class Renderer:
    """Writes output records for one namespace."""

    def __init__(self, namespace: str, policy: Policy) -> None:
        self._namespace = namespace.encode()
        self._forms: dict[Clock, list[Form]] = {}
        self._record = BytesWriter()
        self.look_at(Surroundings.of(policy))

    def look_at(self, surroundings: Surroundings, former: Surroundings | None = None) -> None:
        """Name the versions of these surroundings; of `former` ones in what is replaced while they are left behind."""
        self._book = surroundings.book
        self._former = surroundings.book if former is None else former.book

    def take(self) -> list[Form]:
        """The forms in use, and how many records there are of each; from now on it begins anew."""
        forms = [form for some in self._forms.values() for form in some]
        self._forms.clear()
        return forms

    def subject(self, key: bytes, shipment: Shipment) -> Subject:
        """What `record` and `status` write of a shipment, again and again; its key is its id."""
        return Subject(self._namespace, key, shipment)

    def record(self, decision: Decision, subject: Subject) -> tuple[Form, bytes, bytes]:
        """The record of a decision: its form, id and JSON."""
        to = self._record
        to.truncate(0)
        written = (
            self._outcome(to, decision, subject) if decision.topic == OUTCOMES else self._told(to, decision, subject)
        )
        return written[0], written[1], to.getvalue()

    def _told(self, to: BytesWriter, decision: Decision, subject: Subject) -> tuple[Form, bytes]:
        """Write a notice or an alert; gives its form and id."""
        verdict, clock, shipment = decision.verdict, decision.clock, subject.shipment
        registration = shipment.registration
        form = self._form(self._book, verdict, clock, decision.topic, decision.kind)
        named = form.of(decision.key)
        ident = _begin(
            to,
            form,
            named,
            subject,
            subject.customer,
            decision.revision,
            decision.sequence,
            verdict,
            decision.decided_at,
        )
        _write_evidence(to, verdict, effective(shipment).latest, registration)
        if decision.topic == ALERTS:
            to.write(_SEVERITY.of(_severity(decision, registration)))
        if clock.routes is not None and registration is not None:
            to.write(_ROUTE.of(clock.routes.of(registration, verdict.start_scan)))
        if decision.topic == ALERTS:
            _write_stopped(to, verdict)
            _write_doubt(to, decision)
        to.write(b',"explanation":"')
        explain(to, decision, shipment, named.name)
        to.write(b'"}')
        return form, ident

    def status(self, subject: Subject, decided_at: int) -> tuple[bytes, bytes]:
        """Where a shipment stands now: the id and the JSON of the record."""
        shipment, book = subject.shipment, self._book
        shipment.sequence += 1
        at_risk: list[bytes] = []
        overdue: list[bytes] = []
        for instance in shipment.instances.awake:
            said = instance.said if instance.stands else None
            if said is None:
                continue
            clock = book.clock(instance.clock)
            if clock is None:
                continue
            label = quoted(clock.name if instance.key is None else f"{clock.name}/{instance.key}")
            if said.notice == STANDING:
                at_risk.append(label)
            if said.alert == STANDING:
                overdue.append(label)
        ident = decision_id(subject.life, _STATUS, shipment.sequence)
        to = self._record
        to.truncate(0)
        to.write(b'{"id":"')
        to.write(ident)
        to.write(subject.text)
        to.write(subject.customer)
        to.write(b',"phase":"closed"' if shipment.phase in (CLOSED, RESIDUE) else b',"phase":"open"')
        _write_labels(to, b',"at_risk":[', at_risk)
        _write_labels(to, b',"overdue":[', overdue)
        _write_rest(to, b',"more_at_risk":', at_risk)
        _write_rest(to, b',"more_overdue":', overdue)
        to.write(b',"sequence":')
        write_decimal(to, shipment.sequence)
        to.write(b',"decided_at":"')
        write_instant(to, decided_at)
        to.write(b'"}')
        return ident, to.getvalue()

    def _form(self, book: Rulebook, verdict: Verdict, clock: Clock, topic: str, kind: str) -> Form:
        policy = book.only or book.at(verdict.start).policy
        forms = self._forms.get(clock)
        if forms is None:
            forms = self._forms[clock] = []
        for form in forms:
            if form.kind == kind and form.topic == topic and form.source is policy:
                return form
        form = Form(policy, clock, topic, kind)
        forms.append(form)
        return form

    def _clock(self, book: Rulebook, verdict: Verdict, clock: Clock) -> Clock:
        """The clock as the version has it that judged a verdict: another version may measure something else."""
        policy = book.only or book.at(verdict.start).policy
        found = policy.by_number.get(clock.number)
        return found if found is not None and found.name == clock.name else clock

    def _outcome(self, to: BytesWriter, decision: Decision, subject: Subject) -> tuple[Form, bytes]:
        """Write an outcome and the one that it replaces; gives its form and id."""
        clock = decision.clock
        if decision.reason == REOPENED:
            clock = self._clock(self._book, decision.verdict, clock)  # the one that is told of may be left behind
        written = self._write_outcome(
            to,
            decision,
            clock,
            subject,
            decision.verdict,
            decision.kind,
            decision.reason,
            decision.revision,
            decision.sequence,
            decision.decided_at,
            subject.shipment.registration,
            self._book,
        )
        if decision.reason == REOPENED:
            taken = subject.shipment.taken_back_of(decision.clock.number, decision.key)
            if taken is not None and not taken.told:
                taken.told = to.getvalue() + b"}"
        replaced = decision.replaced
        if isinstance(replaced, TakenBack):
            to.write(b',"replaces":')
            to.write(replaced.told)
        elif replaced is not None:
            said = replaced.verdict
            to.write(b',"replaces":')
            self._write_outcome(
                to,
                decision,
                self._clock(self._former, said, decision.clock),
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
            to.append(_END)
        to.append(_END)
        return written

    def _write_outcome(
        self,
        to: BytesWriter,
        decision: Decision,
        clock: Clock,
        subject: Subject,
        verdict: Verdict,
        kind: str,
        reason: str | None,
        revision: int,
        sequence: int,
        decided_at: int,
        registered: Registration | None,
        book: Rulebook,
    ) -> tuple[Form, bytes]:
        """Write an outcome but for its end; gives its form and id."""
        customer, registration = subject.customer, registered or _UNREGISTERED
        if registered is not subject.shipment.registration:
            customer = _CUSTOMER.of(customer_of(registered))
        form = self._form(book, verdict, clock, OUTCOMES, kind)
        ident = _begin(to, form, form.of(decision.key), subject, customer, revision, sequence, verdict, decided_at)
        _write_evidence(to, verdict, None, registration)
        _write_stopped(to, verdict)
        to.write(_REASON.of(reason))
        to.write(labels(registration))
        counted_at = decided_at if verdict.due == NEVER else verdict.due
        to.write(b',"day":"')
        write_date(to, min(form.zone.day(counted_at), LAST_DAY) - EPOCH)
        to.write(form.measure)
        _write_consequences(to, verdict)
        return form, ident


def _begin(
    to: BytesWriter,
    form: Form,
    named: Named,
    subject: Subject,
    customer: bytes,
    revision: int,
    sequence: int,
    verdict: Verdict,
    decided_at: int,
) -> bytes:
    """Write the fields that all decisions begin with; gives the id."""
    ident = decision_id(subject.life, named.matter, revision)
    to.write(b'{"id":"')
    to.write(ident)
    to.write(subject.text)
    to.write(customer)
    to.write(named.text)
    write_decimal(to, revision)
    to.write(b',"sequence":')
    write_decimal(to, sequence)
    to.write(b',"start":"')
    write_instant(to, verdict.start)
    to.write(b'","due":"')
    write_instant(to, verdict.due)
    to.write(form.policy)
    write_instant(to, decided_at)
    to.append(_QUOTE)
    return ident


def _write_labels(to: BytesWriter, name: bytes, labels: list[bytes]) -> None:
    """A list of texts, unless it is empty; `name` is what comes before them."""
    if labels:
        to.write(name)
        to.write(b",".join(labels if len(labels) <= MOST_NAMED else labels[:MOST_NAMED]))
        to.append(_END_OF_LIST)


def _write_rest(to: BytesWriter, name: bytes, labels: list[bytes]) -> None:
    """How many of a list were left out, unless none was."""
    if len(labels) > MOST_NAMED:
        to.write(name)
        write_decimal(to, len(labels) - MOST_NAMED)


def _write_consequences(to: BytesWriter, verdict: Verdict) -> None:
    """Of a miss: whose fault it was, and what is owed."""
    if verdict.faults:
        faults = [
            StageFault(stage=one.stage, spent_ms=one.spent, budget_ms=one.budget, over_ms=one.over)
            for one in verdict.faults
        ]
        to.write(b',"faults":')
        to.write(encode(faults))
    owed = verdict.owed
    if owed is not None:
        to.write(b',"compensation":')
        to.write(encode(Compensation(amount=owed.amount, currency=owed.currency, rule=owed.rule)))


def _write_stopped(to: BytesWriter, verdict: Verdict) -> None:
    """When it stopped, and of a miss by time how many milliseconds after it was due."""
    stopped_at = stop_of(verdict)
    if stopped_at is None:
        return
    to.write(b',"stopped_at":"')
    write_instant(to, stopped_at)
    to.append(_QUOTE)
    if verdict.status == MISSED and stopped_at > verdict.due:
        to.write(b',"late_by_ms":')
        write_decimal(to, stopped_at - verdict.due)


def _write_doubt(to: BytesWriter, decision: Decision) -> None:
    if decision.feed is not None:
        confirmed = decision.kind == CONFIRMED
        to.write(b',"verification":"confirmed"' if confirmed else b',"verification":"unverified"')
        to.write(_SILENT_FEED.of(decision.feed))


def _severity(decision: Decision, registration: Registration | None) -> str:
    severities = decision.clock.severities
    found = None
    if severities is not None and registration is not None:
        found = severities.of(registration, decision.verdict.start_scan)
    return found or decision.clock.severity


def _write_evidence(
    to: BytesWriter, verdict: Verdict, last: KnownScan | None, registration: Registration | None
) -> None:
    """What started it, and what stopped it or is the last."""
    start, other, role = verdict.start_scan, verdict.stop_scan, _STOP
    if other is None and last is not start:
        other, role = last, _LAST
    if start is None and other is None:
        return
    to.write(b',"evidence":[')
    if start is not None:
        _write_scan(to, start, _START, registration)
        if other is not None:
            to.append(_COMMA)
    if other is not None:
        _write_scan(to, other, role, registration)
    to.append(_END_OF_LIST)


def _write_scan(to: BytesWriter, scan: KnownScan, role: bytes, registration: Registration | None) -> None:
    to.write(b'{"scan_id":')
    to.write(quoted(scan.scan_id))
    to.write(happened(scan.code))
    write_instant(to, scan.at)
    to.write(_FACILITY.of(scan.facility))
    to.write(role)
    to.write(_SUSPECT.of(suspicion(scan, registration)))
