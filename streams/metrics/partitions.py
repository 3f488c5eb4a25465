"""Gauges read off the tasks when Prometheus asks: those of a partition vanish with it."""

import platform
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.metrics import catalogue
from streams.metrics.catalogue import GaugeOf


class Health(Protocol):
    """What a partition task says of itself."""

    @property
    def restored(self) -> bool: ...
    @property
    def parked(self) -> str | None:
        """Why it stopped."""

    @property
    def behind_s(self) -> float | None:
        """Partition time behind the wall clock, seconds; None while there is no partition time."""

    @property
    def queued(self) -> int:
        """Records that wait."""

    @property
    def open_clocks(self) -> Mapping[str, int]: ...
    @property
    def overdue_clocks(self) -> Mapping[str, int]: ...


class Owned(Protocol):
    """What the worker owns now."""

    def health(self) -> Mapping[int, Health]:
        """Return the health of each partition."""

    def lags(self) -> Iterable[tuple[str, int, int]]:
        """Return topic, partition and the number of records not fetched yet."""

    @property
    def rebalances(self) -> int: ...


class PartitionCollector(Collector):
    """Looks at what is owned at this moment."""

    def __init__(self, owned: Owned) -> None:
        self._owned = owned

    def collect(self) -> Iterator[Metric]:
        health = self._owned.health()
        yield _gauge(catalogue.BUILD, [((version("shipclock"), platform.python_version()), 1)])
        yield _gauge(catalogue.PARTITIONS, [((), len(health))])
        rebalances = catalogue.REBALANCES
        yield CounterMetricFamily(rebalances.name, rebalances.sentence, value=self._owned.rebalances)
        by_partition = [((str(number),), state) for number, state in health.items()]
        yield _gauge(catalogue.RESTORED, [(label, state.restored) for label, state in by_partition])
        yield _gauge(catalogue.PARKED, [(label, state.parked is not None) for label, state in by_partition])
        yield _gauge(catalogue.QUEUED, [(label, state.queued) for label, state in by_partition])
        yield _gauge(
            catalogue.TIME_BEHIND,
            [(label, state.behind_s) for label, state in by_partition if state.behind_s is not None],
        )
        lags = [((topic, str(number)), lag) for topic, number, lag in self._owned.lags()]
        yield _gauge(catalogue.SOURCE_LAG, lags)
        yield _by_clock(catalogue.CLOCKS_OPEN, [state.open_clocks for state in health.values()])
        yield _by_clock(catalogue.CLOCKS_OVERDUE, [state.overdue_clocks for state in health.values()])


def _by_clock(gauge: GaugeOf, counts: Iterable[Mapping[str, int]]) -> Metric:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return _gauge(gauge, [((clock,), number) for clock, number in sorted(total.items())])


def _gauge(gauge: GaugeOf, values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    family = GaugeMetricFamily(gauge.name, gauge.sentence, labels=gauge.labels)
    for labels, value in values:
        family.add_metric(labels, float(value))
    return family
