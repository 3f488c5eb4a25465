"""What another policy would have said about the same history."""

from collections import Counter

from msgspec import Struct

from streams.backtest.judgements import MISSED, Instance, Judgement, Judgements

_EXAMPLES = 5
"""How many examples of each change are kept."""
_NOTHING = Judgement()
_Group = tuple[str, str, str, str, str]
"""Clock, lane, tier, verdict before and after."""
NONE = "none"
"""Verdict of an instance that one of the policies says nothing about."""


class Change(Struct, frozen=True, kw_only=True):
    """Instances of one group whose verdict differs."""

    clock: str
    lane: str
    tier: str
    before: str
    """Verdict by the first policy; `owed` and `none` beside the kinds of outcomes."""
    after: str
    """Verdict by the second."""
    count: int
    examples: list[str]
    """Shipments, with the instance where the clock has several."""


class Comparison(Struct, frozen=True, kw_only=True):
    """Two policies, held against each other."""

    compared: int
    """Instances that at least one of them says something about."""
    changed: int
    newly_missed: int
    """Met by the first policy, missed by the second."""
    newly_met: int
    """Missed by the first policy, met by the second."""
    changes: list[Change]


class Changes:
    """Holds the judgements of two policies against each other, shipment by shipment."""

    def __init__(self) -> None:
        self.counts: Counter[_Group] = Counter()
        self.examples: dict[_Group, list[str]] = {}
        self.compared = self.newly_missed = self.newly_met = 0

    def add(self, first: Judgements, second: Judgements) -> None:
        """Count what changes from the first to the second in all that they hold."""
        others = second.by_instance
        for instance in {**first.by_instance, **others}:
            before = first.by_instance.get(instance, _NOTHING).standing or NONE
            after = others.get(instance, _NOTHING).standing or NONE
            self.compared += not before == after == NONE
            if before == after:
                continue
            self.newly_missed += before == "met" and after == MISSED
            self.newly_met += before == MISSED and after == "met"
            labels = first.labels(instance.shipment_id)
            group = (instance.clock, labels.lane, labels.tier, before, after)
            self.counts[group] += 1
            if self.counts[group] <= _EXAMPLES:
                self.examples.setdefault(group, []).append(_named(instance))

    def merge(self, other: "Changes") -> None:
        """Count what has changed for other shipments, too."""
        self.counts.update(other.counts)
        for group, examples in other.examples.items():
            self.examples[group] = [*self.examples.get(group, ()), *examples][:_EXAMPLES]
        self.compared += other.compared
        self.newly_missed += other.newly_missed
        self.newly_met += other.newly_met

    def result(self) -> Comparison:
        """What has changed, the most frequent change of each clock first."""
        changes = [
            Change(
                clock=clock,
                lane=lane,
                tier=tier,
                before=before,
                after=after,
                count=count,
                examples=self.examples[clock, lane, tier, before, after],
            )
            for (clock, lane, tier, before, after), count in sorted(
                self.counts.items(), key=lambda item: (item[0][0], -item[1], item[0])
            )
        ]
        return Comparison(
            compared=self.compared,
            changed=self.counts.total(),
            newly_missed=self.newly_missed,
            newly_met=self.newly_met,
            changes=changes,
        )


def compare(first: Judgements, second: Judgements) -> Comparison:
    """What changes between judgements that are all held in memory."""
    changes = Changes()
    changes.add(first, second)
    return changes.result()


def _named(instance: Instance) -> str:
    return instance.shipment_id if instance.instance is None else f"{instance.shipment_id} {instance.instance}"
