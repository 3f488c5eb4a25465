"""A story in live time: parcels are judged by their facts, alerted once, and not where the log disproves it."""

import asyncio
import json
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError

from streams.embedded import EmbeddedKafka
from tests.integration.stage import REJECTS, Outputs, Producer, Sent, Stage, registration, scan
from tests.torture.story import Scene, Told, tell

PARTITIONS = 4
SENDING_S = 90.0
STEP_S = 0.2
WITHIN_MS = 15_000
TOOK_MS = (4_000, 9_000, 14_000, 17_000, 25_000)
UPLOADED_MS = (0, 0, 0, 8_000)
STRUCK = 0.08
"""How often something happens in a step."""
PAGE = """
policy: torture
version: "1"
clocks:
  - {name: delivery, from: accepted, until: delivered, within: PT15S, warn: {before: PT5S}}
"""


@dataclass
class Parcel:
    """One parcel, and what is known of it in the end."""

    due: int
    kept: bool
    appended: dict[str, int] = field(default_factory=dict)
    """When the brokers took its registration and each of its scans for the first time."""
    alerts: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)

    def wrong(self) -> Iterator[str]:
        """What must not be."""
        promised = max(self.appended["registered"], self.appended["accepted"]) - self.due
        proved = self.appended["delivered"] - self.due
        if sorted(self.sequences) != list(range(1, len(self.sequences) + 1)):
            yield f"sequence numbers {self.sequences}"
        if self.outcomes[-1:] != ["met" if self.kept else "missed"]:
            yield f"outcomes {self.outcomes}"
        told = ["opened", "withdrawn" if self.kept else "resolved"]
        if self.kept and proved <= 0:
            allowed: list[list[str]] = [[]]  # whatever else is a false breach
        elif promised < 0 and proved > 1:
            allowed = [told]
        else:
            allowed = [[], told]  # nobody was promised anything yet when it was due
        if self.alerts not in allowed:
            yield f"alerts {self.alerts}, promised {promised} ms and proved {proved} ms after it was due"


class Parcels:
    """Makes parcels as time goes by."""

    def __init__(self, random: Random) -> None:
        self.all: dict[str, Parcel] = {}
        self._random = random
        self._waiting: list[tuple[int, Sent]] = []

    def more(self) -> Iterator[Sent]:
        """Some parcels are accepted now."""
        for _ in range(self._random.randrange(12)):
            name, at, took = f"parcel {len(self.all)}", _now(), self._random.choice(TOOK_MS)
            self.all[name] = Parcel(at + WITHIN_MS, took <= WITHIN_MS)
            self._waiting.append((at + took + self._random.choice(UPLOADED_MS), scan(name, "delivered", at + took)))
            yield registration(name, at)
            yield scan(name, "accepted", at)

    def due(self) -> list[Sent]:
        """The scans whose time has come."""
        now = _now()
        due = [record for at, record in self._waiting if at <= now]
        self._waiting = [(at, record) for at, record in self._waiting if at > now]
        return due

    @property
    def waiting(self) -> bool:
        """Whether scans are still to come."""
        return bool(self._waiting)

    def judged(self, outputs: Outputs) -> bool:
        """Whether the last outcome of each is what it must be."""
        last = {told["shipment_id"]: told["kind"] for told in outputs.told("sla-outcomes")}
        return all(last.get(name) == ("met" if parcel.kept else "missed") for name, parcel in self.all.items())

    def hear(self, topic: str, told: dict[str, Any]) -> None:
        """Note a decision."""
        parcel = self.all[told["shipment_id"]]
        if "sequence" in told:
            parcel.sequences.append(told["sequence"])
        if topic == "breach-alerts":
            parcel.alerts.append(told["kind"])
        elif topic == "sla-outcomes":
            parcel.outcomes.append(told["kind"])

    async def look_up(self, stage: Stage) -> None:
        """Note when brokers appended what was sent."""
        topics = [stage.names.topic(short) for short in ("shipments", "parcel-scans")]
        tps = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
        async with AIOKafkaConsumer(bootstrap_servers=stage.servers) as consumer:
            consumer.assign(tps)
            await consumer.seek_to_beginning()
            ends = await consumer.end_offsets(tps)
            while [tp for tp in tps if await consumer.position(tp) < ends[tp]]:
                for records in (await consumer.getmany(timeout_ms=100)).values():
                    for record in records:
                        body = json.loads(record.value)
                        parcel = self.all[body["shipment_id"]]
                        parcel.appended.setdefault(body.get("code", "registered"), record.timestamp)


async def live(kafka: EmbeddedKafka, seed: int, directory: Path) -> Told:
    """Tell one story."""
    random = Random(seed)
    stage = Stage(kafka.bootstrap_servers, f"live-{seed}", directory, PAGE, PARTITIONS)
    await stage.create()
    parcels = Parcels(random)

    async def send(scene: Scene) -> None:
        """Send for a while, with faults, and then what is still to come without."""
        ends_at = time.monotonic() + SENDING_S
        scene.crew.keep_up()
        await stage.ready(*scene.crew.kept)
        async with asyncio.TaskGroup() as sendings:
            while (going_on := time.monotonic() < ends_at) or parcels.waiting:
                scene.crew.keep_up()
                records = [*(parcels.more() if going_on else ()), *parcels.due()]
                # Brokers may be away: what comes later need not wait for that.
                sendings.create_task(_sent(scene.producer, records))
                await scene.outputs.poll()
                await asyncio.sleep(STEP_S)
                if going_on and random.random() < STRUCK:
                    await scene.faults.strike()

    outputs, told = await tell(kafka, stage, random, send, parcels.judged)
    for topic, record in outputs.records:
        if record.value is not None and topic != REJECTS:
            parcels.hear(topic, json.loads(record.value))
    await parcels.look_up(stage)
    wrong = [f"{name}: {what}" for name, parcel in parcels.all.items() for what in parcel.wrong()]
    return told._replace(wrong=[*told.wrong, *wrong])


async def _sent(producer: Producer, records: Collection[Sent]) -> None:
    """Send until it is acknowledged: a record that is there twice changes nothing."""
    while True:
        try:
            await producer.send(records)
        except KafkaTimeoutError:
            continue
        return


def _now() -> int:
    return time.time_ns() // 1_000_000
