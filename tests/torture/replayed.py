"""A story in replay time: whatever happens, all is said that is said where nothing happens, and nothing else."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from streams.embedded import EmbeddedKafka
from streams.sla.policy import parse_policy
from tests.integration.stage import Sent, Stage, registration, scan, tick
from tests.property.engine import Arrival, Player, bodies
from tests.torture.story import Scene, Told, tell
from tests.unit.partition.publishing import publication, suspension

PARTITIONS = 6
PARCELS = 400
SLICES = 60
MINUTE = 60_000
SLICE = 4 * MINUTE
BEGAN = 1_790_000_000_000
STRUCK = 0.5
"""Before how many of the slices something happens."""

PAGE = """
policy: torture
version: "{version}"
clocks:
  - {{name: delivery, from: accepted, until: delivered, within: {within}, warn: {{before: PT10M}}}}
  - {{name: stalled, per: gap, from: any, until: any, within: PT50M}}
  - {{name: strict, from: registered, until: delivered, within: PT2H, suspensions: false}}
"""
FIRST = PAGE.format(version=1, within="PT1H")
SECOND = PAGE.format(version=2, within="[{when: {destination.region: north}, allow: PT100M}, {allow: PT30M}]")


def slices(random: Random) -> list[list[Sent]]:
    """Four hours of records by time; some come late, twice or never, and what is in force changes."""
    pieces: list[list[Sent]] = [[] for _ in range(SLICES)]
    for record in sorted([*_parcels(random), *_changes()], key=lambda one: one.at or 0):
        number = ((record.at or 0) - BEGAN) // SLICE
        if number < SLICES:
            pieces[number].append(record)
    for number, piece in enumerate(pieces):
        piece += [tick(partition, BEGAN + (number + 1) * SLICE) for partition in range(PARTITIONS)]
    return pieces


def _parcels(random: Random) -> Iterable[Sent]:
    for number in range(PARCELS):
        name, began = f"parcel {number}", BEGAN + random.randrange(SLICES * SLICE * 3 // 4)
        took = random.choice((25, 40, 55, 70, 90, 130)) * MINUTE
        region = {"region": random.choice(("north", "south"))}
        registered = began + random.choice((0, 0, 0, 20, 80)) * MINUTE
        yield registration(name, began, stamp=registered, destination=region)
        for code, at in (("accepted", began + 1_000), ("sorted", began + took // 2), ("delivered", began + took)):
            for _ in range(random.choice((0, *(1,) * 14, *(2,) * 5))):
                late = random.choice((0, 0, 0, 3, 15, 60)) * MINUTE + random.randrange(1_000)
                yield scan(name, code, at, stamp=at + late)


def _changes() -> Iterable[Sent]:
    whole = SLICES * SLICE
    told = (
        suspension(BEGAN + whole * 2 // 5, BEGAN + whole // 5, BEGAN + whole * 3 // 5),
        publication(parse_policy(SECOND), BEGAN + whole * 3 // 5, BEGAN + whole // 4, rerate=True),
    )
    for topic, at, key, value in told:
        for partition in range(PARTITIONS):
            yield Sent(topic, key, value, partition, at)


def undisturbed(stage: Stage, pieces: Sequence[Iterable[Sent]]) -> Counter[str]:
    """What the core says of these records where there is no Kafka, no worker and no crash."""
    found = Counter[str]()
    for partition in range(PARTITIONS):
        player = Player(parse_policy(FIRST))
        player.append(
            Arrival(topic, at, key, value)
            for piece in pieces
            for topic, key, value, number, at in piece
            if at is not None and partition == (stage.partition_of((key or b"").decode()) if number is None else number)
        )
        found += _counted(bodies(player.finish()))
    return found


def _counted(told: Iterable[Mapping[str, Any]]) -> Counter[str]:
    return Counter(json.dumps(_nameless(one), sort_keys=True) for one in told)


def _nameless(told: Mapping[str, Any]) -> dict[str, Any]:
    """A decision without what depends on the namespace."""
    return {name: _nameless(value) if name == "replaces" else value for name, value in told.items() if name != "id"}


async def replayed(kafka: EmbeddedKafka, seed: int, directory: Path) -> Told:
    """Tell one story."""
    random = Random(seed)
    pieces = slices(random)
    stage = Stage(kafka.bootstrap_servers, f"replayed-{seed}", directory, FIRST, PARTITIONS, time="replay")
    await stage.create()
    expected = undisturbed(stage, pieces)

    async def send(scene: Scene) -> None:
        for piece in pieces:
            scene.crew.keep_up()
            await asyncio.sleep(random.choice((0.0, 0.2, 0.8, 2.0)))  # so that faults strike at any moment
            if random.random() < STRUCK:
                await scene.faults.strike()
            await scene.producer.send(piece)
            await scene.outputs.poll()

    outputs, told = await tell(kafka, stage, random, send, lambda outputs: len(outputs.told()) >= expected.total())
    said = _counted(outputs.told())
    wrong = [f"never said: {one}" for one in expected - said]
    wrong += [f"said, and should not be: {one}" for one in said - expected]
    return told._replace(wrong=[*told.wrong, *wrong])
