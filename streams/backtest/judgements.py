"""What output records say about each instance of each clock, taken together."""

from collections import Counter
from collections.abc import Mapping

import msgspec

from streams.backtest.history import UNKNOWN, Labels
from streams.partition.output import Output
from streams.partition.outputs import REJECTS
from streams.partition.ports import Tally
from streams.sla.decision import ALERTS, NOTICES, OUTCOMES, STATUS
from streams.sla.reasons import REOPENED

OWED = "owed"
"""Verdict of an instance that is past its due instant at the end, and still runs."""
MISSED = "missed"
_SETTLED = frozenset({"resolved", "withdrawn"})
"""Kinds of alert records after which the alert does not stand any more."""
_MOST_REJECTS = 20
"""How many rejected records are shown; all are counted."""


class Instance(msgspec.Struct, frozen=True, gc=False):
    """One instance of one clock on one life of a shipment."""

    shipment_id: str
    life: str
    clock: str
    instance: str | None


class Judgement(msgspec.Struct, gc=False):
    """Where an instance stands, and what was said about it on the way."""

    verdict: str = ""
    """The kind of its newest outcome; empty before the first."""
    late_by: int | None = None
    """Milliseconds after it was due, of a missed one that is a matter of time."""
    stopped_at: str = ""
    due: str = ""
    noticed: bool = False
    """Whether a delay notice came before it was due."""
    alerted_at: str = ""
    """When the first alert was raised."""
    alerting: bool = False
    """Whether an alert stands."""

    @property
    def standing(self) -> str:
        """Its verdict, `owed`, or empty while it runs in time or has been withdrawn."""
        # The alert of an incident stands for good: what was missed can be told only by the verdict.
        return OWED if self.alerting and self.verdict != MISSED else self.verdict


class Rejection(msgspec.Struct, frozen=True):
    """A record that was not accepted."""

    topic: str
    number: int
    """Of the record, as it was given: of its line in a file."""
    key: str
    reason: str
    detail: str


class _Said(msgspec.Struct, frozen=True, gc=False):
    shipment_id: str
    life: str
    clock: str
    kind: str
    due: str
    decided_at: str
    instance: str | None = None
    late_by_ms: int | None = None
    stopped_at: str | None = None
    reason: str | None = None


_decode = msgspec.json.Decoder(_Said).decode


class Judgements:
    """Takes output records one by one."""

    def __init__(self) -> None:
        self._labels: dict[str, Labels] = {}
        self.by_instance: dict[Instance, Judgement] = {}
        self.decisions: Counter[tuple[str, str]] = Counter()
        """Output records, by (topic, kind)."""
        self.rejects: Counter[tuple[str, str]] = Counter()
        """Rejected records, by (topic, reason)."""
        self.rejected: list[Rejection] = []
        """The first of them."""
        self.flags: Counter[str] = Counter()
        """What was accepted although it is odd, by flag."""
        self.running: Mapping[str, int] = {}
        """Clocks that run at the end, due or not, by name."""

    def label(self, shipment_id: str, labels: Labels) -> None:
        """Say what results about a shipment are grouped by."""
        self._labels[shipment_id] = labels

    def labels(self, shipment_id: str) -> Labels:
        """What results about a shipment are grouped by."""
        return self._labels.get(shipment_id, UNKNOWN)

    def forget(self) -> None:
        """Let go of the shipments so far; what has been counted stays."""
        self.by_instance.clear()
        self._labels.clear()

    def count(self, tally: Tally, running: Mapping[str, int]) -> None:
        """Add what a partition has counted; `running` are its clocks that run now, by name."""
        self.decisions.update(tally.decisions)
        self.rejects.update(tally.rejects)
        self.flags.update(tally.flags)
        self.running = dict(running)

    def merge(self, other: "Judgements") -> None:
        """Add what has been counted about other shipments."""
        self.decisions.update(other.decisions)
        self.rejects.update(other.rejects)
        self.flags.update(other.flags)
        self.running = Counter(self.running) + Counter(other.running)
        self.rejected = [*self.rejected, *other.rejected][:_MOST_REJECTS]

    def add(self, output: Output) -> None:
        """Take in an output record."""
        if output.topic == REJECTS:
            self._reject(output)
        elif output.topic != STATUS and output.value is not None:
            self._say(output.topic, _decode(output.value))

    def _say(self, topic: str, said: _Said) -> None:
        key = Instance(said.shipment_id, said.life, said.clock, said.instance)
        known = self.by_instance.get(key)
        if known is None:
            known = self.by_instance[key] = Judgement()
        if topic == OUTCOMES:
            # A verdict that was taken back is none: the clock runs again, or never started.
            known.verdict = "" if said.reason == REOPENED else said.kind
            known.late_by = said.late_by_ms
            known.stopped_at = said.stopped_at or ""
            known.due = said.due
        elif topic == ALERTS:
            if said.kind in _SETTLED:
                known.alerting = False
            elif said.kind == "opened":
                known.alerting = True
            known.alerted_at = known.alerted_at or said.decided_at
            known.due = said.due
        elif topic == NOTICES and said.kind == "predicted":
            known.noticed = known.noticed or said.decided_at <= said.due

    def _reject(self, output: Output) -> None:
        if len(self.rejected) < _MOST_REJECTS:
            facts = {name: value.decode(errors="replace") for name, value in output.headers}
            key = (output.key or b"").decode(errors="replace")
            self.rejected.append(Rejection(facts["topic"], int(facts["offset"]), key, facts["reason"], facts["detail"]))
