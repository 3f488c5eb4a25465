"""The check before a worker starts: it refuses topics on which its state would be corrupted."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from schemas.catalogue import TimeMode, load_catalogue
from streams.errors import NotAllowed, TopicMismatch
from streams.topics.cluster import TopicCluster
from streams.topics.connection import connected
from streams.topics.findings import examine
from streams.topics.granted import examine_rights
from streams.topics.report import in_one_line
from streams.topics.target import MAIN, SourceTimestamps, Target


class Found(NamedTuple):
    """What a worker has to know of the topics."""

    partitions: int
    """Of every topic of the namespace."""
    job_partitions: int
    """Of the topics that the job reads, and of its state; another number for a carrier's topic."""
    ids: Mapping[str, str]
    """The cluster's ids of topics, by full name; of none from brokers that are too old."""


async def verify(
    bootstrap_servers: str,
    namespace: str,
    time: TimeMode,
    options: Mapping[str, Any] | None = None,
    source_timestamps: SourceTimestamps = "append",
    *,
    job: str = MAIN,
    carrier: str | None = None,
    rights: Mapping[str, Collection[str]] | None = None,
) -> Found:
    """Return what there is of the topics that a job reads and writes.

    `carrier` is the whole name of a carrier's topic that the job takes in, `options` are further keyword arguments of
    aiokafka's clients, `rights` are the operations that must be allowed on topics, by their full names.  Takes a
    fraction of a second and never creates or changes anything.

    Raises `TopicMismatch` with every fatal finding and its remedy, in one line, `NotAllowed` likewise where a right is
    missing, and `KafkaUnavailable` when no broker answers within seconds.
    """
    catalogue = {name: spec for name, spec in load_catalogue().items() if job in spec.jobs}
    target = Target(
        catalogue=catalogue, namespace=namespace, time=time, source_timestamps=source_timestamps, carrier=carrier
    )
    async with connected(bootstrap_servers, options or {}) as client:
        forbidden = await examine_rights(client, rights) if rights else []
        if forbidden:
            raise NotAllowed(in_one_line(forbidden))
        cluster = await TopicCluster(client).describe(target.names())
    fatal = [finding for finding in examine(target, cluster) if finding.severity == "fatal"]
    if fatal:
        raise TopicMismatch(in_one_line(fatal))
    count = target.partition_count(cluster)
    followed = target.carriers_topic(cluster)
    return Found(
        partitions=count,
        job_partitions=count if followed is None else followed.partitions,
        ids={name: topic.ident for name, topic in cluster.topics.items() if topic.ident is not None},
    )
