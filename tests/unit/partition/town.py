"""One partition on a simulated Kafka: two clocks, a broker, and a task with everything around it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from streams.partition.core import Core
from streams.partition.job import CoreSettings
from streams.partition.judging import SCANS, SHIPMENTS, SOURCES, judging
from streams.partition.lanes import TimeSource
from streams.partition.partitioners import Partitioner
from streams.simulation import Broker, ManualClock
from streams.sla.instants import rfc3339
from streams.sla.policy import parse_policy
from tests.unit.partition.simulated import SimulatedWorker

BEGIN = 1_793_577_600_000
HOUR = 3_600_000
PAGE = """
policy: test
version: "1"
clocks:
  - {name: delivery, from: picked_up, until: delivered, within: PT10H}
"""
OUTPUTS = ("delay-notices", "breach-alerts", "sla-outcomes", "shipment-status", "scan-rejects")


def anywhere(key: bytes, partitions: int) -> int:
    """Every key belongs to the one partition there is."""
    del key, partitions
    return 0


class Worker(SimulatedWorker):
    """A worker that owns the partition, or thinks so."""

    def __init__(self, town: "Town", *, partitioner: Partitioner = anywhere, page: str = PAGE, **settings: Any) -> None:
        self._town = town
        known = CoreSettings("ns", 0, 1, TimeSource.APPEND, partitioner=partitioner, reject_window=10)
        core = Core(judging(parse_policy(page)), known)
        super().__init__(town.broker, core, clock=town.clock, batch=3, **settings)

    async def idle(self) -> None:
        """Everything written has been read, handled and committed."""
        await self.until(lambda: self.task.state == "running")
        await self.until(
            lambda: (
                self.source.positions == self._town.broker_ends() and not self.core.buffered and not self.core.pending
            )
        )

    async def started(self) -> "Worker":
        self.task.start()
        await self.until(lambda: self.task.state == "running")
        return self

    async def started_or_parked(self) -> "Worker":
        self.task.start()
        await self.until(lambda: self.task.state in ("running", "parked"))
        return self


class Town:
    """A broker with its clock, and the clock of the workers."""

    def __init__(self) -> None:
        self.clock = ManualClock(BEGIN)
        self.broker_clock = ManualClock(BEGIN)
        self.broker = Broker(self.broker_clock)
        self._scans = 0

    def later(self, milliseconds: int) -> None:
        """Time passes, on both clocks."""
        self.clock.move(milliseconds)
        self.broker_clock.move(milliseconds)

    def register(self, shipment_id: str) -> None:
        self._write(SHIPMENTS, {"shipment_id": shipment_id, "customer_id": "c", "registered_at": self._now()})

    def scan(self, shipment_id: str, code: str, at: int | None = None) -> None:
        """Something happens, by the clock of the broker unless it is said when."""
        self._scans += 1
        occurred = self._now() if at is None else rfc3339(at)
        body = {"scan_id": f"s{self._scans}", "shipment_id": shipment_id, "code": code, "occurred_at": occurred}
        self._write(SCANS, body)

    def rubbish(self, count: int) -> None:
        for _ in range(count):
            self.broker.produce(SCANS, 0, b"K", b"{")
        self.later(1)

    def broker_ends(self) -> dict[str, int]:
        return {topic: self.broker.log(topic, 0).high_watermark for topic in SOURCES}

    @property
    def said(self) -> list[str]:
        """Kinds of all committed notices, alerts and outcomes, in the order of their sequence by shipment."""
        outputs = self.broker.outputs(("delay-notices", "breach-alerts", "sla-outcomes"), 0)
        found = [msgspec.json.decode(one.value or b"") for one in outputs]
        return [body["kind"] for body in sorted(found, key=lambda body: (body["shipment_id"], body["sequence"]))]

    @property
    def ids(self) -> Counter[str]:
        outputs = self.broker.outputs(OUTPUTS[:-1], 0)
        return Counter(dict(one.headers)["ce_id"].decode() for one in outputs)

    def _write(self, topic: str, body: dict[str, Any]) -> None:
        self.broker.produce(topic, 0, body["shipment_id"].encode(), msgspec.json.encode(body))
        self.later(1)

    def _now(self) -> str:
        return rfc3339(self.broker_clock.now_ms())


def play(story: Callable[[Town], Awaitable[None]]) -> None:
    """Run a story in a town of its own."""
    asyncio.run(_played(story))


async def _played(story: Callable[[Town], Awaitable[None]]) -> None:
    await story(Town())


def picked_up(town: Town, *shipments: str) -> None:
    for shipment in shipments:
        town.register(shipment)
        town.scan(shipment, "picked_up")
