"""A facility falls silent and comes back, with a worker that listens beside the main one."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer

from streams.demo.conditions import holds_within
from streams.demo.workers import Worker
from streams.embedded import EmbeddedKafka
from tests.integration.stage import WITHIN_S, Outputs, Sent, Stage, registration, rfc3339, scan
from tests.integration.test_scorecards import ready

SECOND = 1_000
HOUR = 3_600 * SECOND
POLICY = """
policy: stage
version: "1"
clocks:
  - {name: trip, from: picked_up, until: delivered, due: promised}
feeds:
  - {silent_after: PT3S, catch_up: PT2S}
"""
TOPICS = ("breach-alerts", "sla-outcomes", "feed-alerts", "control")
HUB = {"id": "HUB"}


def alerts(outputs: Outputs) -> dict[str, list[dict[str, Any]]]:
    """Breach alerts by shipment, in order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for body in sorted(outputs.told("breach-alerts"), key=lambda body: body["sequence"]):
        found.setdefault(body["shipment_id"], []).append(body)
    return found


def last_kinds(outputs: Outputs, names: list[str]) -> list[str | None]:
    """What was said last of each shipment."""
    said = alerts(outputs)
    return [said[name][-1]["kind"] if name in said else None for name in names]


def statuses(outputs: Outputs) -> list[tuple[int, bool]]:
    """Partition of `control`, and whether the hub is silent."""
    return [
        (record.partition, json.loads(record.value)["silent"])
        for topic, record in outputs.records
        if topic == "control"
    ]


def promised(name: str, at: int, due: int, revision: int = 0) -> Sent:
    """The registration of a parcel; a later revision may promise another instant."""
    return registration(name, at, promised_at=rfc3339(due), revision=revision)


def under_way(name: str, at: int, due: int) -> list[Sent]:
    """A parcel that is picked up at the hub."""
    return [promised(name, at, due), scan(name, "picked_up", at, facility=HUB)]


def now() -> int:
    return int(time.time() * 1000)


def test_silence_is_told_everywhere_and_breaches_are_confirmed_or_withdrawn_when_it_ends(
    kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    stage = Stage(kafka.bootstrap_servers, f"test-{uuid.uuid4().hex[:12]}", tmp_path, POLICY)
    listener = Worker("listener", tmp_path, {**stage.environment, "SHIPCLOCK_JOB": "feeds"})
    topics = {stage.names.topic(short): short for short in TOPICS}
    names = [
        next(stage.numbers_in(number, prefix)) for prefix in ("lost", "late") for number in range(stage.partitions)
    ]
    others = [next(stage.numbers_in(number, "other")) for number in range(stage.partitions)]
    lost, late = names[: stage.partitions], names[stage.partitions :]

    async def scenario() -> None:
        await stage.create()
        async with (
            stage.workers() as (main,),
            stage.producer() as producer,
            AIOKafkaConsumer(
                bootstrap_servers=stage.servers, isolation_level="read_committed", auto_offset_reset="earliest"
            ) as consumer,
        ):
            outputs = Outputs(stage.servers, consumer, topics, stage.partitions)
            listener.start()
            await ready(listener, stage.partitions)
            begun = now()
            far = begun + HOUR
            await stage.send(record for name in names for record in under_way(name, begun, far))

            async def until(what: str, condition: Callable[[], bool]) -> None:
                """Wait while others are registered: where nothing happens, time is told of every ten seconds only."""

                async def registered_and_looked() -> bool:
                    await producer.send(promised(name, begun, far) for name in others)
                    await outputs.poll()
                    return condition()

                await holds_within(WITHIN_S, what, registered_and_looked)

            await until("every partition is told of the silence", lambda: len(statuses(outputs)) == 2)
            assert sorted(statuses(outputs)) == [(number, True) for number in range(stage.partitions)]
            listener.kill()  # what it knows is in Kafka
            main.kill()
            main.start()
            await stage.ready(main)
            due = now() + SECOND
            await stage.send(promised(name, begun, due, revision=1) for name in names)
            await until("breaches are told", lambda: last_kinds(outputs, names) == ["opened"] * len(names))
            listener.start()
            await ready(listener, stage.partitions)
            handed_in = due - SECOND
            await stage.send([scan(name, "delivered", handed_in, facility=HUB) for name in late])
            await until(
                "the feed is back, and nothing is open to doubt",
                lambda: (
                    last_kinds(outputs, lost) == ["confirmed"] * len(lost)
                    and last_kinds(outputs, late) == ["withdrawn"] * len(late)
                ),
            )
            await stage.send([scan(name, "delivered", handed_in, facility=HUB) for name in lost[:1]])
            await until(
                "what comes after the confirmation withdraws all the same",
                lambda: last_kinds(outputs, lost[:1]) == ["withdrawn"],
            )
            said = alerts(outputs)
            for name in names:
                assert (said[name][0]["verification"], said[name][0]["silent_feed"]) == ("unverified", "HUB")
            assert [one["kind"] for one in outputs.told("feed-alerts")[:2]] == ["opened", "resolved"]
            assert len({one["id"] for one in outputs.told("feed-alerts")}) == len(outputs.told("feed-alerts"))
            assert {one["kind"] for one in outputs.told("sla-outcomes")} == {"met"}

    try:
        asyncio.run(scenario())
    finally:
        listener.kill()
