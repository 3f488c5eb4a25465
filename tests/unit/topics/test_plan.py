from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from schemas.catalogue import TimeMode, load_catalogue
from streams.topics.finding import Finding
from streams.topics.findings import examine
from streams.topics.observed import ObservedCluster, ObservedTopic
from streams.topics.plan import AlterConfig, CreateTopic, after, plan_topics
from streams.topics.target import Target

OURS = [name for name, spec in load_catalogue().items() if spec.follows == "namespace"]
EMPTY = ObservedCluster(brokers=3, topics={})


def target(time: TimeMode = "live", **asked: Any) -> Target:
    return Target(catalogue=load_catalogue(), namespace="ns", time=time, **asked)


def as_planned(time: TimeMode = "live", brokers: int = 3, **asked: Any) -> ObservedCluster:
    """A cluster on which everything planned for an empty one has been done."""
    empty = replace(EMPTY, brokers=brokers)
    return after(plan_topics(target(time, **asked), empty).actions, empty)


def but(
    cluster: ObservedCluster, name: str, config: Mapping[str, str] | None = None, **changes: Any
) -> ObservedCluster:
    """The cluster with one topic changed."""
    topic = cluster.topics[f"ns.{name}"]
    changed = replace(topic, config={**topic.config, **(config or {})}, **changes)
    return replace(cluster, topics={**cluster.topics, f"ns.{name}": changed})


def only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


@pytest.mark.parametrize("time", ["live", "replay"])
def test_on_an_empty_cluster_every_topic_is_created_with_the_same_partitions(time: TimeMode) -> None:
    plan = plan_topics(target(time, partitions=6), EMPTY)
    assert {action.topic for action in plan.actions} == {f"ns.{name}" for name in OURS}
    assert {action.partitions for action in plan.actions if isinstance(action, CreateTopic)} == {6}
    assert plan.findings == []


@pytest.mark.parametrize("time", ["live", "replay"])
@pytest.mark.parametrize("brokers", [1, 2, 3, 9])
def test_a_plan_that_was_applied_leaves_nothing_to_do_and_nothing_fatal(time: TimeMode, brokers: int) -> None:
    plan = plan_topics(target(time), as_planned(time, brokers))
    assert plan.actions == []
    assert plan.fatal == []


@pytest.mark.parametrize(("brokers", "copies", "in_sync"), [(1, 1, "1"), (2, 2, "1"), (3, 3, "2"), (9, 3, "2")])
def test_copies_follow_the_brokers_and_one_copy_may_always_be_missing(brokers: int, copies: int, in_sync: str) -> None:
    for topic in as_planned(brokers=brokers).topics.values():
        assert (topic.replication, topic.config["min.insync.replicas"]) == (copies, in_sync)


def test_without_a_wish_there_are_twelve_partitions() -> None:
    assert plan_topics(target(), EMPTY).partitions == 12


def test_what_exists_decides_the_partition_count() -> None:
    there = ObservedTopic(partitions=30, replication=3, config=load_catalogue()["shipments"].settings("live"))
    plan = plan_topics(target(), replace(EMPTY, topics={"ns.shipments": there}))
    assert plan.partitions == 30
    assert plan.fatal == []


def test_another_count_than_that_of_the_state_is_fatal_and_the_remedy_names_the_count() -> None:
    plan = plan_topics(target(partitions=24), as_planned(partitions=6))
    assert only(plan.fatal).topic == "ns.sla-state"
    assert "--partitions 6" in only(plan.fatal).remedy


@pytest.mark.parametrize("name", [name for name in OURS if name != "sla-state"])
def test_a_topic_with_more_partitions_than_the_state_is_fatal(name: str) -> None:
    finding = only(examine(target(), but(as_planned(partitions=6), name, partitions=7)))
    assert (finding.severity, finding.topic) == ("fatal", f"ns.{name}")
    assert "has 7 partitions, ns.sla-state has 6" in finding.problem


def test_a_missing_topic_is_fatal_for_a_worker_and_an_action_in_a_plan() -> None:
    whole = as_planned()
    cluster = replace(whole, topics={name: topic for name, topic in whole.topics.items() if name != "ns.sla-state"})
    finding = only(examine(target(), cluster))
    assert (finding.severity, finding.problem) == ("fatal", "does not exist")
    assert finding.remedy == "shipclock topics apply --namespace ns --time live"
    plan = plan_topics(target(), cluster)
    assert [action.topic for action in plan.actions] == ["ns.sla-state"]
    assert plan.fatal == []


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("sla-state", {"cleanup.policy": "delete"}),
        ("sla-state", {"cleanup.policy": "compact,delete"}),
        ("sla-state", {"delete.retention.ms": "1000"}),
        ("sla-state", {"max.message.bytes": "1000"}),
        ("delay-notices", {"cleanup.policy": "compact"}),
        ("breach-alerts", {"max.message.bytes": "1048587"}),
        ("scan-rejects", {"max.message.bytes": "1048588"}),
    ],
)
def test_a_written_topic_that_would_lose_data_is_fatal_and_mended(name: str, config: dict[str, str]) -> None:
    cluster = but(as_planned(), name, config)
    finding = only(examine(target(), cluster))
    assert (finding.severity, finding.topic) == ("fatal", f"ns.{name}")
    assert finding.remedy.startswith("shipclock topics apply")
    plan = plan_topics(target(), cluster)
    (action,) = plan.actions
    assert isinstance(action, AlterConfig)
    assert (action.topic, action.before.keys()) == (f"ns.{name}", config.keys())
    assert plan.findings == []


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("sla-state", {"segment.bytes": "1073741824", "segment.ms": "604800000"}),
        ("sla-state", {"message.timestamp.type": "CreateTime"}),
        ("sla-outcomes", {"retention.ms": "1000"}),
        ("shipment-status", {"cleanup.policy": "compact,delete"}),
    ],
)
def test_a_written_topic_that_is_merely_worse_is_advice_and_mended(name: str, config: dict[str, str]) -> None:
    cluster = but(as_planned(), name, config)
    assert {finding.severity for finding in examine(target(), cluster)} == {"advice"}
    plan = plan_topics(target(), cluster)
    assert [action.topic for action in plan.actions] == [f"ns.{name}"]
    assert plan.findings == []


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("sla-outcomes", {"retention.ms": "-1"}),
        ("parcel-scans", {"retention.ms": "2592000000"}),
        ("sla-state", {"segment.bytes": "1048576", "min.cleanable.dirty.ratio": "0.1"}),
        ("sla-state", {"delete.retention.ms": "604800000", "max.message.bytes": "9000000"}),
        ("parcel-scans", {"max.message.bytes": "1000"}),
        ("shipments", {"compression.type": "zstd"}),
    ],
)
def test_better_than_asked_for_is_left_alone(name: str, config: dict[str, str]) -> None:
    plan = plan_topics(target(), but(as_planned(), name, config))
    assert (plan.actions, plan.findings) == ([], [])


@pytest.mark.parametrize(
    ("time", "config", "severity"),
    [
        ("live", {"cleanup.policy": "compact"}, "fatal"),
        ("live", {"message.timestamp.type": "CreateTime"}, "fatal"),
        ("live", {"retention.ms": "3600000"}, "advice"),
        ("live", {"retention.bytes": "1000000"}, "advice"),
        ("replay", {"message.timestamp.type": "LogAppendTime"}, "fatal"),
        ("replay", {"retention.ms": "604800000"}, "fatal"),
        ("replay", {"message.timestamp.after.max.ms": "3600000"}, "fatal"),
    ],
)
def test_sources_are_never_altered_but_what_is_wrong_is_said(
    time: TimeMode, config: dict[str, str], severity: str
) -> None:
    plan = plan_topics(target(time), but(as_planned(time), "parcel-scans", config))
    assert plan.actions == []
    (finding,) = plan.findings
    assert (finding.severity, finding.topic) == (severity, "ns.parcel-scans")
    assert "kafka-configs.sh --alter --entity-type topics --entity-name ns.parcel-scans" in finding.remedy


def test_create_time_of_live_sources_is_advice_once_the_workers_know_of_it() -> None:
    cluster = but(as_planned(), "parcel-scans", {"message.timestamp.type": "CreateTime"})
    assert "SHIPCLOCK_SOURCE_TIMESTAMPS=create" in only(examine(target(), cluster)).remedy
    assert only(examine(target(source_timestamps="create"), cluster)).severity == "advice"


def test_topics_made_for_live_time_are_refused_in_replay_time() -> None:
    assert {finding.topic for finding in plan_topics(target("replay"), as_planned("live")).fatal} == {
        "ns.care-events",
        "ns.control",
        "ns.parcel-scans",
        "ns.shipments",
    }


def test_the_written_topics_follow_sources_with_larger_records() -> None:
    cluster = but(as_planned(), "parcel-scans", {"max.message.bytes": "10000000"})
    assert {finding.severity for finding in examine(target(), cluster)} == {"fatal"}
    changed = after(plan_topics(target(), cluster).actions, cluster)
    assert changed.topics["ns.sla-state"].config["max.message.bytes"] == "10000000"
    assert changed.topics["ns.scan-rejects"].config["max.message.bytes"] == "10065536"
    assert examine(target(), changed) == []


def test_a_setting_that_older_brokers_do_not_know_is_passed_over() -> None:
    cluster = as_planned("replay")
    config = {
        name: value
        for name, value in cluster.topics["ns.shipments"].config.items()
        if not name.startswith("message.timestamp.after")
    }
    older = replace(cluster.topics["ns.shipments"], config=config)
    assert examine(target("replay"), replace(cluster, topics={**cluster.topics, "ns.shipments": older})) == []


def test_fewer_copies_than_the_brokers_allow_are_advice() -> None:
    finding = only(examine(target(), but(as_planned(), "sla-state", {"min.insync.replicas": "1"}, replication=1)))
    assert (finding.severity, finding.topic) == ("advice", "ns.sla-state")


def test_a_single_broker_is_advice_once_for_all_topics() -> None:
    finding = only(examine(target(), as_planned(brokers=1)))
    assert (finding.severity, finding.topic) == ("advice", "*")


def test_more_copies_than_brokers_are_fatal_before_anything_is_created() -> None:
    plan = plan_topics(target(replication=5), EMPTY)
    assert only(plan.fatal).topic == "*"
    assert "--replication-factor 3" in only(plan.fatal).remedy


def test_what_is_fatal_comes_first() -> None:
    cluster = but(as_planned(), "control", {"retention.ms": "1"})
    cluster = but(cluster, "sla-outcomes", {"cleanup.policy": "compact"})
    assert [finding.severity for finding in examine(target(), cluster)] == ["fatal", "advice"]
