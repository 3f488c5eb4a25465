"""The figures that a run of the demo ends with."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from streams.demo.chaos import Kill
from streams.demo.ledger import Ledger, digest
from streams.errors import ShipclockError

END_TO_END = "end-to-end"
LEG = "leg"
MILESTONE = "milestone"
"""Clocks of the policy `air-freight`."""


class JudgedOtherwise(ShipclockError):
    """What was judged is not what was fed."""


class KillReport(msgspec.Struct, frozen=True):
    """One SIGKILL with its evidence; see `streams.demo.chaos.Kill`."""

    worker: str
    pid: int
    partitions: tuple[int, ...]
    in_transaction: bool
    uncommitted_records: int
    committed_before: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Counted from the output topics, by the newest revision of every outcome; late means strictly later."""

    shipments: int
    """Judged end to end."""
    shipments_fed: int
    late_end_to_end: int
    legs: int
    late_legs: int
    milestones: int
    overrun_milestones: int
    duplicate_ids: int
    worker_kills: int
    ids_digest: str
    """SHA-256 of the sorted ids of all notices, alerts, outcomes and statuses, joined by line feeds."""
    outputs: int
    """Records with an id."""
    alerts_opened: int
    alerts_before_stop: int
    """Overrun milestones whose alert was decided from their deadline on, before the scan that stopped them."""
    notices: int
    """Delay notices of the kind `predicted`."""
    rejects: int
    reject_reasons: dict[str, int]
    scans: int
    """Scans fed."""
    workers: int
    partitions: int
    seconds: float
    """From the start of the feed until everything was judged."""
    kills: tuple[KillReport, ...]


def report(
    ledger: Ledger,
    *,
    rejects: Mapping[str, int],
    shipments_fed: int,
    scans: int,
    workers: int,
    partitions: int,
    seconds: float,
    kills: Sequence[Kill],
) -> Report:
    """Count what the ledger holds."""
    journeys, legs, milestones = (ledger.verdicts(clock) for clock in (END_TO_END, LEG, MILESTONE))
    return Report(
        shipments=_judged(journeys),
        shipments_fed=shipments_fed,
        late_end_to_end=journeys["missed"],
        legs=_judged(legs),
        late_legs=legs["missed"],
        milestones=_judged(milestones),
        overrun_milestones=milestones["missed"],
        duplicate_ids=ledger.duplicate_ids,
        worker_kills=len(kills),
        ids_digest=digest(ledger.ids),
        outputs=len(ledger.ids),
        alerts_opened=ledger.kinds["breach-alerts", "opened"],
        alerts_before_stop=ledger.alerts_before_stop(MILESTONE),
        notices=ledger.kinds["delay-notices", "predicted"],
        rejects=sum(rejects.values()),
        reject_reasons=dict(rejects),
        scans=scans,
        workers=workers,
        partitions=partitions,
        seconds=round(seconds, 1),
        kills=tuple(_evidence(kill) for kill in kills),
    )


def _judged(verdicts: Mapping[str, int]) -> int:
    """How many came to their end, in time or not: what was cancelled, or expired, is not judged."""
    return verdicts["met"] + verdicts["missed"]


def shortcoming(report: Report) -> str | None:
    """In one line, why the run does not count as a success; None when it does."""
    if report.shipments != report.shipments_fed:
        return f"{report.shipments_fed:,} shipments were fed, {report.shipments:,} were judged end to end."
    if report.rejects:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(report.reject_reasons.items()))
        return f"Records were rejected: {reasons}."
    return None


def _evidence(kill: Kill) -> KillReport:
    return KillReport(
        worker=kill.worker,
        pid=kill.pid,
        partitions=kill.partitions,
        in_transaction=kill.in_transaction,
        uncommitted_records=kill.uncommitted_records,
        committed_before=kill.committed_before,
    )


class Standing(msgspec.Struct, frozen=True):
    """Shipments at this moment, as the output topics have it."""

    open: int
    at_risk: int
    """Open, with a delay notice that stands."""
    overdue: int
    """Open, with a promise that is already missed."""
    on_time: int
    late: int


def standing(ledger: Ledger) -> Standing:
    """Where the shipments of the ledger stand; the whole journey decides between on time and late."""
    journeys = ledger.verdicts(END_TO_END)
    # A status is written when risk or breach changes: a shipment that fares well has none while it is open.
    flags = Counter((status.at_risk, status.overdue) for status in ledger.statuses.values() if status.phase == "open")
    return Standing(
        open=len(ledger.shipments) - journeys.total(),
        at_risk=flags[True, False] + flags[True, True],
        overdue=flags[False, True] + flags[True, True],
        on_time=journeys["met"],
        late=journeys["missed"],
    )
