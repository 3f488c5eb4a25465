"""What another policy would have said about the same history."""

from collections import Counter

from msgspec import Struct

from streams.backtest.judgements import MISSED, Instance, Judgement, Judgements

_EXAMPLES = 5
"""How many examples of each change are kept."""
_NOTHING = Judgement()
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


def compare(first: Judgements, second: Judgements) -> Comparison:
    """What changes from the first to the second, the most frequent change of each clock first."""
    counts: Counter[tuple[str, str, str, str, str]] = Counter()
    examples: dict[tuple[str, str, str, str, str], list[str]] = {}
    newly_missed = newly_met = compared = 0
    others = second.by_instance
    for instance in {**first.by_instance, **others}:
        before = first.by_instance.get(instance, _NOTHING).standing or NONE
        after = others.get(instance, _NOTHING).standing or NONE
        compared += not before == after == NONE
        if before == after:
            continue
        newly_missed += before == "met" and after == MISSED
        newly_met += before == MISSED and after == "met"
        labels = first.labels(instance.shipment_id)
        group = (instance.clock, labels.lane, labels.tier, before, after)
        counts[group] += 1
        if counts[group] <= _EXAMPLES:
            examples.setdefault(group, []).append(_named(instance))
    changes = [
        Change(clock=clock, lane=lane, tier=tier, before=before, after=after, count=count, examples=examples[group])
        for group, count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0]))
        for clock, lane, tier, before, after in [group]
    ]
    return Comparison(
        compared=compared,
        changed=counts.total(),
        newly_missed=newly_missed,
        newly_met=newly_met,
        changes=changes,
    )


def _named(instance: Instance) -> str:
    return instance.shipment_id if instance.instance is None else f"{instance.shipment_id} {instance.instance}"
