"""The same history through a simulated Kafka in replay time and through a backtest: the same decisions, id for id."""

import asyncio
from collections import Counter
from itertools import islice

import msgspec
import pytest

from schemas.records import Tick
from streams.backtest.history import History
from streams.backtest.replay import replay
from streams.backtest.spool import Event
from streams.feed.profile import Profile
from streams.feed.records import instant
from streams.feed.simulation import simulate
from streams.partition.core import Core
from streams.partition.job import CONTROL, CoreSettings
from streams.partition.judging import SCANS, SHIPMENTS, judging
from streams.partition.lanes import TimeSource
from streams.partition.pace import TaskSettings
from streams.partition.partitioners import murmur2
from streams.partition.ports import Tally
from streams.partition.task import PartitionTask
from streams.simulation import Broker, ManualClock, SimulatedChangelog, SimulatedSource, SimulatedWriter
from streams.sla.policy import Policy, parse_policy

OUTPUTS = ("delay-notices", "breach-alerts", "sla-outcomes", "shipment-status")
BEGIN = 1_793_577_600_000
AFTER_MS = 400 * 24 * 3_600_000
"""After the last record: by then every life has ended."""
PAGE = """
policy: shop
version: "1"
shipment: {expire: P90D}
clocks:
  - {name: pickup, from: order_placed, until: [picked_up, accepted], within: PT30M, warn: {before: PT10M}}
  - {name: promised-date, from: registered, until: delivered, due: promised, warn: {before: PT6H}, severity: critical}
  - {name: stalled, per: gap, from: any, until: any, within: PT8H, grace: PT5M}
"""
PROFILE = Profile(shipments_per_second=2, speed=36_000, late=0.3, offline=0.2, duplicates=0.1, missing=0.1, orphans=0.1)


class Silent:
    """Nobody wants to know how the partition fares."""

    def committed(self, number: int, tally: Tally, *, transaction_s: float, records: int) -> None:
        pass

    def restored(self, number: int, *, entries: int, seconds: float) -> None:
        pass

    def parked(self, number: int, reason: str) -> None:
        raise AssertionError(f"partition {number} was parked: {reason}")

    def other_policy(self, number: int, *, in_force: str, configured: str) -> None:
        pass

    def aborted(self, number: int, reason: str) -> None:
        raise AssertionError(f"partition {number} gave a unit of work up: {reason}")


def messy_week() -> History:
    """Late, offline, doubled, missing and orphaned records of a feed."""
    return History(
        Event(one.topic, one.timestamp, one.key or b"", one.value or b"", number)
        for number, one in enumerate(islice(simulate(PROFILE, 7, BEGIN), 1_500))
        if one.topic in {SHIPMENTS, SCANS}
    )


def ids_of_backtest(policy: Policy, past: History, until: int) -> Counter[str]:
    found: Counter[str] = Counter()

    def listen(headers: dict[str, bytes]) -> None:
        if "ce_id" in headers:
            found[headers["ce_id"].decode()] += 1

    replay(policy, past, until=until, namespace="ns", listener=lambda output: listen(dict(output.headers)))
    return found


async def ids_of_kafka(policy: Policy, past: History, until: int, partitions: int, clock: ManualClock) -> Counter[str]:
    broker = Broker(clock)
    for event in past.events():
        clock.set(event.timestamp - clock.now_ms())
        broker.produce(event.topic, murmur2(event.key, partitions), event.key, event.value)
    clock.set(until - clock.now_ms())
    for number in range(partitions):
        broker.produce(CONTROL, number, b"tick", msgspec.json.encode(Tick(at=instant(until))))
        await judged(policy, broker, number, partitions, clock, until)
    return Counter(
        dict(output.headers)["ce_id"].decode()
        for number in range(partitions)
        for output in broker.outputs(OUTPUTS, number)
        if output.value is not None
    )


async def judged(policy: Policy, broker: Broker, number: int, partitions: int, clock: ManualClock, until: int) -> None:
    """A worker's task reads and judges all of a partition."""
    source = SimulatedSource(broker, number, clock=clock, batch=37)
    task = PartitionTask(
        number,
        core=Core(judging(policy), CoreSettings("ns", number, partitions, TimeSource.REPLAY, reject_limit=1.0)),
        changelog=SimulatedChangelog(broker, number),
        writer=SimulatedWriter(broker, number, clock=clock),
        source=source,
        clock=clock,
        settings=TaskSettings(commit_interval_s=0.0, longest_unit_s=0.0),
        observer=Silent(),
    )
    source.attach(task)
    task.start()
    while task.health().time < until:
        source.deliver()
        await asyncio.sleep(0)
        assert not task.failure.done(), task.failure.exception()
    await task.stop(commit=True)


@pytest.mark.parametrize("partitions", [1, 3])
def test_backtest_and_kafka_decide_alike_id_for_id(partitions: int) -> None:
    policy, past = parse_policy(PAGE), messy_week()
    until = past.end + AFTER_MS
    through_kafka = asyncio.run(ids_of_kafka(policy, past, until, partitions, ManualClock(BEGIN)))
    assert ids_of_backtest(policy, past, until) == through_kafka
    assert len(through_kafka) > 500
    assert set(through_kafka.values()) == {1}
