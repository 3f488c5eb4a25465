"""Where the parts are put together: the one place that knows both the core of a partition and Kafka."""

from collections.abc import Callable
from typing import Any

from streams.assignment import Task
from streams.kafka.changelog import KafkaChangelog
from streams.kafka.connection import Connection
from streams.kafka.names import Names
from streams.kafka.source import PartitionSource
from streams.kafka.writer import KafkaWriter, WriterLimits
from streams.metrics.observer import MetricsObserver
from streams.partition.ports import WallClock
from streams.settings import Settings


def task_factory(
    settings: Settings,
    connection: Connection,
    names: Names,
    partitions: int,
    clock: WallClock,
    observer: MetricsObserver,
) -> Callable[[int, PartitionSource], Task]:
    """Return what makes the task of a partition.  Reads the policy once.

    Raises `PolicyError` when the policy is wrong.
    """
    limits = WriterLimits(timeout_s=settings.transaction_timeout_ms / 1000)

    def make(number: int, source: PartitionSource) -> Task:
        ports: dict[str, Any] = {
            "changelog": KafkaChangelog(connection, names, number),
            "writer": KafkaWriter(connection, names, number, clock=clock, limits=limits),
            "source": source,
            "clock": clock,
            "observer": observer,
        }
        raise NotImplementedError(f"partition {number} of {partitions} has no task yet: {sorted(ports)}")

    return make
