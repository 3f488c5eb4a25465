"""What the output topics say, record by record.  Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

OUTPUTS = ("delay-notices", "breach-alerts", "sla-outcomes", "shipment-status")
"""Short names of the topics whose records carry ids."""


class Clock(NamedTuple):
    """One promise on one shipment."""

    shipment_id: str
    life: str
    clock: str
    instance: str | None


class Outcome(NamedTuple):
    """The newest verdict on a clock."""

    revision: int
    kind: str
    stopped_at: str | None


class Opening(NamedTuple):
    """When the first alert of a clock was raised; instants as the record has them, which sort as text."""

    due: str
    decided_at: str


class Status(NamedTuple):
    """Where a shipment stands."""

    sequence: int
    phase: str
    at_risk: bool
    overdue: bool


class _Output(msgspec.Struct, frozen=True, gc=False):
    """The fields of all output records that matter here; each topic has some of them."""

    id: str
    shipment_id: str
    life: str
    decided_at: str
    sequence: int
    clock: str = ""
    kind: str = ""
    revision: int = 0
    instance: str | None = None
    due: str = ""
    stopped_at: str | None = None
    phase: str = ""
    at_risk: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()


_decode = msgspec.json.Decoder(_Output).decode


@dataclass(slots=True)
class Ledger:
    """All that the records added so far say.  A record whose id was seen before is counted and otherwise ignored."""

    ids: set[str] = field(default_factory=set)
    duplicate_ids: int = 0
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Records by (topic, kind)."""
    outcomes: dict[Clock, Outcome] = field(default_factory=dict)
    openings: dict[Clock, Opening] = field(default_factory=dict)
    shipments: set[str] = field(default_factory=set)
    """Shipments that anything was said about."""
    statuses: dict[str, Status] = field(default_factory=dict)
    """By shipment."""
    examples: dict[tuple[str, str], tuple[str, str, bytes]] = field(default_factory=dict)
    """The earliest record by (topic, kind): decided_at, id, value."""

    def add(self, topic: str, value: bytes) -> None:
        """Take in the value of one committed record of an output topic (short name)."""
        output = _decode(value)
        if output.id in self.ids:
            self.duplicate_ids += 1
            return
        self.ids.add(output.id)
        self.kinds[topic, output.kind] += 1
        self.shipments.add(output.shipment_id)
        if topic == "shipment-status":
            self._stand(output)
            return
        self._exemplify(topic, output, value)
        clock = Clock(output.shipment_id, output.life, output.clock, output.instance)
        if topic == "sla-outcomes":
            known = self.outcomes.get(clock)
            if known is None or known.revision < output.revision:
                self.outcomes[clock] = Outcome(output.revision, output.kind, output.stopped_at)
        elif topic == "breach-alerts" and output.kind == "opened":
            known_opening = self.openings.get(clock)
            if known_opening is None or output.decided_at < known_opening.decided_at:
                self.openings[clock] = Opening(output.due, output.decided_at)

    def _stand(self, output: _Output) -> None:
        known = self.statuses.get(output.shipment_id)
        if known is None or known.sequence < output.sequence:
            status = Status(output.sequence, output.phase, bool(output.at_risk), bool(output.overdue))
            self.statuses[output.shipment_id] = status

    def _exemplify(self, topic: str, output: _Output, value: bytes) -> None:
        candidate = (output.decided_at, output.id, value)
        known = self.examples.get((topic, output.kind))
        if known is None or candidate < known:
            self.examples[topic, output.kind] = candidate

    def verdicts(self, clock: str) -> Counter[str]:
        """How many instances of a clock have which verdict, by their newest revisions."""
        return Counter(outcome.kind for key, outcome in self.outcomes.items() if key.clock == clock)

    def alerts_before_stop(self, clock: str) -> int:
        """Missed instances whose alert was raised as soon as they were due, and before the scan that stopped them.

        In replay time: the instant of a decision is that of the deadline, to the millisecond.
        """
        return sum(
            opening.due == opening.decided_at < (self.outcomes[key].stopped_at or "~")
            for key, opening in self.openings.items()
            if key.clock == clock and key in self.outcomes and self.outcomes[key].kind == "missed"
        )


def digest(ids: Iterable[str]) -> str:
    """SHA-256, hexadecimal, of the sorted ids joined by line feeds."""
    return hashlib.sha256("\n".join(sorted(set(ids))).encode()).hexdigest()
