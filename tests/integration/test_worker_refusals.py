"""Topics on which a worker will not work."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from aiokafka.admin import NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.embedded import EmbeddedKafka
from tests.integration.parcels import POLICY
from tests.integration.stage import Stage, administration, run_worker, scan

PARTITIONS = 4


async def _misconfigure(stage: Stage, topic: str, settings: Mapping[str, str]) -> None:
    async with administration(stage.servers) as admin:
        resource = ConfigResource(ConfigResourceType.TOPIC, stage.names.topic(topic), configs=dict(settings))
        await admin.alter_configs([resource])


async def _state_is_deleted(stage: Stage) -> None:
    await _misconfigure(stage, "sla-state", {"cleanup.policy": "delete"})


async def _sources_carry_create_time(stage: Stage) -> None:
    await _misconfigure(stage, "parcel-scans", {"message.timestamp.type": "CreateTime"})


async def _partitions_differ(stage: Stage) -> None:
    async with administration(stage.servers) as admin:
        await admin.create_partitions({stage.names.topic("shipments"): NewPartitions(PARTITIONS + 1)})


@pytest.mark.parametrize(
    ("spoil", "topic", "remedy"),
    [
        (_state_is_deleted, "sla-state", "cleanup.policy"),
        (_sources_carry_create_time, "parcel-scans", "message.timestamp.type"),
        (_partitions_differ, "shipments", "partitions"),
    ],
)
def test_on_topics_that_would_corrupt_state_it_refuses_to_start_and_says_what_to_do(
    kafka: EmbeddedKafka,
    namespace: str,
    tmp_path: Path,
    *,
    spoil: Callable[[Stage], Awaitable[None]],
    topic: str,
    remedy: str,
) -> None:
    stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, POLICY, PARTITIONS)

    async def scenario() -> None:
        await stage.create()
        await spoil(stage)
        code, out = await run_worker(stage)
        last = out.splitlines()[-1]
        assert code == 3
        assert last.startswith("shipclock: ")
        assert f"{namespace}.{topic}" in last
        assert remedy in last
        assert "Traceback" not in out

    asyncio.run(scenario())


def test_a_worker_that_may_open_few_files_says_so_before_it_looks_as_if_no_broker_answered(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path
) -> None:
    stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, "policy: [", PARTITIONS)  # so that it ends

    async def scenario() -> None:
        await stage.create()
        few = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80))"
        code, out = await run_worker(stage, few)
        assert code == 2
        assert "few files may be open" in out

    asyncio.run(scenario())


def test_a_source_topic_that_was_created_anew_is_not_read_on_from_where_the_old_one_was_left(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path
) -> None:
    """It has more records than were read of the old one: their offsets alone would tell nothing."""
    stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, POLICY, partitions=1)
    now = int(time.time() * 1000)

    async def scenario() -> None:
        await stage.create()
        async with stage.workers() as (worker,):
            await stage.send(scan("one", "accepted", now + number) for number in range(3))
            await stage.committed({"parcel-scans": 3})
            assert await worker.stop() == 0
        async with administration(stage.servers) as admin:
            await admin.delete_topics([stage.names.topic("parcel-scans")])
        await stage.create()
        await stage.send(scan("two", "accepted", now + number) for number in range(5))
        code, out = await run_worker(stage)
        last = out.splitlines()[-1]
        assert code == 5
        assert "parcel-scans partition 0: offset 3 is to be read next of the one with the id" in last
        assert "created anew" in last
        assert "Traceback" not in out

    asyncio.run(scenario())
