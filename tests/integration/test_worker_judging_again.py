"""Regions are suspended and policies rated again while workers run, and are killed in the middle of it."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from streams.demo.conditions import holds_within
from streams.embedded import EmbeddedKafka
from streams.kafka.announcing import in_force
from streams.sla.policy import parse_policy
from tests.integration.stage import (
    WITHIN_S,
    Outputs,
    Sent,
    Stage,
    events,
    registration,
    rfc3339,
    scan,
    shipclock,
    tick,
    without_duplicates,
)
from tests.property.engine import Arrival, Player, bodies
from tests.unit.partition.publishing import publication, suspension

PARTITIONS: Final = 3
SHIPMENTS: Final = 1_200
MINUTE: Final = 60_000
BEGAN: Final = 1_790_000_000_000
TOLD: Final = BEGAN + 95 * MINUTE
"""When operations say so: after breaches have been alerted and outcomes told."""
TOOK: Final = (40, 90, 150)
"""Minutes from acceptance to delivery, in turn."""
PAGE = """
policy: stage
version: "{version}"
clocks:
  - {{name: delivery, from: accepted, until: delivered, within: {within}, warn: {{before: PT10M}}}}
  - {{name: strict, from: accepted, until: delivered, within: PT1H, suspensions: false}}
"""
FIRST = PAGE.format(version="1", within="PT1H")
SECOND = PAGE.format(version="2", within="[{when: {destination.region: north}, allow: PT100M}, {allow: PT30M}]")
SLOWLY = {"SHIPCLOCK_TRANSACTION_MAX_DECISIONS": "4"}
"""So that judging all shipments again takes a hundred transactions in every partition: long enough to be seen."""

Told = Counter[str]


@dataclass(frozen=True)
class Change:
    """What is told to all partitions, and what it makes of the clock `delivery`, counted by hand."""

    arguments: tuple[str, ...]
    record: Arrival
    allowed: Mapping[str, int]
    """Minutes from acceptance until it is due, by region."""
    held: tuple[int, int] | None = None
    """From when until when time does not count in the north."""

    def due(self, region: str, accepted: int, delivered: int) -> int:
        """When `delivery` is due: time that does not count is reckoned until the parcel is there."""
        due = accepted + self.allowed[region] * MINUTE
        if self.held is None or region != "north":
            return due
        return due + max(min(self.held[1], delivered) - self.held[0], 0)


SUSPENSION = Change(
    arguments=(
        *("suspend", "typhoon", "--region", "north"),
        *("--from", rfc3339(BEGAN + 30 * MINUTE), "--until", rfc3339(BEGAN + 75 * MINUTE)),
    ),
    record=suspension(TOLD, BEGAN + 30 * MINUTE, BEGAN + 75 * MINUTE),
    allowed={"north": 60, "south": 60},
    held=(BEGAN + 30 * MINUTE, BEGAN + 75 * MINUTE),
)
RERATING = Change(
    arguments=("policy", "publish", "SECOND", "--rerate", "--effective-from", rfc3339(BEGAN)),
    record=publication(parse_policy(SECOND), TOLD, BEGAN, rerate=True),
    allowed={"north": 100, "south": 30},
)


def parcels() -> list[tuple[str, str, int, int]]:
    """Name, region, when it is accepted and how long it takes; all are accepted within two minutes."""
    return [
        (f"parcel {number}", ("north", "south")[number // 3 % 2], BEGAN + number * 100, TOOK[number % 3] * MINUTE)
        for number in range(SHIPMENTS)
    ]


def records() -> list[Sent]:
    found = []
    for name, region, accepted, took in parcels():
        found += [
            registration(name, BEGAN, stamp=accepted, destination={"region": region}),
            scan(name, "accepted", accepted, stamp=accepted),
            scan(name, "delivered", accepted + took, stamp=accepted + took),
        ]
    return sorted(found, key=lambda record: record.at or 0)


def ticks(at: int) -> list[Sent]:
    return [tick(partition, at) for partition in range(PARTITIONS)]


BEFORE = [*(record for record in records() if (record.at or 0) < TOLD), *ticks(TOLD)]
AFTER = [*(record for record in records() if (record.at or 0) > TOLD), *ticks(BEGAN + 300 * MINUTE)]


def nameless(told: Mapping[str, Any]) -> dict[str, Any]:
    """A decision without what depends on the namespace."""
    return {name: nameless(value) if name == "replaces" else value for name, value in told.items() if name != "id"}


def counted(told: Iterable[Mapping[str, Any]]) -> Told:
    return Counter(json.dumps(nameless(one), sort_keys=True) for one in told)


def played(stage: Stage, change: Change) -> Told:
    """What the core says of these records where there is no Kafka, no worker and no crash."""
    found = Told()
    for partition in range(PARTITIONS):
        player = Player(parse_policy(FIRST))
        player.append(_arrivals(stage, BEFORE, partition))
        player.append([change.record])
        player.append(_arrivals(stage, AFTER, partition))
        found += counted(bodies(player.finish()))
    return found


def _arrivals(stage: Stage, sent: Iterable[Sent], partition: int) -> Iterable[Arrival]:
    for topic, key, value, number, at in sent:
        owner = stage.partition_of(key.decode()) if number is None and key is not None else number
        if owner == partition and at is not None:
            yield Arrival(topic, at, key, value)


def verdicts(change: Change) -> dict[tuple[str, str], tuple[str, str]]:
    """Verdict and due instant by parcel and clock, by plain arithmetic."""
    found = {}
    for name, region, accepted, took in parcels():
        delivered = accepted + took
        for clock, due in (
            ("delivery", change.due(region, accepted, delivered)),
            ("strict", accepted + 60 * MINUTE),
        ):
            found[name, clock] = ("met" if delivered <= due else "missed", rfc3339(due))
    return found


def newest(outputs: Outputs) -> dict[tuple[str, str], tuple[str, str]]:
    told = sorted(outputs.told("sla-outcomes"), key=lambda one: one["revision"])
    return {(one["shipment_id"], one["clock"]): (one["kind"], one["due"].replace("Z", "+00:00")) for one in told}


@pytest.mark.parametrize("change", [SUSPENSION, RERATING], ids=["suspension", "rerating"])
def test_judging_again_that_is_killed_half_way_ends_as_if_nothing_had_happened(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path, change: Change
) -> None:
    stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, FIRST, PARTITIONS, time="replay", settings=SLOWLY)
    second = tmp_path / "second.yaml"
    second.write_text(SECOND, encoding="utf-8")
    arguments = [str(second) if word == "SECOND" else word for word in change.arguments]
    expected = played(stage, change)

    async def half_way() -> bool:
        """Whether a partition has judged some of its shipments again, and has others to go."""
        metas = await in_force({"bootstrap_servers": stage.servers}, stage.names)
        return any(meta is not None and meta.sweep is not None and bool(meta.sweep.after) for meta in metas.values())

    async def scenario() -> None:
        await stage.create()
        async with stage.workers(2) as workers, stage.outputs() as outputs:
            await stage.send(BEFORE)
            late = sum(1 for *_, took in parcels() if took > 60 * MINUTE)

            def alerted() -> bool:
                opened = [one for one in outputs.told("breach-alerts") if one["kind"] == "opened"]
                return len(opened) == 2 * late

            await outputs.until("all that is late by then is alerted", alerted)
            assert "partitions" in await shipclock(stage, *arguments, "--at", rfc3339(TOLD))
            load = asyncio.create_task(stage.send(AFTER))
            await holds_within(WITHIN_S, "shipments are being judged again", half_way)
            for worker in workers:
                worker.kill()
            assert await half_way(), "it was over before the workers were killed: give it more shipments"
            await load
            for worker in workers:
                worker.start()
            await stage.ready(*workers)
            await outputs.until("everything is said", lambda: len(outputs.told()) >= expected.total(), 60)
            await outputs.drain()
            for worker in workers:
                worker.require_running()
            assert not await half_way()

        assert without_duplicates(outputs.told())
        assert outputs.rejects() == []
        assert newest(outputs) == verdicts(change)
        assert counted(outputs.told()) == expected
        withdrawn = Counter(
            stage.partition_of(one["shipment_id"])
            for one in outputs.told("breach-alerts")
            if (one["clock"], one["kind"]) == ("delivery", "withdrawn")
        )
        assert set(withdrawn) == set(range(PARTITIONS))
        assert [event for worker in workers for event in events(worker) if event["level"] == "critical"] == []

    asyncio.run(scenario())
