"""Where the parts are put together: the one place that knows both the core of a partition and Kafka."""

from collections.abc import Callable
from importlib.resources import as_file, files

from streams.assignment import Task
from streams.kafka.changelog import KafkaChangelog
from streams.kafka.connection import Connection
from streams.kafka.names import FEEDS, SCORECARDS, Names
from streams.kafka.producing import WriterLimits
from streams.kafka.source import PartitionSource
from streams.kafka.writer import KafkaWriter
from streams.metrics.observer import MetricsObserver
from streams.partition.core import Core
from streams.partition.job import CoreSettings, MakeJob
from streams.partition.judging import judging
from streams.partition.lanes import TimeSource
from streams.partition.listening import Listening
from streams.partition.pace import TaskSettings
from streams.partition.partitioners import PARTITIONERS
from streams.partition.ports import WallClock
from streams.partition.scoring import Scoring
from streams.partition.task import PartitionTask
from streams.settings import Settings
from streams.sla.policy import Policy, load_policy

DEFAULT_POLICY = "express.yaml"


def task_factory(
    settings: Settings,
    *,
    connection: Connection,
    names: Names,
    partitions: int,
    clock: WallClock,
    observer: MetricsObserver,
) -> Callable[[int, PartitionSource], Task]:
    """Return what makes the task of a partition, for the job that the settings name.  Reads the policy, once.

    Raises `PolicyError` when the policy is wrong.
    """
    make_job, time = _job(settings)
    limits = WriterLimits(timeout_s=settings.transaction_timeout_ms / 1000)
    pace = TaskSettings(
        commit_interval_s=settings.commit_interval_ms / 1000,
        fenced_s=settings.session_timeout_ms / 1000,
        max_skew_ms=None if time is TimeSource.REPLAY else settings.max_clock_skew_ms,
    )

    def make(number: int, source: PartitionSource) -> Task:
        return PartitionTask(
            number,
            core=Core(make_job, _core_settings(settings, number, partitions, time)),
            changelog=KafkaChangelog(connection, names, number),
            writer=KafkaWriter(connection, names, number, clock=clock, limits=limits),
            source=source,
            clock=clock,
            settings=pace,
            observer=observer,
        )

    return make


def policy_of(settings: Settings) -> Policy:
    """Return the policy that the settings name, or the one that comes with Shipclock.

    Raises `PolicyError`.
    """
    if settings.policy is not None:
        return load_policy(settings.policy)
    with as_file(files("streams") / "policies" / DEFAULT_POLICY) as file:
        return load_policy(file)


def _job(settings: Settings) -> tuple[MakeJob, TimeSource]:
    """Return what makes the job at a partition, and whose time its records carry."""
    if settings.job == SCORECARDS.name:
        return Scoring, TimeSource.APPEND  # its source is a topic of ours, which has append time whoever reads what
    if settings.job == FEEDS.name:
        return Listening, TimeSource.APPEND  # likewise
    time = TimeSource.REPLAY if settings.time == "replay" else TimeSource(settings.source_timestamps)
    live = time is not TimeSource.REPLAY  # silence is told while it lasts, or not at all
    return judging(policy_of(settings), copies=settings.outcomes_by_customer, sightings=live), time


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
