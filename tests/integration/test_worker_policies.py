"""A policy is published while workers run under load."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from streams.embedded import EmbeddedKafka
from streams.sla.instants import rfc3339
from tests.integration.stage import WITHIN_S, Sent, Stage, registration, scan, shipclock, without_duplicates

PARTITIONS = 4
TOOK = 2_000
WAITING = 2_000
"""Parcels that may be on their way at once."""
PAGE = """
policy: live
version: "{version}"
clocks:
  - {{name: delivery, from: accepted, until: delivered, within: {within}}}
"""
FIRST, SECOND = PAGE.format(version="1", within="PT3S"), PAGE.format(version="2", within="PT1S")


def now() -> int:
    return time.time_ns() // 1_000_000


def parcels(numbers: range, accepted: dict[str, int]) -> list[Sent]:
    """Parcels that are accepted now and delivered in two seconds; the instants are noted."""
    records = []
    for number in numbers:
        name, at = f"P{number}", now()
        accepted[name] = at
        records += [registration(name, at), scan(name, "accepted", at), scan(name, "delivered", at + TOOK)]
    return records


def test_a_policy_published_under_load_judges_what_starts_in_its_time_in_every_partition_without_a_restart(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path
) -> None:
    async def story() -> None:
        stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, FIRST, PARTITIONS)
        await stage.create()
        second = tmp_path / "second.yaml"
        second.write_text(SECOND, encoding="utf-8")
        accepted: dict[str, int] = {}
        async with stage.workers(2) as workers, stage.outputs() as outputs:

            async def load() -> None:
                """Send on, but no faster than a slow machine can judge."""
                if len(accepted) - len(outputs.told("sla-outcomes")) < WAITING:
                    await stage.send(parcels(range(len(accepted), len(accepted) + 100), accepted))
                await outputs.poll()

            def versions() -> set[tuple[int, str]]:
                return {
                    (stage.partition_of(told["shipment_id"]), told["policy_version"])
                    for told in outputs.told("sla-outcomes")
                }

            async def until_heard(version: str) -> None:
                async with asyncio.timeout(WITHIN_S):
                    while not versions() >= {(number, version) for number in range(PARTITIONS)}:
                        await load()

            await until_heard("1")
            begins = now() + 4_000
            arguments = ("policy", "publish", str(second), "--effective-from", rfc3339(begins))
            publishing = asyncio.create_task(shipclock(stage, *arguments))
            await until_heard("2")
            assert f"in {PARTITIONS} partitions" in await publishing
            await outputs.until("every parcel is judged", lambda: len(outputs.told("sla-outcomes")) >= len(accepted))
            await outputs.drain()
            for worker in workers:
                worker.require_running()
            active = json.loads(await shipclock(stage, "policy", "active", "--format", "json"))
            with pytest.raises(AssertionError, match="express is the policy express, and the policy live is in force"):
                await shipclock(stage, "policy", "publish", "express")
            assert "express 2026-11-01 " in await shipclock(stage, "policy", "publish", "express", "--replace")

        told = {one["shipment_id"]: (one["policy_version"], one["kind"]) for one in outputs.told("sla-outcomes")}
        assert told == {name: ("2", "missed") if at >= begins else ("1", "met") for name, at in accepted.items()}
        assert without_duplicates(outputs.told())
        assert outputs.rejects() == []
        in_force = [[(one["version"], one["begins"]) for one in active[str(n)]["policies"]] for n in range(PARTITIONS)]
        assert in_force == [[("1", 0), ("2", begins)]] * PARTITIONS

    asyncio.run(story())


def test_a_suspension_is_told_lifted_and_told_again_without_counting_its_revisions(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path
) -> None:
    async def story() -> None:
        stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, FIRST, PARTITIONS)
        await stage.create()

        begins = ("--region", "north", "--from", "2026-11-01T00:00:00Z")

        async def suspend(*arguments: str) -> str:
            return await shipclock(stage, "suspend", "typhoon", *arguments)

        async def until_known(revision: int, *, lifted: bool) -> None:
            async with asyncio.timeout(WITHIN_S):
                while True:
                    active = json.loads(await shipclock(stage, "policy", "active", "--format", "json"))
                    held = [meta["suspensions"] for meta in active.values()]
                    known = [[(one["revision"], one["lifted"]) for one in some] for some in held]
                    if known == [[(revision, lifted)]] * PARTITIONS:
                        return

        async with stage.workers(1):
            with pytest.raises(AssertionError, match="no partition knows a suspension typhoon"):
                await suspend("--lift")
            assert "revision 0, is written to 4 partitions" in await suspend(*begins)
            await until_known(0, lifted=False)
            assert "revision 1, is written to 4 partitions" in await suspend("--lift")
            await until_known(1, lifted=True)
            with pytest.raises(AssertionError, match="revision 1 of typhoon is known already"):
                await suspend(*begins, "--revision", "1")
            assert "revision 2, is written to 4 partitions" in await suspend(*begins, "--until", "2026-11-02T00:00:00Z")
            await until_known(2, lifted=False)
            told = (await shipclock(stage, "policy", "active")).splitlines()
        place, said = told[-1].split(maxsplit=1)
        assert (len(told), place) == (2, "all")
        assert said == (
            "suspension typhoon, revision 2, of north from 2026-11-01T00:00:00.000Z until 2026-11-02T00:00:00.000Z"
        )

    asyncio.run(story())
