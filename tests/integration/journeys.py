"""Three hours of parcels in replay time, and what is said of them when nothing happens to anybody meanwhile."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from streams.embedded import EmbeddedKafka
from tests.integration.stage import Outputs, Sent, Stage, registration, scan, tick, without_duplicates

PARTITIONS = 4
SHIPMENTS = 240
MINUTE = 60_000
BEGAN = 1_790_000_000_000
SLICES = 48
SLICE = 5 * MINUTE
HALF = SLICES // 2

POLICY = """
policy: stage
version: "1"
clocks:
  - {name: delivery, from: accepted, until: delivered, within: PT1H, warn: {before: PT10M}}
  - {name: stalled, per: gap, from: any, until: any, within: PT50M}
"""

Told = Counter[str]


def journeys() -> list[Sent]:
    """Three hours of records in the order of their timestamps; every third parcel is late, some scans come late."""
    records = []
    for number in range(SHIPMENTS):
        shipment, began = f"parcel {number}", BEGAN + number * 20_000
        took = (90 if number % 3 == 0 else 40) * MINUTE
        records += [
            registration(shipment, began, stamp=began),
            scan(shipment, "accepted", began + 1_000, stamp=began + 1_000),
            scan(shipment, "sorted", began + took // 2, stamp=began + took // 2 + (number % 5) * 7 * MINUTE),
            scan(shipment, "delivered", began + took, stamp=began + took),
        ]
    return sorted(records, key=lambda record: record.at or 0)


def slices() -> list[list[Sent]]:
    """The same, cut by time; each piece ends with the ticks that let time pass."""
    pieces: list[list[Sent]] = [[] for _ in range(SLICES)]
    for record in journeys():
        assert record.at is not None
        pieces[(record.at - BEGAN) // SLICE].append(record)
    for number, piece in enumerate(pieces):
        piece += [tick(partition, BEGAN + (number + 1) * SLICE) for partition in range(PARTITIONS)]
    return pieces


def said(outputs: Outputs) -> Told:
    """What was said, without what depends on the namespace."""
    return Counter(json.dumps(_nameless(told), sort_keys=True) for told in outputs.told())


def _nameless(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _nameless(value) if name == "replaces" else value for name, value in told.items() if name != "id"}


def stage_on(kafka: EmbeddedKafka, namespace: str, directory: Path) -> Stage:
    return Stage(kafka.bootstrap_servers, namespace, directory, POLICY, PARTITIONS, time="replay")


async def play(stage: Stage, outputs: Outputs, at: Mapping[int, Callable[[], Awaitable[object]]]) -> None:
    """Write all slices; before some of them something happens."""
    async with stage.producer() as producer:
        for number, piece in enumerate(slices()):
            if number in at:
                await at[number]()
            await producer.send(piece)
            await outputs.poll()


async def complete(outputs: Outputs, undisturbed: "Undisturbed") -> None:
    """Wait until as much has been said as without any disturbance, and for more that might follow."""
    await outputs.until("everything is said", lambda: len(outputs.told()) >= undisturbed.said.total(), 60)
    await outputs.drain()
    assert without_duplicates(outputs.told())
    assert said(outputs) == undisturbed.said


class Undisturbed:
    """What one worker says that nothing happens to."""

    def __init__(self, namespace: str, outputs: Outputs) -> None:
        self.namespace = namespace
        self.said = said(outputs)
        self.ids = {told["id"] for told in outputs.told()}


async def undisturbed(stage: Stage) -> Undisturbed:
    """What one worker says while nothing happens."""
    await stage.create()
    await stage.send([record for piece in slices() for record in piece])
    async with stage.workers(), stage.outputs() as outputs:
        counts = {"shipments": SHIPMENTS, "parcel-scans": 3 * SHIPMENTS, "control": SLICES * PARTITIONS}
        await stage.committed(counts)
        await outputs.drain()
        found = Undisturbed(stage.namespace, outputs)
    kinds = Counter((told["clock"], told["kind"]) for told in map(json.loads, found.said) if "clock" in told)
    assert kinds["delivery", "met"] == SHIPMENTS * 2 // 3
    assert kinds["delivery", "opened"] == kinds["delivery", "missed"] == SHIPMENTS // 3
    return found
