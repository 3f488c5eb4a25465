"""What is told in a unit of work: decisions and rejects as output records, and what of them is counted."""

from typing import Final

from streams.intake.rejection import Rejected
from streams.partition.copies import Copies
from streams.partition.output import Output
from streams.partition.outputs import BY_CUSTOMER, Envelope
from streams.partition.ports import Tally
from streams.partition.record import Record
from streams.partition.reject_guard import RejectGuard
from streams.sla.decision import OUTCOMES, STATUS, Decision
from streams.sla.docket import Docket
from streams.sla.phases import MISSED
from streams.sla.refusal import Refused
from streams.sla.render import Renderer
from streams.sla.standing import stop_of
from streams.sla.state import Shipment

_CHANGED: Final = f"{STATUS}.changed"


class Journal:
    """The `outputs` and the `tally` of the unit of work under way."""

    def __init__(self, renderer: Renderer, envelope: Envelope, guard: RejectGuard, copies: Copies | None) -> None:
        """Outcomes are also written by customer where there are `copies`."""
        self.outputs: list[Output] = []
        self.tally = Tally()
        self._renderer = renderer
        self._envelope = envelope
        self._guard = guard
        self._copies = copies
        self._statuses = 0

    def record(self, key: bytes, shipment: Shipment, docket: Docket, at: int) -> None:
        """Write down what the docket holds for a shipment; `at` is when that was decided."""
        renderer, envelope = self._renderer, self._envelope
        subject = renderer.subject(key, shipment)
        for decision in docket.decisions:
            form, ident, body = renderer.record(decision, subject)
            output = envelope.enclose(key, form.topic, form.sort, ident, body)
            self.outputs.append(output)
            form.count += 1
            if form.topic == OUTCOMES:
                self._note_lateness(decision)
                if self._copies is not None:
                    for copy in self._copies.of(decision, shipment.registration, output):
                        self.tell(copy, BY_CUSTOMER, decision.kind)
        docket.decisions.clear()
        if docket.status_changed:
            docket.status_changed = False
            ident, body = renderer.status(subject, at)
            self.outputs.append(envelope.enclose(key, STATUS, _CHANGED, ident, body))
            self._statuses += 1

    def tell(self, output: Output, topic: str, kind: str) -> None:
        """Write down one that is counted as of this topic and kind."""
        self.outputs.append(output)
        self._count(topic, kind, 1)

    def forget(self, key: bytes) -> None:
        """Take a shipment out of `shipment-status`."""
        self.outputs.append(self._envelope.farewell(key))

    def reject(self, topic: str, record: Record, rejected: Rejected | Refused) -> None:
        """Keep a bad record, as it came, where somebody can look at it."""
        self.outputs.append(self._envelope.reject(topic, record, rejected.reason, rejected.path, str(rejected)))
        count = (topic, rejected.reason)
        self.tally.rejects[count] = self.tally.rejects.get(count, 0) + 1
        self._guard.rejected()

    def flag(self, flag: str) -> None:
        """Count what was accepted with a flag."""
        self.tally.flags[flag] = self.tally.flags.get(flag, 0) + 1

    def told(self) -> list[Output]:
        """Give away the output records so far."""
        outputs, self.outputs = self.outputs, []
        return outputs

    def settle(self) -> Tally:
        """The tally of what has been done, which begins anew."""
        if self._statuses:
            self._count(STATUS, "changed", self._statuses)
            self._statuses = 0
        outcomes = self.tally.outcomes
        for form in self._renderer.take():
            if form.count:
                self._count(form.topic, form.kind, form.count)
            if form.count and form.topic == OUTCOMES:
                verdict = (form.clock, form.kind)
                outcomes[verdict] = outcomes.get(verdict, 0) + form.count
        tally, self.tally = self.tally, Tally()
        return tally

    def _count(self, topic: str, kind: str, count: int) -> None:
        decisions = self.tally.decisions
        sort = (topic, kind)
        decisions[sort] = decisions.get(sort, 0) + count

    def _note_lateness(self, decision: Decision) -> None:
        verdict = decision.verdict
        if verdict.status == MISSED:
            stopped_at = stop_of(verdict)
            if stopped_at is not None:
                self.tally.lateness_s.append((decision.clock.name, (stopped_at - verdict.due) / 1000))
