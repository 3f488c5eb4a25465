"""What `topics apply` would do: pure, from what a cluster was seen to have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from streams.topics.finding import Finding
from streams.topics.findings import examine, unsatisfied
from streams.topics.observed import ObservedCluster, ObservedTopic
from streams.topics.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTopic:
    """Create a topic that does not exist."""

    topic: str
    partitions: int
    replication: int
    config: Mapping[str, str]

    def describe(self) -> str:
        """Return one line for people."""
        config = ", ".join(f"{name}={value}" for name, value in self.config.items())
        return f"create {self.topic}: {self.partitions} partitions, {self.replication} copies, {config}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterConfig:
    """Change some settings of a topic and leave the others."""

    topic: str
    before: Mapping[str, str]
    config: Mapping[str, str]

    def describe(self) -> str:
        """Return one line for people."""
        changes = (f"{name} {self.before[name]} -> {value}" for name, value in self.config.items())
        return f"alter {self.topic}: {', '.join(changes)}"


Action = CreateTopic | AlterConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done, and what is wrong even then."""

    partitions: int
    actions: Sequence[Action]
    findings: Sequence[Finding]

    @property
    def fatal(self) -> list[Finding]:
        """What forbids to apply the plan."""
        return [finding for finding in self.findings if finding.severity == "fatal"]


def plan_topics(target: Target, cluster: ObservedCluster) -> Plan:
    """Plan to create what is missing and to mend what Shipclock writes.

    Sources that exist are left alone, they are other teams': what is wrong with them is among the findings.
    A carrier's topic is never created.
    """
    actions: list[Action] = []
    for spec in target.specs:
        observed = target.find(spec, cluster)
        topic = spec.topic(target.namespace)
        partitions = target.partitions_of(spec, cluster)
        if partitions is None:
            continue  # the carrier's topic is missing, which is among the findings
        if observed is None:
            actions.append(
                CreateTopic(
                    topic=topic,
                    partitions=partitions,
                    replication=target.replication_factor(spec, cluster),
                    config=target.settings(spec, cluster),
                )
            )
        elif spec.direction != "input":
            changes = list(unsatisfied(target, cluster, spec, observed))
            if changes:
                actions.append(
                    AlterConfig(
                        topic=topic,
                        before={name: actual for name, actual, _ in changes},
                        config={name: wanted for name, _, wanted in changes},
                    )
                )
    return Plan(
        partitions=target.partition_count(cluster),
        actions=actions,
        findings=examine(target, after(actions, cluster)),
    )


def after(actions: Sequence[Action], cluster: ObservedCluster) -> ObservedCluster:
    """Return what the cluster will have when the actions are done."""
    topics = dict(cluster.topics)
    for action in actions:
        match action:
            case CreateTopic():
                topics[action.topic] = ObservedTopic(
                    partitions=action.partitions, replication=action.replication, config=action.config
                )
            case AlterConfig():
                known = topics[action.topic]
                topics[action.topic] = replace(known, config={**known.config, **action.config})
    return replace(cluster, topics=topics)
