"""One partition on a simulated Kafka: two clocks, a broker, and a task with everything around it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from streams.partition.core import Core
from streams.partition.job import CoreSettings
from streams.partition.judging import SCANS, SHIPMENTS, SOURCES, judging
from streams.partition.lanes import TimeSource
from streams.partition.pace import TaskSettings
from streams.partition.partitioners import Partitioner
from streams.partition.ports import Tally
from streams.partition.task import PartitionTask
from streams.simulation import Broker, ManualClock, SimulatedChangelog, SimulatedSource, SimulatedWriter
from streams.sla.instants import rfc3339
from streams.sla.policy import parse_policy

BEGIN = 1_793_577_600_000
HOUR = 3_600_000
PAGE = """
policy: test
version: "1"
clocks:
  - {name: delivery, from: picked_up, until: delivered, within: PT10H}
"""
OUTPUTS = ("delay-notices", "breach-alerts", "sla-outcomes", "shipment-status", "scan-rejects")
MANY = 10_000


def anywhere(key: bytes, partitions: int) -> int:
    """Every key belongs to the one partition there is."""
    del key, partitions
    return 0


class Watcher:
    """Remembers what a task reports."""

    def __init__(self) -> None:
        self.commits: list[Tally] = []
        self.restores: list[int] = []
        self.parks: list[str] = []
        self.aborts: list[str] = []
        self.other_policies: list[tuple[str, str]] = []

    def committed(self, number: int, tally: Tally, *, transaction_s: float, records: int) -> None:
        del number, transaction_s, records
        self.commits.append(tally)

    def restored(self, number: int, *, entries: int, seconds: float) -> None:
        del number, seconds
        self.restores.append(entries)

    def parked(self, number: int, reason: str) -> None:
        del number
        self.parks.append(reason)

    def other_policy(self, number: int, *, in_force: str, configured: str) -> None:
        del number
        self.other_policies.append((in_force, configured))

    def aborted(self, number: int, reason: str) -> None:
        del number
        self.aborts.append(reason)


class Worker:
    """A worker that owns the partition, or thinks so."""

    def __init__(self, town: "Town", *, partitioner: Partitioner = anywhere, page: str = PAGE, **settings: Any) -> None:
        self._town = town
        paced = {"commit_interval_s": 0.0, "longest_unit_s": 0.0, "retry_s": 0.0, "fenced_s": 0.0, **settings}
        self.core = Core(
            judging(parse_policy(page)),
            CoreSettings("ns", 0, 1, TimeSource.APPEND, partitioner=partitioner, reject_window=10),
        )
        self.source = SimulatedSource(town.broker, 0, clock=town.clock, batch=3)
        self.changelog = SimulatedChangelog(town.broker, 0)
        self.watcher = Watcher()
        self.task = PartitionTask(
            0,
            core=self.core,
            changelog=self.changelog,
            writer=SimulatedWriter(town.broker, 0, clock=town.clock),
            source=self.source,
            clock=town.clock,
            settings=TaskSettings(**paced),
            observer=self.watcher,
        )
        self.source.attach(self.task)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Deliver what there is, again and again, and give the task its turns, until something holds."""
        for _ in range(MANY):
            if condition():
                return
            self.source.deliver()
            await asyncio.sleep(0)
        raise AssertionError("it never came to that")

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

    def scan(self, shipment_id: str, code: str) -> None:
        self._scans += 1
        body = {"scan_id": f"s{self._scans}", "shipment_id": shipment_id, "code": code, "occurred_at": self._now()}
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
