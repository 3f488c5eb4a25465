"""A carrier's own topic is taken in exactly once, through kills, and judged."""

import asyncio
import json
import signal
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import NewPartitions, NewTopic
from click.testing import CliRunner

from streams.cli import main
from streams.demo.conditions import holds_within
from streams.demo.workers import Worker
from streams.embedded import EmbeddedKafka
from tests.integration.stage import WITHIN_S, Outputs, Stage, administration

HOUR = 3_600_000
SHANGHAI = timedelta(hours=8)
CARRIERS_PARTITIONS = 5
"""Ours are 2."""
POLICY = """
policy: stage
version: "1"
clocks:
  - {name: delivery, from: picked_up, until: delivered, within: PT10H}
"""
MAPPING = """
mapping: crane
format: json
id: "CR-{parcel.no}"
times: {formats: ["%Y-%m-%d %H:%M:%S"], zone: Asia/Shanghai}
shipment: {when: {type: order}, customer: parcel.client, registered_at: ordered}
events:
  - each: parcel.events
    at: time
    code: {column: status, table: {"1": picked_up, "3": delivered}}
"""
SOURCES = ("shipments", "parcel-scans", "scan-rejects")
Message = tuple[bytes | None, bytes]


def local(at: int) -> str:
    return (datetime.fromtimestamp(at / 1000, UTC) + SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def messages(numbers: range, now: int) -> Iterator[Message]:
    """An order and two pushes of each parcel, the second with the history of the first; every third one is late."""
    begun = now - 30 * HOUR
    for number in numbers:
        picked = {"time": local(begun), "status": "1"}
        signed = {"time": local(begun + (11 if number % 3 == 0 else 9) * HOUR), "status": "3"}
        parcel = {"no": number, "client": "birch"}
        for message in (
            {"type": "order", "parcel": parcel, "ordered": local(begun)},
            {"type": "push", "parcel": {**parcel, "events": [picked]}},
            {"type": "push", "parcel": {**parcel, "events": [signed, picked]}},
        ):
            yield b"their key", json.dumps(message).encode()
        if number % 20 == 0:
            yield None, b"{%d" % number


def expected(count: int) -> Counter[tuple[str, str]]:
    """Shipment and code of every scan that must be there: the pick-up is told twice."""
    return Counter(
        {(f"CR-{n}", code): times for n in range(count) for code, times in (("picked_up", 2), ("delivered", 1))}
    )


def scans(outputs: Outputs) -> Counter[tuple[str, str]]:
    bodies = [json.loads(record.value) for topic, record in outputs.records if topic == "parcel-scans"]
    return Counter((body["shipment_id"], body["code"]) for body in bodies)


class Crane:
    """The carrier."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.topic = f"crane.{uuid.uuid4().hex[:8]}"
        self.partitions = CARRIERS_PARTITIONS

    async def create(self, **config: str) -> None:
        async with administration(self.stage.servers) as admin:
            await admin.create_topics([NewTopic(self.topic, CARRIERS_PARTITIONS, 1, topic_configs=config)])

            async def known() -> bool:
                (found,) = await admin.describe_topics([self.topic])
                return len(found["partitions"]) == CARRIERS_PARTITIONS

            await holds_within(WITHIN_S, "the carrier's topic is known", known)

    async def send(self, told: Iterator[Message], at: int | None = None) -> None:
        """Write messages round the partitions: those of one parcel into one."""
        async with AIOKafkaProducer(bootstrap_servers=self.stage.servers, enable_idempotence=True) as producer:
            partition = -1
            sent = []
            for key, value in told:
                partition += b'"order"' in value
                number = partition % self.partitions
                sent.append(await producer.send(self.topic, value, key=key, partition=number, timestamp_ms=at))
            await asyncio.gather(*sent)


@pytest.fixture
def stage(kafka: EmbeddedKafka, tmp_path: Path) -> Stage:
    (tmp_path / "crane.yaml").write_text(MAPPING, encoding="utf-8")
    return Stage(kafka.bootstrap_servers, f"test-{uuid.uuid4().hex[:12]}", tmp_path, POLICY)


def settings(stage: Stage, crane: Crane) -> dict[str, str]:
    return {
        **stage.environment,
        "SHIPCLOCK_JOB": "intake",
        "SHIPCLOCK_INTAKE_TOPIC": crane.topic,
        "SHIPCLOCK_INTAKE_MAPPING": str(stage.directory / "crane.yaml"),
    }


def topics(stage: Stage, crane: Crane, verb: str) -> tuple[int, str]:
    arguments = [
        "topics",
        verb,
        "--namespace",
        stage.namespace,
        "--bootstrap-servers",
        stage.servers,
        "--time",
        stage.time,
    ]
    found = CliRunner().invoke(main, [*arguments, "--partitions", "2", "--intake-topic", crane.topic])
    return found.exit_code, found.output


@asynccontextmanager
async def followed(stage: Stage, *shorts: str) -> AsyncIterator[Outputs]:
    async with AIOKafkaConsumer(
        bootstrap_servers=stage.servers, isolation_level="read_committed", auto_offset_reset="earliest"
    ) as consumer:
        yield Outputs(stage.servers, consumer, {stage.names.topic(short): short for short in shorts}, stage.partitions)


async def ready(*workers: Worker) -> None:
    """Wait until the workers share the carrier's partitions."""

    async def shared() -> bool:
        owned = [await worker.partitions() for worker in workers]
        return all(owned) and sorted(n for part in owned for n in part) == list(range(CARRIERS_PARTITIONS))

    await holds_within(WITHIN_S, "the carrier's partitions are owned", shared)


def test_a_carriers_messages_are_taken_in_once_through_kills_and_judged(stage: Stage, tmp_path: Path) -> None:
    crane = Crane(stage)
    environment = {**settings(stage, crane), "SHIPCLOCK_FAULTS": str(tmp_path)}
    taker, relief = (Worker(name, tmp_path, environment) for name in ("taker", "relief"))
    count = 240

    async def scenario() -> None:
        now = int(time.time() * 1000)
        await crane.create()
        code, said = await asyncio.to_thread(topics, stage, crane, "apply")
        assert code == 0, said
        async with followed(stage, *SOURCES, "sla-outcomes") as outputs:
            taker.start()
            await ready(taker)
            await crane.send(messages(range(80), now))
            await outputs.until("the first messages have been taken in", lambda: scans(outputs) == expected(80))
            (tmp_path / f"kill-in-transaction.{taker.pid}").touch()
            await crane.send(messages(range(80, 160), now))
            assert await taker.ended(WITHIN_S) == -signal.SIGKILL
            await outputs.poll()
            assert scans(outputs) == expected(80)
            taker.start()
            relief.start()
            await ready(taker, relief)
            (tmp_path / f"kill-in-transaction.{relief.pid}").touch()
            await crane.send(messages(range(160, count), now))
            assert await relief.ended(WITHIN_S) == -signal.SIGKILL
            await outputs.until("all has been taken in", lambda: scans(outputs) == expected(count))
            await holds_within(WITHIN_S, "the rejects are there", lambda: len(outputs.rejects()) == count // 20)
            await outputs.drain()
            assert scans(outputs) == expected(count)
            async with stage.workers():
                await outputs.until("all are judged", lambda: len(outputs.told("sla-outcomes")) == count)
            verify(stage, outputs, crane, count)

    try:
        asyncio.run(scenario())
    finally:
        taker.kill()
        relief.kill()


def verify(stage: Stage, outputs: Outputs, crane: Crane, count: int) -> None:
    kinds = Counter(outcome["kind"] for outcome in outputs.told("sla-outcomes"))
    assert kinds == Counter(missed=count // 3, met=count - count // 3)
    registered = [record.key for topic, record in outputs.records if topic == "shipments"]
    assert sorted(registered) == sorted(f"CR-{number}".encode() for number in range(count))
    for topic, record in outputs.records:
        if topic in {"shipments", "parcel-scans"}:
            assert record.partition == stage.partition_of(json.loads(record.value)["shipment_id"])
    ids = Counter(json.loads(record.value)["scan_id"] for topic, record in outputs.records if topic == "parcel-scans")
    assert Counter(ids.values()) == Counter({1: count, 2: count})
    for record in outputs.rejects():
        headers = {name: value.decode() for name, value in record.headers}
        assert (headers["topic"], headers["reason"], headers["path"]) == (crane.topic, "not-json", "$")
        assert record.partition == int(headers["partition"]) % stage.partitions
    assert {record.value for record in outputs.rejects()} == {b"{%d" % number for number in range(0, count, 20)}


def test_when_the_carrier_adds_partitions_the_intake_says_what_to_do_and_then_reads_them(
    stage: Stage, tmp_path: Path
) -> None:
    crane = Crane(stage)
    worker = Worker("taker", tmp_path, settings(stage, crane))
    now = int(time.time() * 1000)

    async def grow(topic: str) -> None:
        async with administration(stage.servers) as admin:
            await admin.create_partitions({topic: NewPartitions(CARRIERS_PARTITIONS + 2)})

    async def scenario() -> None:
        await crane.create()
        assert (await asyncio.to_thread(topics, stage, crane, "apply"))[0] == 0
        state = stage.names.topic(f"intake-state.{crane.topic}")
        async with followed(stage, *SOURCES) as outputs:
            worker.start()
            await ready(worker)
            await crane.send(messages(range(10), now))
            await outputs.until("the first are taken in", lambda: scans(outputs) == expected(10))
            assert await worker.stop() == 0
            await grow(crane.topic)

            async def told() -> bool:
                code, said = await asyncio.to_thread(topics, stage, crane, "plan")
                return code == 3 and f"--topic {state} --partitions {CARRIERS_PARTITIONS + 2}" in said

            await holds_within(WITHIN_S, "the plan names the remedy", told)
            await grow(state)
            crane.partitions += 2
            await crane.send(messages(range(10, 30), now))
            worker.start()
            await outputs.until("the others are taken in", lambda: scans(outputs) == expected(30))

    try:
        asyncio.run(scenario())
    finally:
        worker.kill()


def test_in_replay_what_is_written_carries_the_time_of_its_message(stage: Stage, tmp_path: Path) -> None:
    crane = Crane(stage)
    stage.time = "replay"
    worker = Worker("taker", tmp_path, settings(stage, crane))
    at = 1_700_000_000_000

    async def scenario() -> None:
        await crane.create()
        await stage.create()
        assert (await asyncio.to_thread(topics, stage, crane, "apply"))[0] == 0
        async with followed(stage, *SOURCES) as outputs:
            await crane.send(messages(range(1, 7), at), at)
            worker.start()
            await outputs.until("all are taken in", lambda: scans(outputs).total() == 18)
        assert {record.timestamp for _, record in outputs.records} == {at}

    try:
        asyncio.run(scenario())
    finally:
        worker.kill()


def test_what_an_intake_needs_is_planned_and_the_carriers_topic_is_only_looked_at(stage: Stage) -> None:
    crane = Crane(stage)

    async def scenario() -> None:
        code, said = await asyncio.to_thread(topics, stage, crane, "apply")
        assert code == 3
        assert f"{crane.topic}: does not exist, and a carrier's topic is for its owner to create" in said
        await crane.create(**{"message.timestamp.type": "LogAppendTime"})
        code, said = await asyncio.to_thread(topics, stage, crane, "plan")
        assert code == 10
        assert f"create {stage.namespace}.intake-state.{crane.topic}: {CARRIERS_PARTITIONS} partitions" in said
        assert (await asyncio.to_thread(topics, stage, crane, "apply"))[0] == 0
        assert (await asyncio.to_thread(topics, stage, crane, "plan"))[0] == 0

    asyncio.run(scenario())


def test_a_worker_with_a_wrong_mapping_ends_with_the_place(stage: Stage, tmp_path: Path) -> None:
    crane = Crane(stage)
    (tmp_path / "crane.yaml").write_text(MAPPING.replace("Asia/Shanghai", "Asia/Nowhere"), encoding="utf-8")
    worker = Worker("taker", tmp_path, settings(stage, crane))

    async def scenario() -> None:
        await crane.create()
        assert (await asyncio.to_thread(topics, stage, crane, "apply"))[0] == 0
        worker.start()
        assert await worker.ended(WITHIN_S) == 2
        assert "crane.yaml:5:" in worker.last_words()
        assert "$.times.zone: there is no time zone 'Asia/Nowhere'" in worker.last_words()

    try:
        asyncio.run(scenario())
    finally:
        worker.kill()


def test_messages_that_cannot_be_read_park_their_partition_alone(stage: Stage, tmp_path: Path) -> None:
    crane = Crane(stage)
    environment = {**settings(stage, crane), "SHIPCLOCK_REJECT_WINDOW": "10"}
    worker = Worker("taker", tmp_path, environment)

    def storm() -> Iterator[Message]:
        yield None, b'{"type": "order", "parcel": {"no": 1}}'
        yield from ((None, b"<push/>") for _ in range(30))

    async def scenario() -> None:
        await crane.create()
        assert (await asyncio.to_thread(topics, stage, crane, "apply"))[0] == 0
        async with followed(stage, *SOURCES) as outputs:
            worker.start()
            await ready(worker)
            await crane.send(storm())

            async def parked() -> bool:
                told: dict[str, Any] = await worker.ask("/readyz") or {}
                states = Counter(part["state"] for part in told.get("partitions", {}).values())
                return states == Counter(running=CARRIERS_PARTITIONS - 1, parked=1)

            await holds_within(WITHIN_S, "one partition is parked", parked)
            await outputs.until("its rejects can be read", lambda: len(outputs.rejects()) >= 6)

    try:
        asyncio.run(scenario())
    finally:
        worker.kill()
