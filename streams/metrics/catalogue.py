"""Every metric, with a sentence each.

Counters and histograms move when a transaction has been committed, and only then.  Labels are bounded: clocks and kinds
come from the policy and the contract, partitions are those that this worker owns.
"""

from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram

MINUTE, HOUR, DAY = 60, 3_600, 86_400


class Catalogue:
    """The metrics that are counted, in a registry of their own."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # Timeliness
        self.clocks_opened = Counter(
            "shipclock_clocks_opened_total", "Clocks that started to run.", ["clock"], registry=registry
        )
        self.outcomes = Counter(
            "shipclock_outcomes_total",
            "Verdicts, by clock and verdict; a corrected verdict counts again.",
            ["clock", "verdict"],
            registry=registry,
        )
        self.lateness = Histogram(
            "shipclock_lateness_seconds",
            "How long after its deadline a missed clock stopped.",
            ["clock"],
            buckets=(MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY),
            registry=registry,
        )
        # Engine
        self.records_read = Counter(
            "shipclock_records_read_total",
            "Records read from the source topics, rejected ones too.",
            ["topic"],
            registry=registry,
        )
        self.scans = Counter("shipclock_scans_total", "Scans read, rejected ones too.", registry=registry)
        self.decisions = Counter(
            "shipclock_decisions_total", "Records written to output topics.", ["topic", "kind"], registry=registry
        )
        self.rejects = Counter(
            "shipclock_rejects_total", "Records that could not be used.", ["topic", "reason"], registry=registry
        )
        self.flags = Counter(
            "shipclock_flags_total", "Records accepted in spite of something odd.", ["flag"], registry=registry
        )
        self.transaction_seconds = Histogram(
            "shipclock_transaction_seconds",
            "Duration of a transaction, from its first send to the acknowledged commit.",
            buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
            registry=registry,
        )
        self.transaction_records = Histogram(
            "shipclock_transaction_records",
            "Source records of one transaction.",
            buckets=(0, 1, 10, 100, 1_000, 3_000, 10_000, 30_000),
            registry=registry,
        )
        self.aborted = Counter(
            "shipclock_transactions_aborted_total",
            "Transactions that were given up; their partition restores itself.",
            registry=registry,
        )
        self.restore_seconds = Histogram(
            "shipclock_restore_seconds",
            "Time a partition took to read its state.",
            buckets=(0.1, 0.3, 1, 3, 10, 30, 100),
            registry=registry,
        )
        self.restored_entries = Counter(
            "shipclock_restored_entries_total", "State records read to restore partitions.", registry=registry
        )
        self.parked = Counter(
            "shipclock_parkings_total", "Times that a partition stopped because of its own data.", registry=registry
        )


class GaugeOf(NamedTuple):
    """A gauge that is read off the worker when it is asked for."""

    name: str
    sentence: str
    labels: tuple[str, ...] = ()


CLOCKS_OPEN = GaugeOf("shipclock_clocks_open", "Clocks that run now, in the partitions of this worker.", ("clock",))
CLOCKS_OVERDUE = GaugeOf("shipclock_clocks_overdue", "Clocks that run now and are past their deadline.", ("clock",))
FEEDS = GaugeOf("shipclock_feeds", "Facilities that are listened to, by whether they speak.", ("state",))
SCORECARDS = GaugeOf("shipclock_scorecards", "Scorecards kept, by length of their period.", ("period",))
SHIPMENTS = GaugeOf("shipclock_shipments", "Shipments kept, by phase of their life.", ("phase",))
SKEW = GaugeOf("shipclock_clock_skew_seconds", "Largest difference between this worker's clock and the brokers' seen.")
SOURCE_LAG = GaugeOf("shipclock_source_lag_records", "Records not fetched yet.", ("topic", "partition"))
QUEUED = GaugeOf("shipclock_queued_records", "Records fetched that wait for the partition task.", ("partition",))
TIME_BEHIND = GaugeOf(
    "shipclock_partition_time_behind_seconds",
    "How far partition time is behind the clock of the worker; deadlines fire that much later.",
    ("partition",),
)
RESTORED = GaugeOf("shipclock_partition_restored", "1 when the partition's state has been read.", ("partition",))
PARKED = GaugeOf(
    "shipclock_partition_parked", "1 when the partition has stopped because of its own data.", ("partition",)
)
PARTITIONS = GaugeOf("shipclock_partitions_owned", "Partitions that this worker owns.")
REBALANCES = GaugeOf("shipclock_rebalances_total", "Rebalances of the group that this worker took part in.")
BUILD = GaugeOf(
    "shipclock_build_info", "Always 1; the labels say what is running.", ("version", "python", "native", "job")
)
