"""Topics of a real cluster."""

import asyncio
import json
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from schemas.catalogue import TimeMode, load_catalogue
from streams.embedded import EmbeddedKafka
from streams.errors import KafkaUnavailable, TopicMismatch
from streams.topics import rules
from streams.topics.check import verify
from streams.topics.cluster import TopicCluster
from streams.topics.connection import connected
from streams.topics.observed import ObservedCluster
from streams.topics.plan import AlterConfig, CreateTopic, Plan, plan_topics
from streams.topics.target import Target
from tests.integration.kafka_workbench import WakingClient

T = TypeVar("T")


def run(kafka: EmbeddedKafka, task: Callable[[TopicCluster], Awaitable[T]]) -> T:
    async def connect() -> T:
        async with connected(kafka.bootstrap_servers, {}) as client:
            return await task(TopicCluster(client))

    return asyncio.run(connect())


def target(namespace: str, mode: TimeMode = "live", **asked: Any) -> Target:
    return Target(catalogue=load_catalogue(), namespace=namespace, time=mode, **asked)


def apply(kafka: EmbeddedKafka, wanted: Target) -> tuple[Plan, ObservedCluster]:
    async def task(topics: TopicCluster) -> tuple[Plan, ObservedCluster]:
        plan = plan_topics(wanted, await topics.describe(wanted.names()))
        await topics.apply(plan.actions)
        return plan, await topics.describe(wanted.names())

    return run(kafka, task)


def create(kafka: EmbeddedKafka, topic: str, partitions: int = 3, **config: str) -> None:
    named = {name.replace("_", "."): value for name, value in config.items()}
    action = CreateTopic(topic=topic, partitions=partitions, replication=1, config=named)
    run(kafka, lambda topics: topics.apply([action]))


def alter(kafka: EmbeddedKafka, topic: str, config: dict[str, str]) -> None:
    run(kafka, lambda topics: topics.apply([AlterConfig(topic=topic, before=config, config=config)]))


@pytest.mark.parametrize("mode", ["live", "replay"])
def test_topics_are_created_once_and_then_pass_the_check(kafka: EmbeddedKafka, namespace: str, mode: TimeMode) -> None:
    wanted = target(namespace, mode, partitions=3)
    plan, after = apply(kafka, wanted)
    assert len(plan.actions) == len(wanted.specs)
    assert {topic.partitions for topic in after.topics.values()} == {3}
    again = plan_topics(wanted, after)
    assert not again.actions
    assert not again.fatal
    assert asyncio.run(verify(kafka.bootstrap_servers, namespace, mode)).partitions == 3


def test_a_created_topic_is_configured_as_planned(kafka: EmbeddedKafka, namespace: str) -> None:
    plan, after = apply(kafka, target(namespace, "replay", partitions=1))
    for action in plan.actions:
        assert isinstance(action, CreateTopic)
        config = after.topics[action.topic].config
        assert {name: config[name] for name in action.config} == dict(action.config)


def test_what_brokers_are_too_old_to_know_and_do_well_without_is_left_out_and_nothing_else(
    kafka: EmbeddedKafka, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LATE_COMERS", frozenset({"of.a.later.version"}))
    create(kafka, f"{namespace}.a", retention_ms="60000", of_a_later_version="1")
    found = run(kafka, lambda topics: topics.describe([f"{namespace}.a"])).topics[f"{namespace}.a"]
    assert found.config["retention.ms"] == "60000"
    with pytest.raises(TopicMismatch, match=r"Kafka refuses to create .*\.b \(error 40\): Unknown .* a\.mistake"):
        create(kafka, f"{namespace}.b", a_mistake="1")


def test_missing_topics_are_named_at_once_with_the_command_that_creates_them(
    kafka: EmbeddedKafka, namespace: str, caplog: pytest.LogCaptureFixture
) -> None:
    began = time.monotonic()
    with caplog.at_level(logging.WARNING), pytest.raises(TopicMismatch) as caught:
        asyncio.run(verify(kafka.bootstrap_servers, namespace, "live"))
    assert time.monotonic() - began < 5
    assert caplog.records == []
    missing, _, remedy = str(caught.value).partition(": does not exist. Remedy: ")
    of_the_main_job = {spec.topic(namespace) for spec in load_catalogue().values() if "sla" in spec.jobs}
    assert set(missing.split(", ")) == of_the_main_job
    assert remedy == f"shipclock topics apply --namespace {namespace} --time live"


def test_looking_for_a_topic_does_not_create_it(kafka: EmbeddedKafka, namespace: str) -> None:
    for _ in range(2):
        seen = run(kafka, lambda topics: topics.describe(target(namespace).names()))
        assert seen.topics == {}
        assert seen.brokers == 1


def test_a_lossy_change_of_the_state_is_refused_then_mended(kafka: EmbeddedKafka, namespace: str) -> None:
    wanted = target(namespace, partitions=1)
    apply(kafka, wanted)
    alter(kafka, f"{namespace}.sla-state", {"cleanup.policy": "delete"})
    with pytest.raises(TopicMismatch, match=r"sla-state: cleanup\.policy is delete, not compact"):
        asyncio.run(verify(kafka.bootstrap_servers, namespace, "live"))
    plan, after = apply(kafka, wanted)
    assert [action.topic for action in plan.actions] == [f"{namespace}.sla-state"]
    assert after.topics[f"{namespace}.sla-state"].config["cleanup.policy"] == "compact"
    assert asyncio.run(verify(kafka.bootstrap_servers, namespace, "live")).partitions == 1


def test_altering_leaves_the_settings_that_somebody_else_has_made(kafka: EmbeddedKafka, namespace: str) -> None:
    apply(kafka, target(namespace, partitions=1))
    topic = f"{namespace}.sla-outcomes"
    alter(kafka, topic, {"compression.type": "zstd", "retention.ms": "1000"})
    _, after = apply(kafka, target(namespace))
    assert after.topics[topic].config["compression.type"] == "zstd"
    assert after.topics[topic].config["retention.ms"] == "7776000000"


def test_sources_of_another_team_decide_the_partition_count_and_are_left_alone(
    kafka: EmbeddedKafka, namespace: str
) -> None:
    for name in ("shipments", "parcel-scans"):
        create(
            kafka,
            f"{namespace}.{name}",
            partitions=5,
            retention_ms="3600000",
            max_message_bytes="5000000",
            message_timestamp_type="CreateTime",
        )
    plan, after = apply(kafka, target(namespace, source_timestamps="create"))
    assert {topic.partitions for topic in after.topics.values()} == {5}
    assert after.topics[f"{namespace}.shipments"].config["retention.ms"] == "3600000"
    assert int(after.topics[f"{namespace}.scan-rejects"].config["max.message.bytes"]) > 5_000_000
    advised = {finding.topic for finding in plan.findings}
    assert f"{namespace}.shipments" in advised
    assert asyncio.run(verify(kafka.bootstrap_servers, namespace, "live", source_timestamps="create")).partitions == 5
    with pytest.raises(TopicMismatch, match="SHIPCLOCK_SOURCE_TIMESTAMPS=create"):
        asyncio.run(verify(kafka.bootstrap_servers, namespace, "live"))


def test_sources_with_different_partition_counts_are_refused(kafka: EmbeddedKafka, namespace: str) -> None:
    apply(kafka, target(namespace, partitions=2))
    other = f"{namespace}-b"
    create(kafka, f"{other}.shipments", partitions=2)
    create(kafka, f"{other}.parcel-scans", partitions=3)
    with pytest.raises(TopicMismatch, match=r"shipments: has 2 partitions, .*parcel-scans has 3"):
        asyncio.run(verify(kafka.bootstrap_servers, other, "live"))


def test_a_topic_that_somebody_creates_meanwhile_does_no_harm(kafka: EmbeddedKafka, namespace: str) -> None:
    plan, _ = apply(kafka, target(namespace, partitions=1))
    run(kafka, lambda topics: topics.apply(plan.actions))
    assert asyncio.run(verify(kafka.bootstrap_servers, namespace, "live")).partitions == 1


def test_a_refusal_of_the_cluster_is_passed_on(kafka: EmbeddedKafka, namespace: str) -> None:
    with pytest.raises(TopicMismatch, match=r"refuses to create .*no\.such\.setting"):
        create(kafka, f"{namespace}.x", no_such_setting="1")
    create(kafka, f"{namespace}.x")
    with pytest.raises(TopicMismatch, match=r"refuses to alter .*segment\.bytes"):
        alter(kafka, f"{namespace}.x", {"segment.bytes": "none"})


def test_a_closed_port_is_reported_in_one_line_and_soon(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with caplog.at_level(logging.WARNING), pytest.raises(KafkaUnavailable) as caught:
        asyncio.run(verify(address, "x", "live"))
    assert address in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caplog.records == []


def test_a_broker_that_knows_of_no_broker_at_first_is_asked_again(
    kafka: EmbeddedKafka, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(kafka, target(namespace, partitions=2))
    monkeypatch.setattr("streams.topics.connection.AIOKafkaClient", WakingClient)
    assert asyncio.run(verify(kafka.bootstrap_servers, namespace, "live")).partitions == 2


def test_something_that_listens_but_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.topics.connection.ANSWER_WITHIN_S", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(KafkaUnavailable):
            asyncio.run(verify(f"127.0.0.1:{silent.getsockname()[1]}", "x", "live"))


def command(kafka: EmbeddedKafka, namespace: str, *words: str) -> subprocess.CompletedProcess[str]:
    where = ["--bootstrap-servers", kafka.bootstrap_servers, "--namespace", namespace]
    program = [sys.executable, "-c", "from streams.cli import main; main()", "topics"]
    return subprocess.run([*program, *words, *where], capture_output=True, text=True, check=False, timeout=60)


def test_the_command_line_plans_applies_and_then_has_nothing_to_do(kafka: EmbeddedKafka, namespace: str) -> None:
    planned = command(kafka, namespace, "plan", "--partitions", "2")
    assert planned.returncode == 10
    assert f"create {namespace}.parcel-scans: 2 partitions" in planned.stdout
    applied = command(kafka, namespace, "apply", "--partitions", "2", "--format", "json")
    assert applied.returncode == 0, applied.stderr
    report = json.loads(applied.stdout.splitlines()[-1])
    count = len(target(namespace, "live").specs)
    assert (report["partitions"], report["applied"], len(report["actions"])) == (2, True, count)
    assert "create" in applied.stderr
    assert command(kafka, namespace, "plan").returncode == 0
    assert command(kafka, namespace, "apply").returncode == 0
    refused = command(kafka, namespace, "apply", "--partitions", "4")
    assert refused.returncode == 3
    assert "--partitions 2" in refused.stderr
