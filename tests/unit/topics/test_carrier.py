"""A carrier's topic, and what of ours follows it."""

from dataclasses import replace
from typing import Any

import pytest

from schemas.catalogue import load_catalogue
from streams.topics.findings import examine
from streams.topics.observed import ObservedCluster, ObservedTopic
from streams.topics.plan import CreateTopic, after, plan_topics
from streams.topics.target import Target

TARGET = Target(catalogue=load_catalogue(), namespace="ns", time="live", partitions=6, carrier="crane.events")
STATE = "ns.intake-state.crane.events"


def cluster(partitions: int | None = 5, **config: str) -> ObservedCluster:
    """One that has nothing but the carrier's topic, or not even that."""
    theirs = {} if partitions is None else {"crane.events": topic(partitions, **config)}
    return ObservedCluster(brokers=3, topics=theirs)


def topic(partitions: int, **config: str) -> ObservedTopic:
    return ObservedTopic(partitions=partitions, replication=3, config=config)


def applied(partitions: int = 5) -> ObservedCluster:
    found = cluster(partitions)
    return after(plan_topics(TARGET, found).actions, found)


def fatal(found: ObservedCluster, target: Target = TARGET) -> list[tuple[str, str, str]]:
    return [(one.topic, one.problem, one.remedy) for one in examine(target, found) if one.severity == "fatal"]


def test_the_state_of_an_intake_has_the_partitions_of_the_carriers_topic_and_the_others_ours() -> None:
    plan = plan_topics(TARGET, cluster())
    counts = {action.topic: action.partitions for action in plan.actions if isinstance(action, CreateTopic)}
    assert counts.pop(STATE) == 5
    assert set(counts.values()) == {6}
    assert "crane.events" not in counts
    assert plan.fatal == []
    assert plan_topics(TARGET, applied()).actions == []
    assert plan_topics(TARGET, applied()).partitions == 6


def test_without_a_carriers_topic_nothing_is_planned_for_one() -> None:
    plan = plan_topics(replace(TARGET, carrier=None), cluster())
    assert not [action for action in plan.actions if "intake" in action.topic]


def test_a_carriers_topic_that_is_missing_is_fatal_and_never_created() -> None:
    plan = plan_topics(TARGET, cluster(None))
    assert not [action for action in plan.actions if "crane" in action.topic]
    ((name, problem, remedy),) = fatal(after(plan.actions, cluster(None)))
    assert name == "crane.events"
    assert "does not exist" in problem
    assert "SHIPCLOCK_INTAKE_TOPIC" in remedy


@pytest.mark.parametrize(
    ("now", "remedy"), [(8, f"kafka-topics.sh --alter --topic {STATE} --partitions 8"), (4, "anew")]
)
def test_another_count_than_that_of_the_state_is_fatal_with_a_remedy(now: int, remedy: str) -> None:
    found = applied()
    found = replace(found, topics={**found.topics, "crane.events": topic(now)})
    ((name, problem, told),) = fatal(found)
    assert name == STATE
    assert f"has 5 partitions, crane.events has {now}" in problem
    assert remedy in told


def test_a_topic_of_the_namespace_is_no_carriers_topic() -> None:
    target = replace(TARGET, carrier="ns.parcel-scans")
    found = after(plan_topics(replace(TARGET, carrier=None), cluster()).actions, cluster())
    assert "read again, for ever" in plan_topics(target, found).fatal[0].problem


@pytest.mark.parametrize("config", [{"cleanup.policy": "compact"}, {"cleanup.policy": "compact,delete"}])
def test_a_compacted_topic_deserves_advice(config: dict[str, Any]) -> None:
    advice = list(examine(TARGET, after(plan_topics(TARGET, cluster()).actions, cluster(**config))))
    assert [(one.severity, one.topic) for one in advice] == [("advice", "crane.events")]
