"""Judgements counted by clock, lane and tier."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from streams.backtest.judgements import MISSED, OWED, Judgement, Judgements

_QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


class Row(Struct, frozen=True, kw_only=True):
    """One group of instances."""

    clock: str
    lane: str | None
    """None in a row over all lanes and tiers; empty where it is unknown."""
    tier: str | None
    volume: int
    """Instances with an outcome, or past due without one."""
    met: int
    missed: int
    cancelled: int
    excused: int
    owed: int
    """Past due at the end, and still running."""
    on_time: float | None
    """Share of met in met and missed; None without either."""
    late_by_s: dict[str, float]
    """Quantiles of seconds after due, of the missed."""
    alerted: int
    """Instances with a breach alert."""
    noticed: int
    """Instances with a delay notice before they were due."""
    missed_noticed: int
    """Of the missed: those with a delay notice before they were due."""
    missed_alerted: int
    """Of the missed: those with an alert before they stopped."""


def summary(judgements: Judgements) -> list[Row]:
    """A row for each clock, followed by its rows by lane and tier where there is more than one group."""
    groups: dict[str, dict[tuple[str, str], list[Judgement]]] = {}
    for instance, judgement in judgements.by_instance.items():
        if judgement.standing:
            labels = judgements.labels(instance.shipment_id)
            groups.setdefault(instance.clock, {}).setdefault((labels.lane, labels.tier), []).append(judgement)
    rows: list[Row] = []
    for clock, parts in sorted(groups.items()):
        rows.append(_row(clock, None, None, [one for part in parts.values() for one in part]))
        if len(parts) > 1:
            rows += (_row(clock, lane, tier, part) for (lane, tier), part in sorted(parts.items()))
    return rows


def _row(clock: str, lane: str | None, tier: str | None, group: Iterable[Judgement]) -> Row:
    verdicts: Counter[str] = Counter()
    late: list[int] = []
    alerted = noticed = missed_noticed = missed_alerted = 0
    for one in group:
        standing = one.standing
        verdicts[standing] += 1
        alerted += bool(one.alerted_at)
        noticed += one.noticed
        if standing == MISSED:
            late.append(one.late_by)
            missed_noticed += one.noticed
            missed_alerted += "" < one.alerted_at < one.stopped_at
    met, missed = verdicts["met"], verdicts[MISSED]
    return Row(
        clock=clock,
        lane=lane,
        tier=tier,
        volume=verdicts.total(),
        met=met,
        missed=missed,
        cancelled=verdicts["cancelled"],
        excused=verdicts["excused"],
        owed=verdicts[OWED],
        on_time=met / (met + missed) if met + missed else None,
        late_by_s=_quantiles(late),
        alerted=alerted,
        noticed=noticed,
        missed_noticed=missed_noticed,
        missed_alerted=missed_alerted,
    )


def _quantiles(late: list[int]) -> dict[str, float]:
    """Of milliseconds, in seconds: the least value that so many are not above."""
    if not late:
        return {}
    late.sort()
    last = len(late) - 1
    found = {name: late[min(int(share * len(late)), last)] / 1000 for name, share in _QUANTILES.items()}
    return found | {"max": late[-1] / 1000}
