"""Scorecards of a worker beside the main one are the sum of the outcomes, through kills and corrections."""

import asyncio
import json
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer

from streams.demo.conditions import holds_within
from streams.demo.workers import Worker
from streams.embedded import EmbeddedKafka
from tests.integration.stage import WITHIN_S, Outputs, Sent, Stage, registration, scan

HOUR = 3_600_000
POLICY = """
policy: stage
version: "1"
clocks:
  - {name: delivery, from: accepted, until: delivered, within: PT10H}
"""
CUSTOMERS = ("birch", "alder", "rowan")
Sums = dict[str, Counter[str]]


def journey(number: int, now: int) -> list[Sent]:
    """A shipment that is late when its number can be divided by three."""
    shipment, begun = f"S{number}", now - 30 * HOUR
    late = number % 3 == 0
    return [
        registration(shipment, begun, customer_id=CUSTOMERS[number % 2]),
        scan(shipment, "accepted", begun),
        scan(shipment, "delivered", begun + (11 if late else 9) * HOUR, scan_id=f"{shipment}-end"),
    ]


def summed(outputs: Outputs) -> Sums:
    """What the newest revision of every outcome says, by customer."""
    newest: dict[str, dict[str, Any]] = {}
    for outcome in outputs.told("sla-outcomes"):
        before = newest.get(outcome["shipment_id"])
        if before is None or outcome["revision"] > before["revision"]:
            newest[outcome["shipment_id"]] = outcome
    found: Sums = {}
    for outcome in newest.values():
        found.setdefault(outcome["customer_id"], Counter())[outcome["kind"]] += 1
    return found


def carded(outputs: Outputs) -> Sums:
    """What the newest cards of all years say, by customer."""
    newest = {
        record.key: None if record.value is None else json.loads(record.value)
        for topic, record in outputs.records
        if topic == "sla-scorecards"
    }
    found: Sums = {}
    for card in newest.values():
        if card is not None and card["length"] == "year" and card.get("clock") == "delivery":
            sums = found.setdefault(card["customer_id"], Counter())
            sums.update({kind: card[kind] for kind in ("met", "missed", "cancelled", "excused") if card[kind]})
    return found


async def ready(worker: Worker, partitions: int) -> None:
    """Wait until a worker has restored all partitions of its job."""

    async def all_there() -> bool:
        worker.require_running()
        return await worker.partitions() == frozenset(range(partitions))

    await holds_within(WITHIN_S, "the job has its partitions", all_there)


def test_cards_are_the_sum_of_the_outcomes_through_kills_and_corrections(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    stage = Stage(
        kafka.bootstrap_servers,
        f"test-{uuid.uuid4().hex[:12]}",
        tmp_path,
        POLICY,
        settings={"SHIPCLOCK_OUTCOMES_BY_CUSTOMER": "true"},
    )
    keeper = Worker("keeper", tmp_path, {**stage.environment, "SHIPCLOCK_JOB": "scorecards"})
    topics = {stage.names.topic(short): short for short in ("sla-outcomes", "sla-scorecards")}

    async def scenario() -> None:
        await stage.create()
        now = int(time.time() * 1000)
        async with (
            stage.workers(),
            AIOKafkaConsumer(
                bootstrap_servers=stage.servers, isolation_level="read_committed", auto_offset_reset="earliest"
            ) as consumer,
        ):
            outputs = Outputs(stage.servers, consumer, topics, stage.partitions)
            keeper.start()
            await ready(keeper, stage.partitions)
            await stage.send(record for number in range(40) for record in journey(number, now))
            await outputs.until("the first cards", lambda: sum(map(Counter.total, carded(outputs).values())) == 40)
            keeper.kill()
            await stage.send(record for number in range(40, 60) for record in journey(number, now))
            await stage.send([scan("S3", "delivered", now - 25 * HOUR, scan_id="S3-end", revision=1)])
            moved = registration("S4", now - 30 * HOUR, customer_id=CUSTOMERS[2], revision=1)
            await stage.send([moved])
            keeper.start()
            await outputs.until(
                "all outcomes are on the cards of their customers",
                lambda: (
                    sum(map(Counter.total, summed(outputs).values())) == 60
                    and summed(outputs).get("rowan") == Counter(met=1)
                    and carded(outputs) == summed(outputs)
                ),
            )
        assert carded(outputs)["birch"] + carded(outputs)["alder"] == Counter(met=40, missed=19)

    try:
        asyncio.run(scenario())
    finally:
        keeper.kill()
