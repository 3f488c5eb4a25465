import shutil
import subprocess
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from streams.metrics.catalogue import Catalogue
from streams.metrics.observer import MetricsObserver
from streams.metrics.partitions import PartitionCollector
from streams.partition.ports import Tally
from streams.partition.task import TaskHealth

TALLY = Tally(
    scans=9,
    records={"parcel-scans": 9, "shipments": 1},
    opened={"pickup": 2},
    outcomes={("pickup", "missed"): 1},
    lateness_s=[("pickup", 90.0)],
    decisions={("breach-alerts", "opened"): 1},
    rejects={("parcel-scans", "too-late"): 3},
    flags={"unknown-code": 1},
)


class Owned:
    rebalances = 4

    def __init__(self) -> None:
        self.numbers = [0, 1]
        self.time = 1_000

    def health(self) -> Mapping[int, TaskHealth]:
        return {
            number: TaskHealth(
                state="parked" if number else "running",
                detail="",
                restored=not number,
                time=self.time,
                behind_s=0.25,
                buffered=7,
                restore_s=1.0,
                gauges={"running": {"pickup": 3}, "overdue": {"pickup": 1}, "shipments": {"open": 2}},
                skew_ms=-40,
            )
            for number in self.numbers
        }

    def held_s(self, number: int) -> float:
        return 30.0 + number

    def lags(self) -> Iterable[tuple[str, int, int]]:
        return [("parcel-scans", number, 11) for number in self.numbers]


def exposed() -> tuple[CollectorRegistry, Owned]:
    registry, owned = CollectorRegistry(), Owned()
    observer = MetricsObserver(Catalogue(registry))
    registry.register(PartitionCollector(owned, "sla"))
    observer.committed(0, TALLY, transaction_s=0.03, records=10)
    observer.restored(0, entries=100, seconds=0.5)
    observer.parked(1, "rejects")
    observer.aborted(1, "no broker")
    return registry, owned


def test_a_committed_tally_is_counted() -> None:
    registry, _ = exposed()
    value = registry.get_sample_value
    assert value("shipclock_scans_total") == 9
    assert value("shipclock_records_read_total", {"topic": "shipments"}) == 1
    assert value("shipclock_outcomes_total", {"clock": "pickup", "verdict": "missed"}) == 1
    assert value("shipclock_lateness_seconds_bucket", {"clock": "pickup", "le": "300.0"}) == 1
    assert value("shipclock_rejects_total", {"topic": "parcel-scans", "reason": "too-late"}) == 3
    assert value("shipclock_transactions_aborted_total") == 1


def test_gauges_sum_over_partitions_and_vanish_with_them() -> None:
    registry, owned = exposed()
    value = registry.get_sample_value
    assert value("shipclock_clocks_open", {"clock": "pickup"}) == 6
    assert value("shipclock_partition_parked", {"partition": "1"}) == 1
    assert value("shipclock_rebalances_total") == 4
    assert value("shipclock_clock_skew_seconds") == 0.04
    owned.numbers = [0]
    assert value("shipclock_partition_parked", {"partition": "1"}) is None
    assert value("shipclock_source_lag_records", {"topic": "parcel-scans", "partition": "1"}) is None
    assert value("shipclock_clocks_open", {"clock": "pickup"}) == 3


def test_a_partition_whose_time_is_not_known_is_behind_since_the_worker_has_it() -> None:
    registry, owned = exposed()
    assert registry.get_sample_value("shipclock_partition_time_behind_seconds", {"partition": "1"}) == 0.25
    owned.time = 0
    assert registry.get_sample_value("shipclock_partition_time_behind_seconds", {"partition": "1"}) == 31.0


def test_names_follow_the_conventions() -> None:
    registry, _ = exposed()
    text = generate_latest(registry).decode()
    for family in text_string_to_metric_families(text):
        assert family.name.startswith("shipclock_")
        assert family.documentation.endswith(".")
        assert not family.name.endswith(("_count", "_sum", "_bucket"))
        if family.type != "counter":
            assert not family.name.endswith("_total")
    promtool = shutil.which("promtool")
    if promtool is not None:
        checked = subprocess.run(
            [promtool, "check", "metrics"], input=text, text=True, capture_output=True, check=False
        )
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
