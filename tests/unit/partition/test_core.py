"""The core of a partition: rejects, ties, chunks of deadlines, formats."""

import gc
import sys
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from streams.errors import PartitionParked, ShipclockError, SourceReplaced, TopicMismatch
from streams.partition.core import Core
from streams.partition.job import CONTROL, CoreSettings
from streams.partition.judging import CARE, SCANS, SHIPMENTS, SOURCES, judging
from streams.partition.lanes import Lane, TimeSource
from streams.partition.meta import KEY, decode_meta, encode_meta
from streams.partition.partitioners import PARTITIONERS, crc32, murmur2
from streams.partition.ports import EARLIEST, CaughtUp, ChangelogEntry, SourceBatch
from streams.partition.record import CreatedRecord, Record
from streams.sla.instants import DAY_MS, rfc3339
from streams.sla.policy import parse_policy
from tests.property.engine import Arrival, Player, arrival, bodies, tick

BEGIN = 1_793_577_600_000
HOUR = 3_600_000
POLICY = parse_policy(
    "policy: test\nversion: '1'\nclocks:\n  - {name: c, from: registered, until: delivered, within: PT10H}\n"
)


def registration(name: str, stamp: int, **more: Any) -> Arrival:
    body = {"shipment_id": name, "customer_id": "c", "registered_at": rfc3339(stamp), **more}
    return arrival(SHIPMENTS, stamp, body)


def test_a_record_in_the_wrong_partition_is_rejected_and_keeps_its_bytes() -> None:
    key = b"S1"
    wrong = 1 - murmur2(key, 2)
    core = Core(judging(POLICY), CoreSettings("ns", wrong, 2, TimeSource.REPLAY))
    core.restored(0)
    record = registration("S1", BEGIN)
    core.offer(SourceBatch(SHIPMENTS, [Record(0, BEGIN, key, record.value)], 1))
    end = tick(BEGIN + 1)
    core.offer(SourceBatch(CONTROL, [Record(0, BEGIN + 1, end.key, end.value)], 1))
    for topic, position in ((SHIPMENTS, 1), (CONTROL, 1), (SCANS, 0), (CARE, 0)):
        core.caught_up(CaughtUp(topic, position, 2))
    core.work(10)
    (reject,) = core.take().outputs
    headers = dict(reject.headers)
    assert (reject.topic, reject.key, reject.value) == ("scan-rejects", key, record.value)
    assert (headers["reason"], headers["topic"], headers["offset"]) == (b"wrong-partition", b"shipments", b"0")
    assert len(core) == 0


@pytest.mark.parametrize("value", [b"{", b"[]", b'{"type":"tock"}', b'{"type":"tick","at":"yesterday"}', None])
def test_a_bad_control_record_is_rejected_and_moves_nothing(value: bytes | None) -> None:
    player = Player(POLICY)
    player.append([Arrival(CONTROL, BEGIN, b"x", value), tick(BEGIN + HOUR)])
    (reject,) = player.finish()
    assert dict(reject.headers)["topic"] == b"control"
    assert player.core.time == BEGIN + HOUR


def test_a_registration_and_a_scan_of_the_same_instant_are_handled_in_that_order() -> None:
    player = Player(POLICY)
    scan = {"scan_id": "s", "shipment_id": "S1", "code": "delivered", "occurred_at": rfc3339(BEGIN)}
    player.append([arrival(SCANS, BEGIN, scan), registration("S1", BEGIN), tick(BEGIN + HOUR)])
    outputs = player.finish()
    assert [body["kind"] for body in bodies(outputs, "sla-outcomes")] == ["met"]
    assert player.core.gauges()["shipments"] == {"closed": 1}


def test_a_storm_of_deadlines_is_fired_in_order_and_in_chunks_while_time_waits() -> None:
    player = Player(POLICY, deadlines_per_unit=3)
    player.append([registration(f"S{number}", BEGIN) for number in range(8)])
    player.append([tick(BEGIN + 11 * HOUR)])
    for topic in (SHIPMENTS, CONTROL):
        player.fetch(topic, 100)
    for topic in SOURCES:
        player.poll(topic)
    fired = []
    while True:
        more = player.work(1000)
        player.commit()
        fired.append(len(bodies(player.outputs, "breach-alerts")))
        if not more:
            break
        assert player.core.time == BEGIN + 10 * HOUR
    assert fired == [3, 6, 8]
    alerts = bodies(player.outputs, "breach-alerts")
    assert [alert["shipment_id"] for alert in alerts] == sorted(alert["shipment_id"] for alert in alerts)
    assert {alert["decided_at"] for alert in alerts} == {rfc3339(BEGIN + 10 * HOUR)}


def test_a_storm_of_deadlines_of_large_shipments_is_fired_in_units_of_so_many_bytes() -> None:
    # A unit is full when it has 100 kB of state: of 40 kB and more each, three shipments fill it.
    player = Player(POLICY, unit_bytes=100_000)
    legs = [{"leg": f"l{leg}", "milestones": [{"code": "x" * 60} for _ in range(60)]} for leg in range(12)]
    player.append([*(registration(f"S{number}", BEGIN, plan={"legs": legs}) for number in range(7)), tick(BEGIN + 1)])
    player.finish()
    assert min(len(value or b"") for _, key, value in player.changelog if key.startswith(b"S")) > 40_000
    before, fired = len(player.changelog), []
    player.append([tick(BEGIN + 11 * HOUR)])
    player.fetch(CONTROL, 1)
    for topic in SOURCES:
        player.poll(topic)
    while True:
        more = player.work(1000)
        assert player.core.exhausted == more
        player.commit()
        fired.append(len(bodies(player.outputs, "breach-alerts")))
        if not more:
            break
    assert fired == [3, 6, 7]
    assert len(player.changelog) == before + 7 + len(fired)


@pytest.mark.parametrize(("key", "value"), [(b"S1", b"x" * 300_000), (b"x" * 300_000, None)], ids=["value", "key"])
def test_rejected_records_fill_a_unit_by_their_bytes(key: bytes, value: bytes | None) -> None:
    player = Player(POLICY, unit_bytes=1_000_000)
    player.append([*(Arrival(SCANS, BEGIN, key, value) for _ in range(5)), tick(BEGIN + 1)])
    for topic in (SCANS, CONTROL):
        player.fetch(topic, 5)
    for topic in SOURCES:
        player.poll(topic)
    full = []
    for _ in range(4):
        assert player.work(1)
        assert len(player.core.told()) == 1
        full.append(player.core.exhausted)
    assert full == [False, False, False, True]
    player.commit()
    assert not player.core.exhausted


def test_a_deadline_at_the_very_instant_of_partition_time_has_not_passed() -> None:
    player = Player(POLICY)
    player.append([registration("S1", BEGIN), tick(BEGIN + 10 * HOUR)])
    assert bodies(player.finish()) == []
    player.append([tick(BEGIN + 10 * HOUR + 1)])
    assert [body["kind"] for body in bodies(player.finish(), "breach-alerts")] == ["opened"]


def test_gauges_survive_a_restart() -> None:
    player = Player(POLICY)
    player.append([registration("S1", BEGIN), registration("S2", BEGIN + HOUR), tick(BEGIN + 10 * HOUR + 1)])
    player.finish()
    before = player.core.gauges()
    assert before == {"running": {"c": 2}, "overdue": {"c": 1}, "shipments": {"open": 2}}
    player.restart()
    assert player.core.gauges() == before


def test_a_full_lane_asks_for_no_more() -> None:
    core = Core(judging(POLICY), CoreSettings("ns", 0, 1, TimeSource.REPLAY, lane_limit=2))
    core.restored(0)
    records = [Record(offset, BEGIN, b"x", b"{") for offset in range(2)]
    core.offer(SourceBatch(SCANS, records[:1], 1))
    assert core.has_room(SCANS)
    core.offer(SourceBatch(SCANS, records[1:], 1))
    assert not core.has_room(SCANS)
    assert core.has_room(SHIPMENTS)


def test_state_of_another_format_is_refused() -> None:
    core = Core(judging(POLICY), CoreSettings("ns", 0, 1, TimeSource.REPLAY))
    with pytest.raises(ShipclockError, match="format 9"):
        core.load(
            [
                ChangelogEntry(
                    0, KEY, msgspec.json.encode({"format": 9, "offsets": {}, "time": 0, "policy": "", "gauges": {}})
                )
            ]
        )
    player = Player(POLICY)
    player.append([registration("S1", BEGIN), tick(BEGIN + HOUR)])
    player.finish()
    offset, key, value = player.changelog[0]
    assert value is not None
    player.changelog[0] = ChangelogEntry(offset, key, b"\x63" + value[1:])
    with pytest.raises(PartitionParked, match="state format 99 is not known"):
        player.restart()


def test_memory_that_has_been_restored_needs_no_more_than_what_is_written_after_that() -> None:
    core = Core(judging(POLICY), CoreSettings("ns", 0, 1, TimeSource.REPLAY))
    core.restored(7)
    assert core.changelog_end == 7
    core.forget()
    assert core.changelog_end == 0


def test_what_a_partition_held_is_freed_at_once_when_it_is_forgotten() -> None:
    player = Player(POLICY)
    player.append([registration("S1", BEGIN), tick(BEGIN + HOUR)])
    player.finish()
    entry = player.changelog[0]
    value = entry.value
    assert value is not None
    core = Core(judging(POLICY), CoreSettings("ns", 0, 1, TimeSource.REPLAY))
    before = sys.getrefcount(value)
    core.load([entry])
    core.restored(1)
    assert sys.getrefcount(value) == before + 1
    gc.disable()  # of a partition that has moved nothing may stay until it runs
    try:
        core.forget()
        assert sys.getrefcount(value) == before
    finally:
        gc.enable()


def test_reading_begins_at_the_earliest_once_and_never_falls_back_to_it() -> None:
    settings = CoreSettings("ns", 0, 1, TimeSource.APPEND)
    core = Core(judging(POLICY), settings)
    assert set(core.restored(0).values()) == {EARLIEST}
    assert core.take().offsets == {}
    for topic in SOURCES:
        core.caught_up(CaughtUp(topic, 510, BEGIN, began=EARLIEST))
    assert core.take().offsets == {}, "records are on their way, and nobody knows the first one's offset"
    for topic in SOURCES:
        core.caught_up(CaughtUp(topic, 7, BEGIN, began=7))
    unit = core.take()
    assert unit.offsets == dict.fromkeys(SOURCES, 7)
    successor = Core(judging(POLICY), settings)
    successor.load([ChangelogEntry(0, KEY, unit.meta)])
    assert successor.restored(1) == dict.fromkeys(SOURCES, 7)


def _knowing(**ids: str) -> Core:
    topics = {f"parcel-{name}" if name == "scans" else name: ident for name, ident in ids.items()}
    return Core(judging(POLICY), CoreSettings("ns", 3, 4, TimeSource.APPEND, topic_ids=topics))


def _read_to(core: Core, offset: int) -> ChangelogEntry:
    core.restored(0)
    core.caught_up(CaughtUp(SCANS, offset, BEGIN, began=offset))
    return ChangelogEntry(0, KEY, core.take().meta)


@pytest.mark.parametrize("offset", [1, 7])
def test_a_topic_that_was_created_anew_is_not_read_on_from_an_offset_of_the_old_one(offset: int) -> None:
    entry = _read_to(_knowing(scans="a", shipments="b"), offset)
    same = _knowing(scans="a", shipments="b")
    same.load([entry])
    assert same.restored(1)[SCANS] == offset
    other = _knowing(scans="c", shipments="b")
    other.load([entry])
    said = rf"parcel-scans partition 3: offset {offset} .* id a, but now it has the id c"
    with pytest.raises(SourceReplaced, match=said):
        other.restored(1)


def test_a_topic_of_which_nothing_was_read_may_be_another_one() -> None:
    entry = _read_to(_knowing(scans="a", shipments="b"), 0)
    other = _knowing(scans="c", shipments="d")
    other.load([entry])
    assert other.restored(1)[SCANS] == 0
    assert other.meta.topics == {"parcel-scans": "c", "shipments": "d"}


def test_brokers_that_give_topics_no_id_are_believed_and_what_was_known_stays() -> None:
    before = _read_to(_knowing(), 7)
    first = _knowing(scans="a")
    first.load([before])
    assert first.restored(1)[SCANS] == 7
    between = _knowing()
    between.load([ChangelogEntry(1, KEY, first.take().meta)])
    assert between.restored(2)[SCANS] == 7
    assert between.meta.topics == {"parcel-scans": "a"}


def test_state_that_was_written_with_fewer_partitions_is_not_gone_on_with() -> None:
    entry = _read_to(_knowing(), 7)
    grown = Core(judging(POLICY), CoreSettings("ns", 3, 8, TimeSource.APPEND))
    grown.load([entry])
    with pytest.raises(TopicMismatch, match=r"partition 3 .* had 4 partitions, and they have 8 now.* a new namespace"):
        grown.restored(1)


def test_state_of_which_nobody_wrote_down_how_many_partitions_there_were_is_gone_on_with() -> None:
    meta = decode_meta(_read_to(_knowing(), 7).value or b"")
    older = msgspec.json.decode(encode_meta(replace(meta, partitions=0)))
    assert "partitions" not in older
    core = _knowing()
    core.load([ChangelogEntry(0, KEY, msgspec.json.encode(older))])
    assert core.restored(1)[SCANS] == 7
    assert core.meta.partitions == 4


def test_what_lies_behind_the_last_record_and_is_none_is_passed_over() -> None:
    """A marker of a transaction, say: retention takes it, and the log then begins behind what had been read."""
    core = Core(judging(POLICY), CoreSettings("ns", 0, 1, TimeSource.APPEND))
    core.restored(0)
    core.offer(SourceBatch("control", [Record(0, BEGIN, b"tick", b"{}")], BEGIN))
    core.caught_up(CaughtUp("control", 1, BEGIN + 1, end=2))
    assert core.meta.offsets["control"] == EARLIEST, "what waits has not been passed"
    for topic in SOURCES:
        core.caught_up(CaughtUp(topic, int(topic == "control"), BEGIN + 2, end=2 if topic == "control" else 0))
    core.work(10)
    assert core.take().offsets["control"] == 1
    core.caught_up(CaughtUp("control", 0, BEGIN + 3, end=2))
    assert core.take().offsets["control"] == 1, "a record may be on its way"
    moved = [core.moved]
    core.caught_up(CaughtUp("control", 1, BEGIN + 3, end=2))
    moved.append(core.moved)
    assert not core.pending, "it is made durable in its time, or before the worker ends"
    assert core.take().offsets["control"] == 2
    assert [*moved, core.moved] == [False, True, False]
    core.caught_up(CaughtUp("control", 1, BEGIN + 4, end=2))
    assert core._lanes.by_topic["control"].complete_to() == BEGIN + 4


@pytest.mark.parametrize(
    ("stamps", "believed"),
    [
        ((1, 2, 3), (1, 2, 3)),
        ((1, 9_000, 3), (1, 3, 3)),
        ((9_000, 2, 3), (2, 2, 3)),
        ((1, 2, 9_000), (1, 2, 2)),
        ((9_000,), (0,)),
        ((1, 5, 3, 4), (1, 3, 3, 4)),
        ((1, 1_500, 1_600), (1, 1_500, 1_600)),
    ],
)
def test_an_append_time_is_no_later_than_one_behind_it_nor_than_its_fetch(
    stamps: tuple[int, ...], believed: tuple[int, ...]
) -> None:
    lane = Lane("parcel-scans", 0, TimeSource.APPEND)
    lane.begin(0, BEGIN)
    records = [Record(offset, BEGIN + stamp, b"k", b"v") for offset, stamp in enumerate(stamps)]
    lane.offer(SourceBatch("parcel-scans", records, BEGIN + 10), trusted=True)
    assert [stamp - BEGIN for stamp in lane.stamps] == list(believed)


def test_a_timestamp_that_the_sender_gave_moves_no_time_although_append_time_was_promised() -> None:
    """The topic had carried create time until lately, or does again: such a record is handled no later than it was."""
    lane = Lane("parcel-scans", 0, TimeSource.APPEND)
    lane.begin(0, BEGIN)
    records = [
        CreatedRecord(0, BEGIN + HOUR, b"fast", b"v"),
        Record(1, BEGIN + 5, b"k", b"v"),
        CreatedRecord(2, BEGIN - HOUR, b"slow", b"v"),
        CreatedRecord(3, BEGIN + 3 * HOUR, b"fast", b"v"),
    ]
    lane.offer(SourceBatch("parcel-scans", records, BEGIN + 2 * HOUR), trusted=True)
    assert [stamp - BEGIN for stamp in lane.stamps] == [0, 5, 5, 5]
    assert [lane.believed(place, BEGIN + 5).timestamp - BEGIN for place in range(4)] == [HOUR, 5, 5, 2 * HOUR]


def test_a_worker_whose_clock_is_slow_holds_time_still_and_takes_records_at_their_own_times() -> None:
    lane = Lane("parcel-scans", 0, TimeSource.APPEND)
    lane.begin(0, BEGIN)
    lane.offer(SourceBatch("parcel-scans", [Record(0, BEGIN + DAY_MS, b"k", b"v")], BEGIN), trusted=False)
    assert list(lane.stamps) == [BEGIN]
    assert not lane.bounded


def test_where_a_brokers_clock_was_wrong_a_record_counts_at_its_fetch_at_the_latest() -> None:
    lane = Lane("parcel-scans", 0, TimeSource.APPEND)
    lane.begin(0, BEGIN)
    fetched_at = BEGIN + 2 * DAY_MS
    lane.offer(SourceBatch("parcel-scans", [Record(0, BEGIN + 9 * DAY_MS, b"k", b"v")], fetched_at), trusted=True)
    assert list(lane.stamps) == [BEGIN]
    assert lane.bounded
    assert lane.believed(0, BEGIN).timestamp == fetched_at


def test_both_partitioners_are_named() -> None:
    assert {"murmur2": murmur2, "crc32": crc32} == PARTITIONERS
    assert crc32(b"hello", 12) == 907060870 % 12
