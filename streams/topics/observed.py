"""What a cluster has, as far as topics are concerned."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedTopic:
    """One topic as the cluster describes it."""

    partitions: int
    replication: int
    """Copies of the partition that has the fewest."""
    config: Mapping[str, str]
    """Effective configuration, defaults included."""
    ident: str | None = None
    """The cluster's id of it, which a topic of that name that is created later does not have; None where brokers are
    too old to give one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedCluster:
    """The part of a cluster that was asked for."""

    brokers: int
    topics: Mapping[str, ObservedTopic]
    """Full topic name to topic; what does not exist is left out."""
