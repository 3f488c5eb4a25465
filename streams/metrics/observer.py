"""What partition tasks report, counted."""

import structlog

from streams.metrics.catalogue import Catalogue
from streams.partition.ports import Tally

log = structlog.get_logger(__name__)


class MetricsObserver:
    """Adds a tally to the metrics when its transaction has been committed; says in the log what is rare."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._metrics = catalogue

    def committed(self, number: int, tally: Tally, *, transaction_s: float, records: int) -> None:  # noqa: ARG002 - the task tells it; no metric has it
        """Count what an acknowledged transaction of partition `number` made durable."""
        metrics = self._metrics
        metrics.transaction_seconds.observe(transaction_s)
        metrics.transaction_records.observe(records)
        if tally.scans:
            metrics.scans.inc(tally.scans)
        for topic, count in tally.records.items():
            metrics.records_read.labels(topic).inc(count)
        for clock, count in tally.opened.items():
            metrics.clocks_opened.labels(clock).inc(count)
        for (clock, verdict), count in tally.outcomes.items():
            metrics.outcomes.labels(clock, verdict).inc(count)
        lateness = {clock: metrics.lateness.labels(clock) for clock in {clock for clock, _ in tally.lateness_s}}
        for clock, seconds in tally.lateness_s:
            lateness[clock].observe(seconds)
        for (topic, kind), count in tally.decisions.items():
            metrics.decisions.labels(topic, kind).inc(count)
        for (topic, reason), count in tally.rejects.items():
            metrics.rejects.labels(topic, reason).inc(count)
        for flag, count in tally.flags.items():
            metrics.flags.labels(flag).inc(count)

    def restored(self, number: int, *, entries: int, seconds: float) -> None:
        """Count a partition whose state has been read."""
        self._metrics.restore_seconds.observe(seconds)
        self._metrics.restored_entries.inc(entries)
        log.info("partition restored", partition=number, entries=entries, seconds=round(seconds, 3))

    def parked(self, number: int, reason: str) -> None:
        """Count a partition that stopped because of its own data."""
        self._metrics.parked.inc()
        log.error("partition parked", partition=number, reason=reason)

    def other_policy(self, number: int, *, in_force: str, configured: str) -> None:
        """Say that the policy of the settings does not hold."""
        log.warning(
            "another policy is in force: to change it, run shipclock policy publish",
            partition=number,
            in_force=in_force,
            configured=configured,
        )

    def aborted(self, number: int, reason: str) -> None:
        """Count a transaction that was given up."""
        self._metrics.aborted.inc()
        log.warning("transaction aborted", partition=number, reason=reason)
