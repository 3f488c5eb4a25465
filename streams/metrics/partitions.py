"""Gauges read off the tasks when Prometheus asks: those of a partition vanish with it."""

import platform
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.build import is_native
from streams.metrics import catalogue
from streams.metrics.catalogue import GaugeOf
from streams.partition.task import TaskHealth


class Owned(Protocol):
    """What the worker owns now."""

    def health(self) -> Mapping[int, TaskHealth]:
        """Return the health of each partition."""

    def lags(self) -> Iterable[tuple[str, int, int]]:
        """Return topic, partition and the number of records not fetched yet."""

    def held_s(self, number: int) -> float:
        """Return for how many seconds the worker has had a partition."""

    @property
    def rebalances(self) -> int:
        """Rebalances so far."""


class PartitionCollector(Collector):
    """Looks at what is owned at this moment."""

    def __init__(self, owned: Owned, job: str) -> None:
        self._owned = owned
        self._job = job

    def collect(self) -> Iterator[Metric]:
        """Yield all gauges."""
        health = self._owned.health()
        build = (version("shipclock"), platform.python_version(), str(is_native()).lower(), self._job)
        yield _gauge(catalogue.BUILD, [(build, 1)])
        yield _gauge(catalogue.PARTITIONS, [((), len(health))])
        rebalances = catalogue.REBALANCES
        yield CounterMetricFamily(rebalances.name, rebalances.sentence, value=self._owned.rebalances)
        by_partition = [((str(number),), state) for number, state in health.items()]
        yield _gauge(catalogue.RESTORED, [(label, state.restored) for label, state in by_partition])
        yield _gauge(catalogue.PARKED, [(label, state.state == "parked") for label, state in by_partition])
        yield _gauge(catalogue.QUEUED, [(label, state.buffered) for label, state in by_partition])
        yield _gauge(
            catalogue.TIME_BEHIND,
            [((str(number),), self._behind_s(number, state)) for number, state in health.items()],
        )
        lags = [((topic, str(number)), lag) for topic, number, lag in self._owned.lags()]
        yield _gauge(catalogue.SOURCE_LAG, lags)
        gauges = [state.gauges for state in health.values()]
        yield _summed(catalogue.CLOCKS_OPEN, [gauge.get("running", {}) for gauge in gauges])
        yield _summed(catalogue.CLOCKS_OVERDUE, [gauge.get("overdue", {}) for gauge in gauges])
        yield _summed(catalogue.SHIPMENTS, [gauge.get("shipments", {}) for gauge in gauges])
        yield _summed(catalogue.FEEDS, [gauge.get("feeds", {}) for gauge in gauges])
        yield _summed(catalogue.SCORECARDS, [gauge.get("scorecards", {}) for gauge in gauges])
        skews = [abs(state.skew_ms) / 1000 for state in health.values()]
        yield _gauge(catalogue.SKEW, [((), max(skews))] if skews else [])

    def _behind_s(self, number: int, state: TaskHealth) -> float:
        """How far partition time is behind; where it is not known yet, at least since the worker has the partition."""
        return state.behind_s if state.time > 0 else self._owned.held_s(number)


def _summed(gauge: GaugeOf, counts: Iterable[Mapping[str, int]]) -> Metric:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return _gauge(gauge, [((name,), number) for name, number in sorted(total.items())])


def _gauge(gauge: GaugeOf, values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    family = GaugeMetricFamily(gauge.name, gauge.sentence, labels=gauge.labels)
    for labels, value in values:
        family.add_metric(labels, float(value))
    return family
