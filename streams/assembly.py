"""Where the parts are put together: the one place that knows both the core of a partition and Kafka."""

from collections.abc import Callable

from streams.assignment import Task
from streams.jobs import work_of
from streams.kafka.changelog import KafkaChangelog
from streams.kafka.connection import Connection
from streams.kafka.names import Names
from streams.kafka.producing import WriterLimits
from streams.kafka.source import PartitionSource
from streams.kafka.writer import KafkaWriter
from streams.metrics.observer import MetricsObserver
from streams.partition.core import Core
from streams.partition.job import CoreSettings
from streams.partition.lanes import TimeSource
from streams.partition.pace import TaskSettings
from streams.partition.partitioners import PARTITIONERS
from streams.partition.ports import WallClock
from streams.partition.task import PartitionTask
from streams.settings import Settings


def task_factory(
    settings: Settings,
    *,
    connection: Connection,
    names: Names,
    partitions: int,
    clock: WallClock,
    observer: MetricsObserver,
) -> Callable[[int, PartitionSource], Task]:
    """Return what makes the task of a partition, for the job that the settings name.

    It reads the policy or the mapping, once.  `partitions` is how many the topics of the namespace have.

    Raises `PolicyError` when the page is wrong.
    """
    work = work_of(settings)
    limits = WriterLimits(timeout_s=settings.transaction_timeout_ms / 1000)
    pace = TaskSettings(
        commit_interval_s=settings.commit_interval_ms / 1000,
        fenced_s=settings.session_timeout_ms / 1000,
        unit_records=work.unit_records,
        max_skew_ms=None if work.time is TimeSource.REPLAY else settings.max_clock_skew_ms,
    )

    def make(number: int, source: PartitionSource) -> Task:
        return PartitionTask(
            number,
            core=Core(work.make, _core_settings(settings, number, partitions, work.time)),
            changelog=KafkaChangelog(connection, names, number),
            writer=KafkaWriter(connection, names, number, clock=clock, limits=limits),
            source=source,
            clock=clock,
            settings=pace,
            observer=observer,
        )

    return make


def _core_settings(settings: Settings, number: int, partitions: int, time: TimeSource) -> CoreSettings:
    return CoreSettings(
        namespace=settings.namespace,
        partition=number,
        partitions=partitions,
        time=time,
        partitioner=PARTITIONERS[settings.partitioner],
        reject_window=settings.reject_window,
        reject_limit=settings.reject_ratio_limit,
        deadlines_per_unit=settings.transaction_max_decisions,
        lane_limit=settings.queue_max_records,
    )
