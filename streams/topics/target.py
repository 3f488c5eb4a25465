"""What the topics of one namespace must be in a given cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from schemas.catalogue import TimeMode, TopicSpec
from streams.topics.observed import ObservedCluster, ObservedTopic

DEFAULT_PARTITIONS = 12
"""Partitions of every topic when nothing exists yet and nobody asks for another number."""

HEADROOM_BYTES = 65_536
"""Room that the headers of a rejected record may need beside its original bytes."""

MAIN = "sla"
"""The job that all others follow."""

SourceTimestamps = Literal["append", "create"]

Catalogue = Mapping[str, TopicSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which system is meant, and what was asked for it."""

    catalogue: Catalogue
    namespace: str
    time: TimeMode
    partitions: int | None = None
    """Partitions of every topic of the namespace; None leaves it to what exists."""
    replication: int | None = None
    """Copies of every partition; None is what the catalogue says, as far as there are brokers."""
    source_timestamps: SourceTimestamps = "append"
    """Which timestamps the workers take the source topics to carry, in live time."""

    carrier: str | None = None
    """Whole name of a carrier's topic that is taken in; None where there is none."""

    @property
    def specs(self) -> list[TopicSpec]:
        """Every topic of ours; what follows a carrier's topic is named for it, and only there when it is."""
        return [
            replace(spec, name=f"{spec.name}.{self.carrier}") if spec.follows == "carrier" else spec
            for spec in self.catalogue.values()
            if spec.follows == "namespace" or self.carrier is not None
        ]

    def names(self) -> list[str]:
        """Return the full name of every topic, that of the carrier last."""
        ours = [spec.topic(self.namespace) for spec in self.specs]
        return ours if self.carrier is None or self.carrier in ours else [*ours, self.carrier]

    def find(self, spec: TopicSpec, cluster: ObservedCluster) -> ObservedTopic | None:
        """Return the topic as it is in the cluster; None when it is missing."""
        return cluster.topics.get(spec.topic(self.namespace))

    def reference(self, cluster: ObservedCluster) -> tuple[TopicSpec, int] | None:
        """Return the topic whose partition count counts, and that count; None when no topic exists.

        Once there is state, the count under which it was written holds, that of the main job first; before that the
        sources' does.
        """
        order = {"state": 0, "input": 1, "output": 2}
        ours = [spec for spec in self.specs if spec.follows == "namespace"]
        for spec in sorted(ours, key=lambda spec: (order[spec.direction], spec.jobs != (MAIN,))):
            observed = self.find(spec, cluster)
            if observed is not None:
                return spec, observed.partitions
        return None

    def partition_count(self, cluster: ObservedCluster) -> int:
        """Return the partition count that every topic of the namespace must have."""
        reference = self.reference(cluster)
        return reference[1] if reference else self.partitions or DEFAULT_PARTITIONS

    def carriers_topic(self, cluster: ObservedCluster) -> ObservedTopic | None:
        """Return the carrier's topic as it is in the cluster; None when it is missing, or none is taken in."""
        return None if self.carrier is None else cluster.topics.get(self.carrier)

    def partitions_of(self, spec: TopicSpec, cluster: ObservedCluster) -> int | None:
        """Return the partition count that one topic must have; None while the topic that it follows is missing."""
        if spec.follows == "namespace":
            return self.partition_count(cluster)
        followed = self.carriers_topic(cluster)
        return None if followed is None else followed.partitions

    def replication_factor(self, spec: TopicSpec, cluster: ObservedCluster) -> int:
        """Return how many copies a topic is to have."""
        return self.replication or min(spec.replication, cluster.brokers)

    def settings(self, spec: TopicSpec, cluster: ObservedCluster) -> dict[str, str]:
        """Return the topic's configuration, adapted to the sources' sizes and the number of copies.

        Two copies in sync are asked for only where one more can be missing.
        """
        settings = spec.settings(self.time)
        observed = self.find(spec, cluster)
        copies = observed.replication if observed else self.replication_factor(spec, cluster)
        settings["min.insync.replicas"] = str(max(1, min(int(settings["min.insync.replicas"]), copies - 1)))
        if spec.direction != "input":
            size = max(int(settings["max.message.bytes"]), self.required_bytes(spec, cluster))
            settings["max.message.bytes"] = str(size)
        return settings

    def required_bytes(self, spec: TopicSpec, cluster: ObservedCluster) -> int:
        """Return the smallest size limit of a written topic that holds whatever the sources may carry."""
        largest = 0
        for source in self.specs:
            if source.direction == "input":
                observed = self.find(source, cluster)
                config = observed.config if observed else source.settings(self.time)
                largest = max(largest, int(config["max.message.bytes"]))
        return largest + (HEADROOM_BYTES if spec.value is None and spec.direction == "output" else 0)
