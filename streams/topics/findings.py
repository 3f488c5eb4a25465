"""What is wrong with the topics of a namespace: pure, from what a cluster was seen to have."""

from collections.abc import Iterator

from schemas.catalogue import TopicSpec
from streams.topics.carrier import examine_carrier
from streams.topics.finding import Finding
from streams.topics.observed import ObservedCluster, ObservedTopic
from streams.topics.rules import reason, satisfied, severity
from streams.topics.target import Target


def examine(target: Target, cluster: ObservedCluster) -> list[Finding]:
    """Return what is wrong, the fatal first, else in the order of the catalogue."""
    findings = [*_partitions_asked(target, cluster), *_copies(target, cluster), *examine_carrier(target, cluster)]
    for spec in target.specs:
        observed = target.find(spec, cluster)
        if target.partitions_of(spec, cluster) is None:
            continue  # what is to be done about the carrier's topic comes first
        if observed is None:
            findings.append(
                Finding(
                    severity="fatal",
                    topic=spec.topic(target.namespace),
                    problem="does not exist",
                    remedy=apply_command(target),
                )
            )
        else:
            findings += _partition_count(target, cluster, spec, observed)
            findings += _configuration(target, cluster, spec, observed)
    return sorted(findings, key=lambda finding: finding.severity != "fatal")


def apply_command(target: Target) -> str:
    """Return the command that creates and mends the topics."""
    return f"shipclock topics apply --namespace {target.namespace} --time {target.time}"


def _partitions_asked(target: Target, cluster: ObservedCluster) -> Iterator[Finding]:
    reference = target.reference(cluster)
    if reference and target.partitions not in (None, reference[1]):
        spec, count = reference
        yield Finding(
            severity="fatal",
            topic=spec.topic(target.namespace),
            problem=f"has {count} partitions and {target.partitions} were asked for: shipments would be looked for "
            "in other partitions than their state is in",
            remedy=f"ask for --partitions {count}, or begin a new --namespace",
        )


def _partition_count(
    target: Target, cluster: ObservedCluster, spec: TopicSpec, observed: ObservedTopic
) -> Iterator[Finding]:
    if spec.follows == "carrier":
        return  # `examine_carrier` has looked
    reference = target.reference(cluster)
    if reference and observed.partitions != reference[1]:
        yield Finding(
            severity="fatal",
            topic=spec.topic(target.namespace),
            problem=f"has {observed.partitions} partitions, {reference[0].topic(target.namespace)} has {reference[1]}: "
            "partition n of every topic belongs together",
            remedy="Kafka can neither remove partitions nor move keys: delete the topic if nothing in it is needed "
            f"(kafka-topics.sh --delete --topic {spec.topic(target.namespace)}) and run {apply_command(target)}, "
            "or begin a new --namespace",
        )


def _copies(target: Target, cluster: ObservedCluster) -> Iterator[Finding]:
    if (target.replication or 0) > cluster.brokers:
        yield Finding(
            severity="fatal",
            topic="*",
            problem=f"{target.replication} copies were asked for and there are {cluster.brokers} brokers",
            remedy=f"ask for --replication-factor {cluster.brokers}, or add brokers",
        )
    elif cluster.brokers == 1:
        yield Finding(
            severity="advice",
            topic="*",
            problem="the cluster has one broker: what its disk loses is lost",
            remedy="three brokers and replication factor 3, wherever promises matter",
        )
    for spec in target.specs:
        observed = target.find(spec, cluster)
        wanted = min(target.replication_factor(spec, cluster), cluster.brokers)
        if observed and observed.replication < wanted:
            yield Finding(
                severity="advice",
                topic=spec.topic(target.namespace),
                problem=f"has {observed.replication} copies, wants {wanted}: it can be lost with the brokers that "
                "hold it",
                remedy="kafka-reassign-partitions.sh with more replicas for each partition",
            )


def _configuration(
    target: Target, cluster: ObservedCluster, spec: TopicSpec, observed: ObservedTopic
) -> Iterator[Finding]:
    for name, actual, wanted in unsatisfied(target, cluster, spec, observed):
        topic = spec.topic(target.namespace)
        yield Finding(
            severity=severity(spec, name, actual, target, target.required_bytes(spec, cluster)),
            topic=topic,
            problem=f"{name} is {actual}, not {wanted}: {reason(name)}",
            remedy=_alter_command(topic, name, wanted) if spec.direction == "input" else apply_command(target),
        )


def _alter_command(topic: str, name: str, wanted: str) -> str:
    command = f"kafka-configs.sh --alter --entity-type topics --entity-name {topic} --add-config {name}={wanted}"
    if (name, wanted) == ("message.timestamp.type", "LogAppendTime"):
        return f"{command}, or set SHIPCLOCK_SOURCE_TIMESTAMPS=create when the topic is another team's"
    return command


def unsatisfied(
    target: Target, cluster: ObservedCluster, spec: TopicSpec, observed: ObservedTopic
) -> Iterator[tuple[str, str, str]]:
    """Yield name, actual and wanted value of each configuration that is not good enough.

    Names that the brokers do not know (older ones know fewer) are passed over, and so is the size limit of the
    sources: it is for those who write them, and the written topics follow it.
    """
    for name, wanted in target.settings(spec, cluster).items():
        actual = observed.config.get(name)
        if spec.direction == "input" and name == "max.message.bytes":
            continue
        if actual is not None and not satisfied(name, actual, wanted):
            yield name, actual, wanted
