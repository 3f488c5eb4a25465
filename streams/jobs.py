"""The jobs that a worker can do, told apart here alone: what each is called, and what it takes to do it."""

from collections.abc import Callable
from importlib.resources import as_file, files
from typing import Final, NamedTuple

from streams.kafka.names import FEEDS, SCORECARDS, SLA, JobNames, intake
from streams.mapping import Messages, load_mapping
from streams.partition.job import MakeJob
from streams.partition.judging import judging
from streams.partition.lanes import TimeSource
from streams.partition.listening import Listening
from streams.partition.pace import TaskSettings
from streams.partition.rekeying import Carrier, rekeying
from streams.partition.scoring import Scoring
from streams.settings import Settings
from streams.sla.policy import Policy, load_policy

DEFAULT_POLICY = "express.yaml"
UNIT_OF_MESSAGES: Final = 1_000
"""Messages of a carrier in a unit of work: each may hold the whole history of a parcel."""


class Work(NamedTuple):
    """What it takes to do a job at any partition."""

    make: MakeJob
    time: TimeSource
    """Whose time its records carry."""
    unit_records: int = TaskSettings().unit_records


class Kind(NamedTuple):
    """One kind of job."""

    names: Callable[[Settings], JobNames]
    work: Callable[[Settings], Work]
    """Raises `PolicyError` when the page that the settings name is wrong."""


def names_of(settings: Settings) -> JobNames:
    """Return what the job that the settings name is called, and what it reads and keeps."""
    return KINDS[settings.job].names(settings)


def work_of(settings: Settings) -> Work:
    """Return what it takes to do the job that the settings name.  Reads its policy or mapping, once.

    Raises `PolicyError` when that is wrong.
    """
    return KINDS[settings.job].work(settings)


def policy_of(settings: Settings) -> Policy:
    """Return the policy that the settings name, or the one that comes with Shipclock.

    Raises `PolicyError`.
    """
    if settings.policy is not None:
        return load_policy(settings.policy)
    with as_file(files("streams") / "policies" / DEFAULT_POLICY) as file:
        return load_policy(file)


def _judging(settings: Settings) -> Work:
    time = TimeSource.REPLAY if settings.time == "replay" else TimeSource(settings.source_timestamps)
    live = time is not TimeSource.REPLAY  # silence is told while it lasts, or not at all
    return Work(judging(policy_of(settings), copies=settings.outcomes_by_customer, sightings=live), time)


def _scoring(settings: Settings) -> Work:
    del settings
    return Work(Scoring, TimeSource.APPEND)  # its source is a topic of ours, which has append time whoever reads what


def _listening(settings: Settings) -> Work:
    del settings
    return Work(Listening, TimeSource.APPEND)  # likewise


def _intake_names(settings: Settings) -> JobNames:
    return intake(settings.intake_topic or "")


def _rekeying(settings: Settings) -> Work:
    messages = Messages(load_mapping(settings.intake_mapping or ""))
    carrier = Carrier(settings.intake_topic or "", messages, replay=settings.time == "replay")
    return Work(rekeying(carrier), TimeSource.UNTIMED, UNIT_OF_MESSAGES)


KINDS: Final = {
    "sla": Kind(lambda _: SLA, _judging),
    "scorecards": Kind(lambda _: SCORECARDS, _scoring),
    "feeds": Kind(lambda _: FEEDS, _listening),
    "intake": Kind(_intake_names, _rekeying),
}
"""By the setting `job`."""
