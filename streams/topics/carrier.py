"""What is wrong with a carrier's topic, and with ours that follow it.  It is somebody else's: we only look."""

from collections.abc import Iterator

from streams.topics.finding import Finding
from streams.topics.observed import ObservedCluster, ObservedTopic
from streams.topics.target import Target


def examine_carrier(target: Target, cluster: ObservedCluster) -> Iterator[Finding]:
    """Yield what is wrong; nothing where no carrier's topic is taken in."""
    carrier = target.carrier
    if carrier is None:
        return
    observed = target.carriers_topic(cluster)
    if carrier in {spec.topic(target.namespace) for spec in target.specs}:
        yield Finding(
            severity="fatal",
            topic=carrier,
            problem="is a topic of this namespace, not a carrier's: what is written would be read again, for ever",
            remedy="name the topic that the carrier writes in SHIPCLOCK_INTAKE_TOPIC",
        )
    elif observed is None:
        yield Finding(
            severity="fatal",
            topic=carrier,
            problem="does not exist, and a carrier's topic is for its owner to create",
            remedy="create it, or give SHIPCLOCK_INTAKE_TOPIC the name that it has",
        )
    else:
        yield from _counts(target, cluster, carrier, observed)
        if "compact" in observed.config.get("cleanup.policy", ""):
            yield Finding(
                severity="advice",
                topic=carrier,
                problem="is compacted: of messages with one key, all but the last may be gone before they are read",
                remedy="cleanup.policy=delete, or let every message hold the whole history",
            )


def _counts(target: Target, cluster: ObservedCluster, carrier: str, observed: ObservedTopic) -> Iterator[Finding]:
    for spec in target.specs:
        ours = target.find(spec, cluster)
        if spec.follows != "carrier" or ours is None or ours.partitions == observed.partitions:
            continue
        topic = spec.topic(target.namespace)
        yield Finding(
            severity="fatal",
            topic=topic,
            problem=f"has {ours.partitions} partitions, {carrier} has {observed.partitions}: "
            "partition n of both belongs together",
            remedy=f"kafka-topics.sh --alter --topic {topic} --partitions {observed.partitions}"
            if ours.partitions < observed.partitions
            else f"when {carrier} was created anew, delete {topic} and apply again: it is read from its beginning",
        )
