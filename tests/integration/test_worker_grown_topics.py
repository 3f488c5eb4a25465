"""Somebody adds partitions to topics whose shipments have state: no promise is judged without its scans."""

import asyncio
import time
from pathlib import Path

import pytest
from aiokafka.admin import NewPartitions

from streams.embedded import EmbeddedKafka
from streams.partition.partitioners import murmur2
from tests.integration.stage import WITHIN_S, Sent, Stage, administration, registration, run_worker, scan

PARTITIONS = 2
POLICY = """
policy: grown
version: "1"
clocks:
  - {name: delivery, from: registered, until: delivered, within: PT1H}
"""
LOOKS_OFTEN = "from streams.kafka import thread; thread.LEARN_EVERY_MS = 300"


def moving(prefix: str) -> str:
    """A shipment whose partition is the new one, as soon as its sender knows of it."""
    names = (f"{prefix}-{number}" for number in range(1_000))
    return next(name for name in names if murmur2(name.encode(), PARTITIONS + 1) == PARTITIONS)


async def grow(stage: Stage, *topics: str) -> None:
    async with administration(stage.servers) as admin:
        ours = [topic for topic in await admin.list_topics() if topic.startswith(f"{stage.namespace}.")]
        grown = [stage.names.topic(topic) for topic in topics] or ours
        await admin.create_partitions({topic: NewPartitions(PARTITIONS + 1) for topic in grown})


def test_where_all_topics_have_grown_since_state_was_written_it_refuses_to_start(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path
) -> None:
    """They fit each other, and the state does not: scans would wait as orphans beside shipments that are overdue."""
    stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, POLICY, PARTITIONS)

    async def scenario() -> None:
        await stage.create()
        async with stage.workers() as (worker,):
            await stage.send([registration(moving("S"), int(time.time() * 1000))])
            await stage.committed({"shipments": 1})
            assert await worker.stop() == 0
        await grow(stage)
        code, out = await run_worker(stage)
        last = out.splitlines()[-1]
        assert (code, last.count("shipclock: ")) == (3, 1), out
        assert "2 partitions" in last
        assert "3 now" in last
        assert "namespace" in last

    asyncio.run(scenario())


@pytest.mark.parametrize("topics", [(), ("parcel-scans",), ("shipments",)], ids=["all", "scans", "registrations"])
def test_at_work_it_ends_when_topics_have_grown_and_what_came_meanwhile_is_still_there(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path, topics: tuple[str, ...]
) -> None:
    stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, POLICY, PARTITIONS)
    now = int(time.time() * 1000)
    shipment = moving("S")
    key = shipment.encode()
    at_home = murmur2(key, PARTITIONS)

    async def scenario() -> None:
        await stage.create()
        worker = asyncio.create_task(run_worker(stage, LOOKS_OFTEN))
        try:
            await stage.send([registration(shipment, now)])
            strange = scan(shipment, "delivered", now)
            async with stage.outputs() as outputs:
                # A sender that knows of more partitions than there are workers for: one of those that there were.
                await stage.send([Sent(strange.topic, key, strange.value, 1 - at_home)])
                stray = scan(moving("T"), "delivered", now)
                await stage.send([Sent(stray.topic, stray.key, stray.value, 1 - murmur2(stray.key or b"", PARTITIONS))])
                await outputs.until("they are rejected", lambda: len(outputs.rejects()) == 2)
                rejected = {(record.key, record.value) for record in outputs.rejects()}
                assert rejected == {(key, strange.value), (stray.key, stray.value)}
                assert {dict(record.headers)["reason"] for record in outputs.rejects()} == {b"wrong-partition"}
                await grow(stage, *topics)
                code, out = await asyncio.wait_for(worker, WITHIN_S)
                last = out.splitlines()[-1]
                assert (code, last.count("shipclock: ")) == (3, 1), out
                assert "partitions" in last
                await outputs.drain()
                assert outputs.told("breach-alerts", "sla-outcomes") == []
        finally:
            worker.cancel()

    asyncio.run(scenario())
