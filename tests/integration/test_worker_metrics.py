"""What a running worker tells about itself: metrics, health and logs."""

import asyncio
import re
import shutil
import subprocess
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.parser import text_string_to_metric_families

from streams.demo.conditions import holds, holds_within
from streams.demo.workers import Worker
from streams.embedded import EmbeddedKafka
from streams.metrics import catalogue
from streams.metrics.catalogue import Catalogue, GaugeOf
from tests.integration.stage import WITHIN_S, Sent, Stage, ask, events, registration, scan, tick

PARTITIONS = 2
MINUTE = 60_000
HOUR = 60 * MINUTE
BEGAN = 1_790_000_000_000
END = BEGAN + 12 * HOUR

POLICY = """
policy: stage
version: "1"
clocks:
  - {name: delivery, from: accepted, until: delivered, within: PT1H}
  - {name: promised, from: registered, until: delivered, due: promised}
"""

TAKEN = {
    "met 1": 10 * MINUTE,
    "met 2": 30 * MINUTE,
    "met 3": 60 * MINUTE,
    "missed by 10 minutes": 70 * MINUTE,
    "missed by 5 hours": 6 * HOUR,
    "overdue 1": None,
    "overdue 2": None,
}
"""How long delivery took, in milliseconds; None for those that never arrive."""


def known_input() -> list[Sent]:
    records = []
    for shipment, took in TAKEN.items():
        records += [registration(shipment, BEGAN, stamp=BEGAN), scan(shipment, "accepted", BEGAN, stamp=BEGAN)]
        if took is not None:
            records.append(scan(shipment, "delivered", BEGAN + took, stamp=BEGAN + took))
    late = END - 10 * MINUTE
    records += [
        registration("running", late, stamp=late),
        scan("running", "accepted", late, stamp=late),
        scan("running", "accepted", late, stamp=late),
        scan("running", "teleported", late, stamp=late),
        scan("unregistered", "accepted", late, stamp=late),
        Sent("parcel-scans", b"running", b"{", at=late),
    ]
    records.sort(key=lambda record: record.at or 0)
    return records + [tick(partition, END) for partition in range(PARTITIONS)]


@dataclass
class Shown:
    """What one run has shown."""

    exposition: str = ""
    before: list[tuple[int, int, int]] = field(default_factory=list)
    """Status of /healthz, /readyz and /metrics, again and again from the first answer to readiness."""
    alone: set[str] = field(default_factory=set)
    """Partitions in the metrics of the only worker."""
    shared: list[set[str]] = field(default_factory=list)
    """The same of two workers."""
    events: list[dict[str, Any]] = field(default_factory=list)
    log: str = ""


def families(text: str) -> dict[str, Metric]:
    """By the names that promtool sees: a counter's ends in `_total`."""
    return {
        f"{family.name}_total" if family.type == "counter" else family.name: family
        for family in text_string_to_metric_families(text)
    }


def value(text: str, name: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None


def partitions(text: str) -> set[str]:
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {sample.labels["partition"] for sample in samples if "partition" in sample.labels}


async def exposition(worker: Worker) -> str:
    status, text = await ask(worker, "/metrics")
    assert status == 200
    return text


@pytest.fixture(scope="module")
def shown(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """One worker from its start over a known input to its end; a second one joins meanwhile."""
    directory = tmp_path_factory.mktemp("metrics")
    namespace = f"test-{uuid.uuid4().hex[:12]}"
    stage = Stage(kafka.bootstrap_servers, namespace, directory, POLICY, PARTITIONS, time="replay")
    found = Shown()

    async def life(first: Worker, second: Worker) -> None:
        first.start()
        await holds(lambda: first.port is not None)

        async def ready() -> bool:
            found.before.append(tuple([(await ask(first, path))[0] for path in ("/healthz", "/readyz", "/metrics")]))  # type: ignore[arg-type]
            return found.before[-1][1] == 200

        await holds_within(WITHIN_S, "the worker is ready", ready)
        records = known_input()
        await stage.send(records)
        await stage.committed(Counter(record.topic for record in records))

        async def counted() -> bool:
            found.exposition = await exposition(first)
            read = [value(found.exposition, "shipclock_records_read_total", topic=topic) for topic in catalogue_topics]
            return sum(count or 0 for count in read) == len(records)

        catalogue_topics = ("shipments", "parcel-scans", "control")
        await holds_within(WITHIN_S, "all is counted", counted)
        found.alone = partitions(found.exposition)
        second.start()
        await stage.ready(first, second)
        found.shared = [partitions(await exposition(worker)) for worker in (first, second)]
        assert await second.stop() == 0
        await stage.ready(first)
        assert await first.stop() == 0
        found.events, found.log = events(first), first.log.read_text(encoding="utf-8")

    async def scenario() -> None:
        await stage.create()
        first, second = stage.worker(), stage.worker("worker-2")
        try:
            async with asyncio.timeout(3 * WITHIN_S):
                await life(first, second)
        finally:
            first.kill()
            second.kill()

    asyncio.run(scenario())
    return found


def test_every_metric_of_the_catalogue_is_there(shown: Shown) -> None:
    registry = CollectorRegistry()
    Catalogue(registry)
    counted = {f"{family.name}_total" if family.type == "counter" else family.name for family in registry.collect()}
    gauges = {item.name for item in vars(catalogue).values() if isinstance(item, GaugeOf)}
    assert families(shown.exposition).keys() == counted | gauges


@pytest.mark.parametrize(
    ("name", "labels", "expected"),
    [
        ("shipclock_clocks_opened_total", {"clock": "delivery"}, 8),
        ("shipclock_outcomes_total", {"clock": "delivery", "verdict": "met"}, 3),
        ("shipclock_outcomes_total", {"clock": "delivery", "verdict": "missed"}, 2),
        ("shipclock_lateness_seconds_count", {"clock": "delivery"}, 2),
        ("shipclock_lateness_seconds_sum", {"clock": "delivery"}, 5 * 3600 + 600),
        ("shipclock_lateness_seconds_bucket", {"clock": "delivery", "le": "300.0"}, 0),
        ("shipclock_lateness_seconds_bucket", {"clock": "delivery", "le": "900.0"}, 1),
        ("shipclock_lateness_seconds_bucket", {"clock": "delivery", "le": "14400.0"}, 1),
        ("shipclock_lateness_seconds_bucket", {"clock": "delivery", "le": "43200.0"}, 2),
        ("shipclock_decisions_total", {"topic": "breach-alerts", "kind": "opened"}, 4),
        ("shipclock_decisions_total", {"topic": "breach-alerts", "kind": "resolved"}, 2),
        ("shipclock_decisions_total", {"topic": "sla-outcomes", "kind": "missed"}, 2),
        ("shipclock_rejects_total", {"topic": "parcel-scans", "reason": "not-json"}, 1),
        ("shipclock_flags_total", {"flag": "unknown-code"}, 1),
        ("shipclock_scans_total", {}, 17),
        ("shipclock_records_read_total", {"topic": "shipments"}, 8),
        ("shipclock_records_read_total", {"topic": "control"}, 2),
        ("shipclock_clocks_open", {"clock": "delivery"}, 3),
        ("shipclock_clocks_overdue", {"clock": "delivery"}, 2),
        ("shipclock_shipments", {"phase": "open"}, 3),
        ("shipclock_shipments", {"phase": "closed"}, 5),
        ("shipclock_shipments", {"phase": "orphan"}, 1),
        ("shipclock_partitions_owned", {}, 2),
        ("shipclock_partition_restored", {"partition": "0"}, 1),
        ("shipclock_partition_parked", {"partition": "1"}, 0),
        ("shipclock_queued_records", {"partition": "1"}, 0),
        ("shipclock_transactions_aborted_total", {}, 0),
        ("shipclock_parkings_total", {}, 0),
        ("shipclock_restore_seconds_count", {}, 2),
    ],
)
def test_a_metric_has_the_value_that_follows_from_the_input(
    shown: Shown, name: str, labels: Mapping[str, str], expected: float
) -> None:
    assert value(shown.exposition, name, **labels) == expected


def test_a_clock_that_nobody_was_promised_is_not_counted(shown: Shown) -> None:
    assert value(shown.exposition, "shipclock_clocks_opened_total", clock="promised") is None


def test_transactions_are_measured(shown: Shown) -> None:
    transactions = value(shown.exposition, "shipclock_transaction_seconds_count")
    assert transactions is not None
    assert transactions > 0
    assert value(shown.exposition, "shipclock_transaction_records_sum") == 8 + 17 + 2
    assert value(shown.exposition, "shipclock_transaction_records_count") == transactions


def test_gauges_of_a_partition_move_with_it(shown: Shown) -> None:
    assert shown.alone == {"0", "1"}
    assert sorted(map(sorted, shown.shared)) == [["0"], ["1"]]


def test_it_is_alive_from_the_first_answer_and_ready_when_its_partitions_are_restored(shown: Shown) -> None:
    assert {alive for alive, _, _ in shown.before} == {200}
    assert {metrics for _, _, metrics in shown.before} == {200}
    assert [ready for _, ready, _ in shown.before] == [503] * (len(shown.before) - 1) + [200]
    assert len(shown.before) > 1


def test_logs_are_json_with_one_event_per_fact_and_no_line_per_scan(shown: Shown) -> None:
    assert [event for event in shown.events if event["level"] == "plain"] == []
    own = [
        event for event in shown.events if event["logger"] in {"streams.http", "streams.assignment", "streams.worker"}
    ]
    rebalances = 3  # the first one, another worker joins, another worker leaves
    assert Counter(event["event"] for event in own) == {
        "listening": 1,
        "partitions assigned": rebalances,
        "started": 1,
        "ending": 1,
        "left the group": 1,
    }
    restored = [event for event in shown.events if event["event"] == "partition restored"]
    assert [event["partition"] for event in restored[:2]] in ([0, 1], [1, 0])
    assert all(event["timestamp"].endswith("Z") for event in shown.events)
    assert not [shipment for shipment in TAKEN if shipment in shown.log]


NOT_BASE_UNITS = (
    "milliseconds|microseconds|nanoseconds|minutes|hours|days|weeks|kilobytes|megabytes|percent|ms|sec|kb|mb"
)
CAMEL = re.compile("[a-z][A-Z]")


def complaints(found: Mapping[str, Metric]) -> Iterator[str]:
    """What promtool's `check metrics` would say."""
    for name, family in found.items():
        labels = {label for sample in family.samples for label in sample.labels}
        if not family.documentation:
            yield f"{name} has no help text"
        if name.endswith("_total") != (family.type == "counter"):
            yield f"{name}: counters, and only they, end in _total"
        if re.search(f"_({NOT_BASE_UNITS})(_|$)", name):
            yield f"{name} does not use a base unit"
        if re.search(r"_(counter|gauge|histogram|summary)(_|$)", name):
            yield f"{name} has its type in its name"
        if name.endswith(("_count", "_sum", "_bucket")) or ":" in name or CAMEL.search(name):
            yield f"{name} is reserved or oddly spelt"
        if ("le" in labels) != (family.type == "histogram") or "quantile" in labels or any(map(CAMEL.search, labels)):
            yield f"{name} has labels that are reserved or oddly spelt"
        series = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in family.samples]
        if len(set(series)) < len(series):
            yield f"{name} tells a series twice"


def test_names_and_labels_keep_to_the_rules_of_prometheus(shown: Shown) -> None:
    assert list(complaints(families(shown.exposition))) == []


def test_labels_are_bounded(shown: Shown) -> None:
    allowed = {"clock", "verdict", "topic", "kind", "reason", "flag", "partition", "phase", "le"}
    allowed |= {"version", "python", "native", "job"}
    found = families(shown.exposition).values()
    assert {label for family in found for sample in family.samples for label in sample.labels} == allowed
    values = {text for family in found for sample in family.samples for text in sample.labels.values()}
    assert not values & {*TAKEN, "running", "unregistered", "customer"}


def test_promtool_where_there_is_one_has_nothing_to_say(shown: Shown) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        return  # the rules it applies have been tested above
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=shown.exposition, text=True, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
