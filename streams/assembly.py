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
from streams.topics.check import Found


def task_factory(
    settings: Settings,
    *,
    connection: Connection,
    names: Names,
    topics: Found,
    clock: WallClock,
    observer: MetricsObserver,
) -> Callable[[int, PartitionSource], Task]:
    """Return what makes the task of a partition, for the job that the settings name.

    It reads the policy or the mapping, once.

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
            core=Core(work.make, _core_settings(settings, names, number, topics, work.time)),
            changelog=KafkaChangelog(connection, names, number),
            writer=KafkaWriter(connection, names, number, clock=clock, limits=limits),
            source=source,
            clock=clock,
            settings=pace,
            observer=observer,
        )

    return make


def _core_settings(settings: Settings, names: Names, number: int, topics: Found, time: TimeSource) -> CoreSettings:
    full = {short: names.topic(short) for short in names.job.sources}
    return CoreSettings(
        namespace=settings.namespace,
        partition=number,
        partitions=topics.partitions,
        time=time,
        partitioner=PARTITIONERS[settings.partitioner],
        reject_window=settings.reject_window,
        reject_limit=settings.reject_ratio_limit,
        deadlines_per_unit=settings.transaction_max_decisions,
        lane_limit=settings.queue_max_records,
        topic_ids={short: topics.ids[name] for short, name in full.items() if name in topics.ids},
    )
