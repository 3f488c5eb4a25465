"""What the main job tells of facilities, and how breaches are unverified while one is silent."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from schemas.records import FeedStatus
from streams.partition.core import Core
from streams.partition.doubts import Doubts
from streams.partition.governance import MOST_SILENCES, Governance
from streams.partition.job import SIGHTINGS, CoreSettings
from streams.partition.judging import CARE, SCANS, SHIPMENTS, SOURCES, judging
from streams.partition.lanes import TimeSource
from streams.partition.output import Output
from streams.partition.partitioners import murmur2
from streams.partition.ports import CaughtUp, SourceBatch
from streams.partition.record import Record
from streams.partition.watching import MOST_AT_ONCE, MOST_FACILITIES, MOST_PASSED_OVER, Watch
from streams.sla.instants import rfc3339
from streams.sla.policy import Policy, parse_policy
from streams.sla.scan import KnownScan
from streams.sla.silences import Silence
from streams.sla.surroundings import Surroundings
from tests.property.engine import Arrival, Player, arrival, bodies, tick
from tests.unit.partition.publishing import feed_status, page, publication

BEGIN = 1_793_577_600_000
MINUTE, HOUR = 60_000, 3_600_000
FEEDS = "feeds: [{silent_after: PT2H, catch_up: PT1M}]"
WATCHED = page("1", 10, more=FEEDS)


def registered(name: str) -> Arrival:
    return arrival(SHIPMENTS, BEGIN, {"shipment_id": name, "customer_id": "c", "registered_at": rfc3339(BEGIN)})


def seen(name: str, minutes: float, facility: str | None = "HUB", **more: Any) -> Arrival:
    """A shipment is scanned at a facility, so long after the beginning."""
    at = BEGIN + round(minutes * MINUTE)
    body = {"scan_id": f"{name}-{minutes}", "shipment_id": name, "code": "arrived", "occurred_at": rfc3339(at), **more}
    return arrival(SCANS, at, body if facility is None else {**body, "facility": {"id": facility}})


def sightings(outputs: list[Output]) -> list[tuple[str, str, str | None]]:
    """Facility, when it was seen, and when it counts as silent."""
    found = [msgspec.json.decode(one.value or b"") for one in outputs if one.topic == SIGHTINGS]
    return [(one["facility"], one["seen_at"], one.get("silent_at")) for one in found if one["type"] == "sighting"]


def play(policy: Policy, *records: Arrival, sightings: bool = True) -> list[Output]:
    player = Player(policy, sightings=sightings)
    player.append([*records, tick(BEGIN + 5 * HOUR)])
    return player.finish()


def plain(minutes: float) -> str:
    """As records for ourselves have an instant."""
    return rfc3339(BEGIN + round(minutes * MINUTE)).replace(".000Z", "Z")


def test_a_facility_is_told_of_at_most_once_a_minute() -> None:
    records = [registered("A"), *(seen("A", tenths / 10) for tenths in range(1, 25))]
    assert sightings(play(WATCHED, *records)) == [
        ("HUB", "2026-11-02T00:00:06Z", "2026-11-02T02:01:06Z"),
        ("HUB", "2026-11-02T00:01:06Z", "2026-11-02T02:02:06Z"),
        ("HUB", "2026-11-02T00:02:06Z", "2026-11-02T02:03:06Z"),
    ]


def test_where_the_policy_has_no_feeds_or_nobody_listens_nothing_is_told() -> None:
    records = [registered("A"), seen("A", 1), seen("A", 2)]
    assert [one for one in play(page("1", 10), *records) if one.topic == SIGHTINGS] == []
    assert [one for one in play(WATCHED, *records, sightings=False) if one.topic == SIGHTINGS] == []


def test_scans_without_a_facility_and_scans_that_say_nothing_new_are_no_sign_of_life() -> None:
    again = seen("A", 1)._replace(timestamp=BEGIN + 30 * MINUTE)
    told = sightings(play(WATCHED, registered("A"), seen("A", 1), seen("A", 2, None), seen("A", 3, ""), again))
    assert told == [("HUB", plain(1), plain(122))]


def test_it_is_when_a_scan_arrives_that_counts() -> None:
    late = seen("A", 1)._replace(timestamp=BEGIN + HOUR)
    assert sightings(play(WATCHED, registered("A"), late)) == [("HUB", plain(60), plain(181))]


def test_what_was_told_of_survives_a_restart() -> None:
    player = Player(WATCHED, sightings=True)
    player.append([registered("A"), seen("A", 1), tick(BEGIN + MINUTE + 30_000)])
    player.finish()
    player.restart()
    player.append([seen("A", 1.9), seen("A", 2.5), tick(BEGIN + HOUR)])
    assert [at for _, at, _ in sightings(player.finish())] == ["2026-11-02T00:01:00Z", "2026-11-02T00:02:30Z"]


def test_a_version_with_feeds_that_is_published_is_listened_for_and_one_without_no_longer() -> None:
    outputs = play(
        page("1", 10),
        registered("A"),
        seen("A", 1),
        publication(page("2", 10, more=FEEDS), BEGIN + 2 * MINUTE, BEGIN + 10 * MINUTE),
        seen("A", 5),
        seen("A", 11),
        publication(page("3", 10), BEGIN + 20 * MINUTE, BEGIN + 30 * MINUTE),
        seen("A", 25),
        seen("A", 35),
    )
    assert sightings(outputs) == [
        ("HUB", plain(11), plain(132)),
        ("HUB", plain(25), plain(146)),
        ("HUB", plain(35), None),
    ]


HUBS = "feeds: [{when: {facility.kind: hub}, silent_after: PT2H}]"


def test_a_facility_that_no_feed_is_about_any_more_is_let_go_once() -> None:
    outputs = play(
        WATCHED,
        registered("A"),
        seen("A", 1),
        publication(page("2", 10, more=HUBS), BEGIN + 2 * MINUTE, BEGIN + 10 * MINUTE),
        seen("A", 5),
        *(seen("A", minute) for minute in range(11, 20)),
    )
    assert sightings(outputs) == [
        ("HUB", plain(1), plain(122)),
        ("HUB", plain(5), plain(126)),
        ("HUB", plain(11), None),
    ]


def test_where_a_version_has_no_feeds_all_facilities_are_let_go_in_bounded_units_but_silent_ones() -> None:
    def scan(name: str) -> KnownScan:
        return KnownScan("s", 1, BEGIN, facility=name)

    watch = Watch(Surroundings.of(WATCHED), 0, 1, murmur2)
    for number in range(MOST_AT_ONCE + 2):
        watch.heard(scan(f"F{number}"), BEGIN)
    silence = Silence(facility="F0", heard_at=BEGIN, revision=1)
    watch.look_at(Surroundings.of(page("2", 10)).with_silence("F0", silence))
    watch.flush()
    gone = [watch.farewells(BEGIN + HOUR) for _ in range(3)]
    assert [len(one) for one in gone] == [MOST_AT_ONCE, 1, 0]
    assert sightings(gone[1]) == [(f"F{MOST_AT_ONCE + 1}", plain(60), None)]
    assert set(watch.flush().values()) == {None}
    assert watch.heard(scan("F0"), BEGIN + HOUR) is not None


def test_facilities_that_no_feed_is_about_leave_nothing_in_the_changelog() -> None:
    watch = Watch(Surroundings.of(page("1", 10, more=HUBS)), 0, 1, murmur2)
    for number in range(MOST_PASSED_OVER + MOST_FACILITIES):
        assert watch.heard(KnownScan("s", 1, BEGIN, facility=f"F{number}"), BEGIN) is None
    assert watch.flush() == {}


def test_a_silent_facility_is_waited_for_also_when_no_feed_is_about_it_any_more() -> None:
    outputs = play(
        page("1", 10),
        registered("A"),
        feed_status(BEGIN + MINUTE, "HUB", silent=True, revision=1),
        seen("A", 2),
        feed_status(BEGIN + 3 * MINUTE, "HUB", silent=False, revision=2),
        seen("A", 10),
    )
    assert sightings(outputs) == [("HUB", plain(2), None), ("HUB", plain(300), None)]
    told = [msgspec.json.decode(one.value or b"") for one in outputs if one.topic == SIGHTINGS]
    assert [one.get("known_silent", False) for one in told if one["type"] == "sighting"] == [True, False]


def test_a_copy_lies_where_its_facility_does_and_progress_everywhere() -> None:
    partitions = 3
    name = next(name for name in map("S{}".format, range(1_000)) if murmur2(name.encode(), partitions) == 1)
    core = Core(judging(WATCHED, sightings=True), CoreSettings("ns", 1, partitions, TimeSource.REPLAY))
    core.restored(0)
    for record in (registered(name), seen(name, 1), tick(BEGIN + 9 * MINUTE)):
        core.offer(SourceBatch(record.topic, [Record(0, record.timestamp, record.key, record.value)], 1))
    for topic in SOURCES:
        core.caught_up(CaughtUp(topic, 0, 2))
    while core.work(100):
        pass
    told = [one for one in core.take().outputs if one.topic == SIGHTINGS]
    assert [(one.key, one.partition) for one in told] == [
        (b"HUB", murmur2(b"HUB", partitions)),
        *((b"1", number) for number in range(partitions)),
    ]
    assert msgspec.json.decode(told[-1].value or b"") == {"type": "progress", "partition": 1, "at": plain(9)}


def test_of_too_many_facilities_the_one_that_was_told_of_longest_ago_is_forgotten() -> None:
    watch = Watch(Surroundings.of(WATCHED), 0, 1, murmur2)
    for number in range(MOST_FACILITIES + 1):
        assert watch.heard(KnownScan("s", 1, BEGIN, facility=f"F{number}"), BEGIN + number) is not None
    kept = watch.flush()
    assert len(kept) == MOST_FACILITIES + 1
    assert [key for key, value in kept.items() if value is None] == [b"\xfeF0"]


def test_also_after_a_restart_it_is_the_one_that_was_told_of_longest_ago() -> None:
    watch = Watch(Surroundings.of(WATCHED), 0, 1, murmur2)
    for number in range(MOST_FACILITIES):
        watch.load(b"\xfeF%d" % number, (BEGIN + MOST_FACILITIES - number).to_bytes(8, "big"))
    watch.restored()
    watch.heard(KnownScan("s", 1, BEGIN, facility="NEW"), BEGIN + HOUR)
    assert [key for key, value in watch.flush().items() if value is None] == [b"\xfeF%d" % (MOST_FACILITIES - 1)]


def test_a_shipment_that_is_forgotten_takes_its_doubts_along() -> None:
    doubts = Doubts()
    doubts.load(b"\xfdA", b'["HUB","DEPOT"]')
    doubts.load(b"\xfdB", b'["HUB"]')
    assert doubts.settled({"HUB"}) == [b"A"]
    assert doubts.settled(()) == [b"A", b"B"]
    doubts.note(b"A", None)
    assert doubts.settled(()) == [b"B"]
    assert doubts.flush() == {b"\xfdA": None}
    doubts.load(b"\xfdB", None)
    assert len(doubts) == 0


def test_a_feed_is_about_facilities_and_nothing_else() -> None:
    with pytest.raises(Exception, match=r"feeds\[0\]\.when\.tier.*none of theirs"):
        parse_policy(page_with("{when: {tier: A}, silent_after: PT2H}"))
    with pytest.raises(Exception, match=r"feeds\[0\]\.silent_after"):
        parse_policy(page_with("{silent_after: PT0S}"))
    with pytest.raises(Exception, match=r"feeds\[0\]\.catch_up"):
        parse_policy(page_with("{silent_after: PT1H, catch_up: -PT1S}"))


def page_with(feed: str) -> str:
    clock = "{name: a, from: accepted, until: delivered, within: PT1H}"
    return f"policy: x\nversion: '1'\nclocks: [{clock}]\nfeeds: [{feed}]\n"


# --- unverified


def alerts(outputs: list[Output]) -> list[tuple[str, str, str | None]]:
    return [(one["shipment_id"], one["kind"], one.get("verification")) for one in bodies(outputs, "breach-alerts")]


def silence(minutes: int, revision: int = 1, facility: str = "HUB") -> Arrival:
    return feed_status(BEGIN + minutes * MINUTE, facility, silent=bool(revision % 2), revision=revision)


@pytest.mark.parametrize("units", range(9))
def test_confirming_goes_on_after_a_crash_where_it_was(units: int) -> None:
    names = [f"S{number}" for number in range(5)]
    records = [
        *(registered(name) for name in names),
        *(seen(name, 1) for name in names),
        silence(300),
        silence(900, 2),
        tick(BEGIN + 20 * HOUR),
    ]
    whole = Player(page("1", 10), deadlines_per_unit=2)
    whole.append(records)
    halted = Player(page("1", 10), deadlines_per_unit=2)
    halted.append(records)
    for topic in halted.topics:
        halted.fetch(topic, 100)
        halted.poll(topic)
    for _ in range(units):
        halted.work(4)
        halted.commit()
    halted.work(4)
    halted.restart()
    assert halted.finish() == whole.finish()
    assert alerts(whole.outputs) == [(name, "opened", "unverified") for name in names] + [
        (name, "confirmed", "confirmed") for name in names
    ]


def test_silence_and_what_is_unverified_survive_a_restart() -> None:
    player = Player(page("1", 10))
    player.append([registered("A"), seen("A", 1), silence(60), tick(BEGIN + 2 * HOUR)])
    player.finish()
    player.restart()
    player.append([tick(BEGIN + 11 * HOUR)])
    player.finish()
    player.restart()
    player.append([silence(700, 2), tick(BEGIN + 12 * HOUR)])
    assert alerts(player.finish()) == [("A", "opened", "unverified"), ("A", "confirmed", "confirmed")]


def test_the_same_status_again_and_an_older_one_say_nothing_new() -> None:
    player = Player(page("1", 10))
    player.append([registered("A"), seen("A", 1), silence(60), silence(61), tick(BEGIN + 11 * HOUR)])
    player.append([silence(700, 2), silence(701, 2), silence(702, 4), tick(BEGIN + 12 * HOUR)])
    assert alerts(player.finish()) == [("A", "opened", "unverified"), ("A", "confirmed", "confirmed")]


def test_of_two_statuses_of_one_revision_the_first_holds() -> None:
    player = Player(page("1", 10))
    other = feed_status(BEGIN + 61 * MINUTE, "HUB", silent=False, revision=1)
    player.append([registered("A"), seen("A", 1), silence(60), other, tick(BEGIN + 11 * HOUR)])
    assert alerts(player.finish()) == [("A", "opened", "unverified")]


def test_a_breach_that_was_confirmed_and_withdrawn_may_be_opened_again_without_doubt() -> None:
    player = Player(page("1", 10))
    player.append([registered("A"), seen("A", 1), silence(60), silence(700, 2), tick(BEGIN + 12 * HOUR)])
    done = seen("A", 300, code="delivered")._replace(timestamp=BEGIN + 13 * HOUR)
    gone = seen("A", 301, code="void", voids="A-300")._replace(timestamp=BEGIN + 14 * HOUR)
    player.append([done, gone, tick(BEGIN + 15 * HOUR)])
    assert alerts(player.finish()) == [
        ("A", "opened", "unverified"),
        ("A", "confirmed", "confirmed"),
        ("A", "withdrawn", None),
        ("A", "opened", None),
    ]


def test_a_facility_that_a_voided_scan_named_is_not_waited_for() -> None:
    void = seen("A", 2, None, code="void", voids="A-1")
    outputs = play_until(11, registered("A"), seen("A", 1), void, silence(60))
    assert alerts(outputs) == [("A", "opened", None)]


def test_a_milestone_is_waited_for_where_the_plan_has_it() -> None:
    policy = parse_policy(
        "policy: plan\nversion: '1'\nclocks: [{name: step, per: milestone, from: order_placed, within: plan}]\n"
    )
    steps = [{"code": "departed", "facility": "HUB", "within": "PT1H"}, {"code": "arrived", "within": "PT2H"}]
    body = {"shipment_id": "A", "customer_id": "c", "registered_at": rfc3339(BEGIN)}
    plan = {"plan": {"legs": [{"leg": "one", "milestones": steps}]}}
    placed = seen("A", 1, "SHOP", code="order_placed", leg="one")
    player = Player(policy)
    player.append([arrival(SHIPMENTS, BEGIN, {**body, **plan}), placed, silence(30), tick(BEGIN + 2 * HOUR)])
    (alert,) = bodies(player.finish(), "breach-alerts")
    assert (alert["verification"], alert["silent_feed"]) == ("unverified", "HUB")
    assert "do not arrive" in alert["explanation"]


@pytest.mark.parametrize(
    "clock",
    [
        "{name: x, per: case, from: complaint.opened, until: complaint.closed, within: PT1H}",
        "{name: x, from: arrived, until: thanks.sent, within: PT1H}",
    ],
)
def test_a_clock_that_care_events_stop_waits_for_no_facility(clock: str) -> None:
    step = {"shipment_id": "A", "case_id": "K", "kind": "complaint", "step": "opened", "occurred_at": rfc3339(BEGIN)}
    player = Player(parse_policy(f"policy: x\nversion: '1'\nclocks: [{clock}]\n"))
    player.append([registered("A"), arrival(CARE, BEGIN, {"event_id": "e", **step}), seen("A", 1), silence(2)])
    player.append([tick(BEGIN + 2 * HOUR)])
    assert alerts(player.finish()) == [("A", "opened", None)]


def test_an_incident_is_proven_by_its_scan_and_never_unverified() -> None:
    policy = parse_policy(
        "policy: x\nversion: '1'\nclocks: [{name: safe, from: registered, until: delivered, never: damaged}]\n"
    )
    player = Player(policy)
    player.append([registered("A"), silence(1), seen("A", 5, code="damaged"), tick(BEGIN + HOUR)])
    assert alerts(player.finish()) == [("A", "opened", None)]


def test_of_more_silent_feeds_than_a_partition_remembers_nothing_is_unverified_and_that_is_counted() -> None:
    governance, flags = Governance(page("1", 10)), 0
    for number in range(MOST_SILENCES + 1):
        flags += governance.is_full(status(f"F{number}"))
        governance.hear(status(f"F{number}"))
    assert (len(governance.now.silences), flags) == (MOST_SILENCES, 1)
    assert not governance.is_full(status("F0", 3))


def test_silences_take_no_more_room_than_the_meta_record_has() -> None:
    governance = Governance(page("1", 10))
    for number in range(MOST_SILENCES):
        governance.hear(status(f"F{number:04}" + "\x01" * 100))
    assert 200 < len(governance.now.silences) < 400
    assert governance.is_full(status("another"))


def status(facility: str, revision: int = 1) -> FeedStatus:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    return FeedStatus(facility=facility, silent=True, heard_at=at, revision=revision)


def test_what_is_forgotten_is_not_waited_for_either() -> None:
    player = Player(page("1", 10, more="shipment: {expire: P2D}"))
    player.append([registered("A"), seen("A", 1), silence(60), tick(BEGIN + 11 * HOUR)])
    player.finish()
    player.append([tick(BEGIN + 2000 * HOUR), silence(200_000, 2), tick(BEGIN + 4000 * HOUR)])
    assert alerts(player.finish()) == [("A", "opened", "unverified"), ("A", "resolved", None)]
    doubts = [value for _, key, value in player.changelog if key.startswith(b"\xfd")]
    assert len(doubts) == 2
    assert doubts[-1] is None


def play_until(hour: int, *records: Arrival) -> list[Output]:
    player = Player(page("1", 10))
    player.append([*records, tick(BEGIN + hour * HOUR)])
    return player.finish()
