"""A carrier's topic taken in, on a simulated Kafka."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from streams.configuration import load_settings
from streams.jobs import work_of
from streams.mapping import Messages, parse_mapping
from streams.partition.core import Core
from streams.partition.job import CoreSettings
from streams.partition.lanes import TimeSource
from streams.partition.partitioners import PARTITIONERS, crc32, murmur2
from streams.partition.rekeying import CARRIER, Carrier, rekeying
from streams.simulation import Broker, ManualClock
from streams.simulation.broker import Fault
from streams.simulation.log import Stored
from tests.unit.partition.simulated import SimulatedWorker
from tests.unit.partition.town import BEGIN, HOUR

OURS = 5
"""Partitions of our topics; the carrier's has 3."""
STATE = "intake-state.crane"
PAGE = """
mapping: crane
format: json
id: no
times: {formats: ["%Y-%m-%d %H:%M"], zone: Asia/Shanghai}
shipment:
  when: {kind: order}
  customer: client
  registered_at: at
  revision: version
  destination: {time_zone: zone}
events:
  - {code: voided, at: at, when: {kind: never}}
  - each: events
    at: at
    code: {column: code, table: {PU: picked_up, OK: delivered, INFO: null}}
    revision: nth
  - {care: {case: ticket, kind: complaint, step: opened}, at: at, when: {kind: complaint}}
"""
DAY = "2026-11-01"


class Depot:
    """A broker with the carrier's topic and ours."""

    def __init__(self, page: str = PAGE, *, replay: bool = False, partitioner: str = "murmur2") -> None:
        self.clock = ManualClock(BEGIN)
        self.broker = Broker(self.clock)
        self.partitioner = PARTITIONERS[partitioner]
        self.page = page
        self.replay = replay

    def send(self, partition: int, message: Any, key: bytes | None = None) -> None:
        value = message if isinstance(message, bytes) or message is None else json.dumps(message).encode()
        self.broker.produce(CARRIER, partition, key, value)

    def found(self, topic: str) -> Iterator[tuple[int, Stored]]:
        """Partition and record of all that was committed to a topic of ours."""
        for number in range(OURS):
            for record in self.broker.log(topic, number).committed(0):
                yield number, record

    def bodies(self, topic: str) -> list[dict[str, Any]]:
        return [json.loads(record.value or b"") for _, record in self.found(topic)]

    def codes(self) -> Counter[tuple[str, str]]:
        return Counter((body["shipment_id"], body["code"]) for body in self.bodies("parcel-scans"))


class Worker(SimulatedWorker):
    """A worker at one partition of the carrier's topic."""

    def __init__(self, depot: Depot, number: int = 0, **settings: Any) -> None:
        self.depot, self.number = depot, number
        carrier = Carrier("crane.events", Messages(parse_mapping(depot.page)), replay=depot.replay)
        known = CoreSettings(
            "ns", number, OURS, TimeSource.UNTIMED, partitioner=depot.partitioner, reject_window=10, reject_limit=0.5
        )
        core = Core(rekeying(carrier), known)
        paced = {"fenced_s": 3600.0, **settings}
        super().__init__(depot.broker, core, number, clock=depot.clock, state=STATE, batch=2, **paced)

    async def until(self, condition: Callable[[], bool]) -> None:
        self.task.start()
        await super().until(condition)

    async def done(self) -> "Worker":
        """All of its partition has been taken in, and the worker has gone."""
        end = self.depot.broker.log(CARRIER, self.number).high_watermark
        await self.until(lambda: self.depot.broker.offsets.get((CARRIER, self.number), 0) == end)
        await self.task.stop(commit=True)
        return self

    @property
    def flags(self) -> Counter[str]:
        return sum((Counter(tally.flags) for tally in self.watcher.commits), Counter())

    @property
    def rejects(self) -> Counter[tuple[str, str]]:
        return sum((Counter(tally.rejects) for tally in self.watcher.commits), Counter())


def play(depot: Depot, story: Callable[[Depot], Awaitable[None]]) -> None:
    asyncio.run(_played(depot, story))


async def _played(depot: Depot, story: Callable[[Depot], Awaitable[None]]) -> None:
    await story(depot)


def take_in(depot: Depot, *numbers: int) -> list[Worker]:
    """Take in some partitions to their ends, one after the other."""

    async def story() -> list[Worker]:
        return [await Worker(depot, number).done() for number in numbers or (0,)]

    return asyncio.run(story())


def order(number: str, **more: Any) -> dict[str, Any]:
    return {"no": number, "kind": "order", "client": "C-7", "at": f"{DAY} 08:00", **more}


def event(code: str = "PU", at: str = "09:00", **more: Any) -> dict[str, Any]:
    return {"code": code, "at": f"{DAY} {at}", **more}


def push(number: str, *events: Any) -> dict[str, Any]:
    return {"no": number, "events": list(events)}


@pytest.mark.parametrize(("name", "partitioner"), [("murmur2", murmur2), ("crc32", crc32)])
def test_whatever_partition_it_came_from_a_record_goes_where_its_shipment_is(name: str, partitioner: Any) -> None:
    depot = Depot(partitioner=name)
    for number in range(30):
        depot.send(number % 3, order(f"S{number}"), key=b"anything")
        depot.send(number % 3, push(f"S{number}", event(), event("OK", "17:00")))
    depot.send(2, {"no": "S1", "kind": "complaint", "ticket": "T1", "at": f"{DAY} 20:00"})
    take_in(depot, 0, 1, 2)
    for topic, count in (("shipments", 30), ("parcel-scans", 60), ("care-events", 1)):
        records = list(depot.found(topic))
        assert len(records) == count
        for partition, record in records:
            shipment = json.loads(record.value or b"")["shipment_id"]
            assert record.key == shipment.encode()
            assert partition == partitioner(record.key, OURS)
    assert depot.bodies("parcel-scans")[0].keys() == {"scan_id", "shipment_id", "code", "occurred_at", "revision"}
    assert depot.bodies("shipments")[0]["registered_at"] == f"{DAY}T00:00:00Z"


def test_records_of_a_shipment_keep_the_order_of_the_carriers_partition() -> None:
    depot = Depot()
    for minute in range(40):
        depot.send(0, push(f"S{minute % 2}", event(f"X{minute:02d}", f"10:{minute:02d}")))
    take_in(depot)
    for shipment in ("S0", "S1"):
        codes = [body["code"] for body in depot.bodies("parcel-scans") if body["shipment_id"] == shipment]
        assert codes == sorted(codes)
        assert len(codes) == 20


def test_a_message_that_is_sent_again_gives_the_same_records_byte_for_byte() -> None:
    depot = Depot()
    depot.send(0, push("S1", event(), event("OK", "17:00")))
    depot.send(1, push("S1", event("OK", "17:00"), event("PU")))
    take_in(depot, 0, 1)
    values = Counter(record.value for _, record in depot.found("parcel-scans"))
    assert list(values.values()) == [2, 2]


@pytest.mark.parametrize("fault", ["aborted", "unknown-committed", "unknown-aborted"])
def test_after_a_failed_or_unknown_commit_everything_is_written_once(fault: Fault) -> None:
    async def story(depot: Depot) -> None:
        for number in range(9):
            depot.send(0, push(f"S{number}", event(), event("OK", "17:00")))
            depot.send(0, b"{")
        depot.broker.faults.fail_commits(fault, fault)
        worker = await Worker(depot, unit_records=4, slice_records=2).done()
        assert len(worker.watcher.aborts) == 2
        assert depot.codes() == Counter((f"S{n}", code) for n in range(9) for code in ("picked_up", "delivered"))
        assert len(list(depot.found("scan-rejects"))) == 9

    play(Depot(), story)


def test_a_worker_that_is_taken_over_in_the_middle_writes_nothing_any_more() -> None:
    async def story(depot: Depot) -> None:
        for number in range(10):
            depot.send(0, push(f"S{number}", event()))
        old = Worker(depot, unit_records=2, slice_records=2)
        await old.until(lambda: 0 < depot.broker.offsets.get((CARRIER, 0), 0) < 8)
        new = Worker(depot, unit_records=2, slice_records=2)
        await new.until(lambda: new.task.state == "running")
        await old.until(lambda: len(old.watcher.aborts) == 1)
        await new.done()
        await old.task.stop(commit=True)
        assert depot.codes() == Counter((f"S{number}", "picked_up") for number in range(10))

    play(Depot(), story)


def test_another_mapping_holds_from_where_the_one_before_it_ended() -> None:
    depot = Depot()
    depot.send(0, push("S1", event("X")))
    take_in(depot)
    depot.page = PAGE.replace("OK: delivered", "OK: delivered, X: arrived")
    depot.send(0, push("S2", event("X")))
    take_in(depot)
    assert depot.codes() == Counter({("S1", "X"): 1, ("S2", "arrived"): 1})


@pytest.mark.parametrize(
    ("bad", "reason", "path"),
    [
        (None, "tombstone", "$"),
        (b"", "not-json", "$"),
        (b"\x00\x01", "not-json", "$"),
        ([push("S1")], "bad-value", "$"),
        ({"events": [event()]}, "missing-value", "$.no"),
        (push("", event()), "missing-value", "$.no"),
        (push("S1", {"code": "PU"}), "missing-value", "$.events.0.at"),
        (push("S1", event(at="25:00")), "bad-time", "$.events.0.at"),
        ({"no": "S1", "events": "none"}, "bad-value", "$.events"),
        (order("S1", at=None), "missing-value", "$.at"),
        (order("S1", version="first"), "bad-number", "$.version"),
        (order("S1", version=-1), "invalid", "$.revision"),
        (order("S1", zone="Asia/Nowhere"), "unknown-time-zone", "$.destination.time_zone"),
        (push("S" * 129, event()), "invalid", "$.shipment_id"),
        (push("S1", {"code": "PU", "at": "1999-12-31 08:00"}), "absurd-time", "$.occurred_at"),
    ],
)
def test_what_cannot_be_read_is_rejected_untouched_with_its_place(bad: Any, reason: str, path: str) -> None:
    depot = Depot()
    depot.send(2, push("S0", event()))
    depot.send(2, bad, key=b"theirs")
    (worker,) = take_in(depot, 2)
    ((partition, reject),) = depot.found("scan-rejects")
    original = list(depot.broker.log(CARRIER, 2).committed(0))[1]
    assert (partition, reject.key, reject.value) == (2, b"theirs", original.value)
    headers = {name: value.decode() for name, value in reject.headers}
    assert (headers["reason"], headers["path"]) == (reason, path)
    assert (headers["topic"], headers["partition"], headers["offset"]) == ("crane.events", "2", "1")
    assert headers["timestamp"] == str(original.timestamp)
    assert depot.codes() == Counter({("S0", "picked_up"): 1})
    assert worker.rejects == Counter({(CARRIER, reason): 1})


def test_rejects_of_a_partition_that_our_topics_do_not_have_find_one_all_the_same() -> None:
    depot = Depot()
    depot.send(7, b"{")
    take_in(depot, 7)
    ((partition, reject),) = depot.found("scan-rejects")
    assert (partition, dict(reject.headers)["partition"]) == (7 % OURS, b"7")


def test_of_a_message_that_can_be_read_in_part_the_part_is_taken_and_the_message_rejected_once() -> None:
    depot = Depot()
    depot.send(0, push("S1", event(at="soon"), event("OK", "17:00"), event(nth="x")))
    take_in(depot)
    assert depot.codes() == Counter({("S1", "delivered"): 1})
    ((_, reject),) = depot.found("scan-rejects")
    headers = dict(reject.headers)
    assert (headers["reason"], headers["path"]) == (b"bad-time", b"$.events.0.at")
    assert headers["detail"].endswith(b"; 1 more cannot be read")


def test_events_of_a_message_are_taken_although_its_registration_cannot_be_read() -> None:
    depot = Depot()
    depot.send(0, {**order("S1", version="first"), "events": [event()]})
    take_in(depot)
    assert depot.codes() == Counter({("S1", "picked_up"): 1})
    assert not depot.bodies("shipments")
    ((_, reject),) = depot.found("scan-rejects")
    assert dict(reject.headers)["path"] == b"$.version"


def test_unknown_codes_are_kept_and_counted_and_so_are_messages_without_anything() -> None:
    depot = Depot()
    depot.send(0, push("S1", event("NEW"), event("NEWER"), event("INFO")))
    depot.send(0, push("S2", event("INFO")))
    depot.send(0, {"no": "S3", "history": [event()]})
    (worker,) = take_in(depot)
    assert depot.codes() == Counter({("S1", "NEW"): 1, ("S1", "NEWER"): 1})
    assert worker.flags == Counter({"unknown-code": 2, "silent": 2})
    assert not worker.rejects
    written = sum((Counter(tally.decisions) for tally in worker.watcher.commits), Counter[tuple[str, str]]())
    assert written == Counter({("parcel-scans", "mapped"): 2})
    assert sum(tally.records[CARRIER] for tally in worker.watcher.commits if tally.records) == 3


def test_a_storm_of_rejects_parks_the_partition_with_its_rejects_committed() -> None:
    async def story(depot: Depot) -> None:
        depot.send(0, push("S1", event()))
        for _ in range(20):
            depot.send(0, b"not what was agreed")
        worker = Worker(depot)
        await worker.until(lambda: worker.task.state == "parked")
        assert "rejected" in worker.watcher.parks[0]
        found = len(list(depot.found("scan-rejects")))
        assert 6 <= found < 20
        assert worker.task.resume()
        await worker.done()
        assert len(list(depot.found("scan-rejects"))) == 20
        assert depot.codes() == Counter({("S1", "picked_up"): 1})

    play(Depot(), story)


@pytest.mark.parametrize("replay", [True, False])
def test_in_replay_a_record_carries_the_time_of_its_original(replay: bool) -> None:  # noqa: FBT001 - of the test
    depot = Depot(replay=replay)
    depot.send(0, push("S1", event()))
    depot.clock.move(HOUR)
    take_in(depot)
    ((_, scan),) = depot.found("parcel-scans")
    assert scan.timestamp == BEGIN + (0 if replay else HOUR)


def test_in_replay_a_time_is_handed_on_whatever_it_is() -> None:
    depot = Depot(replay=True)
    depot.send(0, push("S1", event()))
    take_in(depot)
    stamps = [BEGIN - 9_000 * HOUR, 5, BEGIN + 90_000 * HOUR, BEGIN]
    for number, stamp in enumerate(stamps, 2):
        depot.broker.log(CARRIER, 0).append(stamp, b"S", json.dumps(push(f"S{number}", event())).encode())
    (worker,) = take_in(depot)
    found = {json.loads(scan.value or b"")["shipment_id"]: scan.timestamp for _, scan in depot.found("parcel-scans")}
    assert found == {"S1": BEGIN} | {f"S{number}": stamp for number, stamp in enumerate(stamps, 2)}
    assert worker.task.health().time < BEGIN + HOUR


def test_the_intake_has_no_time_of_its_own() -> None:
    given = {"SHIPCLOCK_JOB": "intake", "SHIPCLOCK_INTAKE_TOPIC": "c", "SHIPCLOCK_INTAKE_MAPPING": "kuaidi100-push"}
    assert work_of(load_settings(given)).time is TimeSource.UNTIMED
