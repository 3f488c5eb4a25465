"""The rights that a job needs, and what it means that the brokers refuse one."""

from typing import Final

from aiokafka.errors import (
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

from schemas.catalogue import load_catalogue
from streams.errors import not_granted
from streams.kafka.names import SLA, Names
from streams.partition.outputs import BY_CUSTOMER

READ: Final = "Read"
WRITE: Final = "Write"
DESCRIBE_CONFIGS: Final = "DescribeConfigs"
POLICIES: Final = "policies"
"""The archive of all policies that were published: no worker reads or writes it."""


def of_worker(names: Names, job: str, *, copies: bool) -> dict[str, frozenset[str]]:
    """Return what the worker of a job does to topics, by their full names.

    `copies` says whether the main job writes outcomes by customer, too.
    """
    rights = {names.topic(short): frozenset({READ}) for short in names.job.sources}
    rights[names.topic(names.job.state)] = frozenset({READ, WRITE})
    for spec in load_catalogue().values():
        idle = spec.name == POLICIES or (job == SLA.name and spec.name == BY_CUSTOMER and not copies)
        if job in spec.jobs and spec.follows == "namespace" and not idle:
            rights.setdefault(names.topic(spec.name), frozenset({WRITE}))
    return rights


def refused(error: Exception, operation: str, *, group: str = "", transactional_id: str = "") -> str | None:
    """Say which right is missing where that is why the brokers refuse; None where it is not.

    `operation` is what was tried with topics; the others are what was used.
    """
    if isinstance(error, TopicAuthorizationFailedError):
        return not_granted(operation, "topic", ", ".join(_topics(error)))
    if isinstance(error, GroupAuthorizationFailedError):
        return not_granted(READ, "group", group)
    if isinstance(error, TransactionalIdAuthorizationFailed):
        return not_granted(f"{WRITE} and Describe", "transactional id", transactional_id)
    return None


def refused_to_worker(error: Exception, names: Names, partition: int) -> str | None:
    """Say the same of what a worker was refused: it reads its sources, and writes to all other topics."""
    sources = {names.topic(short) for short in names.job.sources}
    reads = isinstance(error, TopicAuthorizationFailedError) and sources.issuperset(_topics(error))
    transactional_id = names.transactional_id(partition)
    return refused(error, READ if reads else WRITE, group=names.group, transactional_id=transactional_id)


def _topics(error: TopicAuthorizationFailedError) -> list[str]:
    """Return the topics that an error is about: aiokafka names one, or several, where it knows them."""
    told = error.args[0] if error.args else ()
    return [told] if isinstance(told, str) else sorted(told)
