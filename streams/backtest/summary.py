"""Judgements counted by clock, lane and tier."""

from array import array
from collections import Counter
from itertools import groupby
from operator import itemgetter

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
    """Quantiles of seconds after due, of the missed that are late: an incident is not."""
    alerted: int
    """Instances with a breach alert."""
    noticed: int
    """Instances with a delay notice before they were due."""
    missed_noticed: int
    """Of the missed: those with a delay notice before they were due."""
    missed_alerted: int
    """Of the missed: those with an alert before they stopped."""


class _Group:
    """Judgements of one clock, lane and tier, counted."""

    __slots__ = ("alerted", "late", "missed_alerted", "missed_noticed", "noticed", "verdicts")

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.late = array("q")
        """Milliseconds, of each that was missed by some."""
        self.alerted = self.noticed = self.missed_noticed = self.missed_alerted = 0

    def add(self, one: Judgement, standing: str) -> None:
        """Count one."""
        self.verdicts[standing] += 1
        self.alerted += bool(one.alerted_at)
        self.noticed += one.noticed
        if standing == MISSED:
            if one.late_by is not None:
                self.late.append(one.late_by)
            self.missed_noticed += one.noticed
            self.missed_alerted += "" < one.alerted_at < one.stopped_at

    def merge(self, other: "_Group") -> None:
        """Count what another group has counted, too."""
        self.verdicts.update(other.verdicts)
        self.late.extend(other.late)
        self.alerted += other.alerted
        self.noticed += other.noticed
        self.missed_noticed += other.missed_noticed
        self.missed_alerted += other.missed_alerted

    def row(self, clock: str, lane: str | None, tier: str | None) -> Row:
        """The result."""
        verdicts = self.verdicts
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
            late_by_s=_quantiles(sorted(self.late)),
            alerted=self.alerted,
            noticed=self.noticed,
            missed_noticed=self.missed_noticed,
            missed_alerted=self.missed_alerted,
        )


class Summary:
    """Counts judgements, shipment by shipment."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, str, str], _Group] = {}

    def add(self, judgements: Judgements) -> None:
        """Count all that are held there."""
        for instance, judgement in judgements.by_instance.items():
            standing = judgement.standing
            if standing:
                labels = judgements.labels(instance.shipment_id)
                key = (instance.clock, labels.lane, labels.tier)
                group = self.groups.get(key)
                if group is None:
                    group = self.groups[key] = _Group()
                group.add(judgement, standing)

    def merge(self, other: "Summary") -> None:
        """Count what has been counted about other shipments, too."""
        for key, group in other.groups.items():
            self.groups.setdefault(key, _Group()).merge(group)

    def rows(self) -> list[Row]:
        """A row for each clock, followed by its rows by lane and tier where there is more than one group."""
        rows: list[Row] = []
        for clock, keys in groupby(sorted(self.groups), key=itemgetter(0)):
            parts = list(keys)
            whole = _Group()
            for part in parts:
                whole.merge(self.groups[part])
            rows.append(whole.row(clock, None, None))
            if len(parts) > 1:
                rows += (self.groups[part].row(*part) for part in parts)
        return rows


def summary(judgements: Judgements) -> list[Row]:
    """The rows of judgements that are all held in memory."""
    made = Summary()
    made.add(judgements)
    return made.rows()


def _quantiles(late: list[int]) -> dict[str, float]:
    """Of sorted milliseconds, in seconds: the least value that so many are not above."""
    if not late:
        return {}
    last = len(late) - 1
    found = {name: late[min(int(share * len(late)), last)] / 1000 for name, share in _QUANTILES.items()}
    return found | {"max": late[-1] / 1000}
