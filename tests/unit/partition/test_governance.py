"""Versions of the policy and suspensions, as a partition takes them over."""

from typing import Any

import pytest

from streams.errors import PartitionParked
from streams.partition.core import Core
from streams.partition.governance import PAGES
from streams.partition.judging import SCANS, SHIPMENTS, judging
from streams.partition.lanes import TimeSource
from streams.partition.output import Output
from streams.sla.instants import rfc3339
from streams.sla.policy import Policy, load, parse_policy
from tests.property.engine import Arrival, Decision, Player, arrival, bodies, newest, settings, tick
from tests.unit.partition.publishing import page, publication, suspension

BEGIN = 1_793_577_600_000
HOUR = 3_600_000
OTHER_ZONE = """
policy: test
version: "2"
time_zone: Pacific/Auckland
clocks:
  - {name: delivery, from: registered, until: [delivered], within: PT4H}
scorecards: {veto: [delivery]}
"""
OLD, NEW = page("1", 10), page("2", 4)
CLOCK: dict[str, Any] = {"name": "c", "from": "accepted", "until": "delivered", "within": "PT1H"}
NESTED = CLOCK | {"within": [{"when": {"temperature": ["chilled", ["x"]]}, "allow": "PT1H"}]}


def registered(name: str, hour: int, region: str = "north") -> Arrival:
    at = BEGIN + hour * HOUR
    body = {"shipment_id": name, "customer_id": "c", "registered_at": rfc3339(at), "destination": {"region": region}}
    return arrival(SHIPMENTS, at, body)


def delivered(name: str, hour: int, *, said: int | None = None) -> Arrival:
    """Delivered at an hour, and told at this one or later."""
    at = BEGIN + hour * HOUR
    body = {"scan_id": f"{name}-d", "shipment_id": name, "code": "delivered", "occurred_at": rfc3339(at)}
    return arrival(SCANS, BEGIN + (hour if said is None else said) * HOUR, body)


def play(*records: Arrival, until: int = 100) -> list[Output]:
    player = Player(OLD)
    player.append([*records, tick(BEGIN + until * HOUR)])
    return player.finish()


def told(outputs: list[Output], topic: str) -> list[tuple[str, str, str]]:
    """Shipment, kind and version."""
    return [(body["shipment_id"], body["kind"], body["policy_version"]) for body in bodies(outputs, topic)]


def outcome(outputs: list[Output], name: str) -> Decision:
    return newest(outputs)[name, "delivery", None]


def test_a_clock_has_the_version_that_is_in_force_when_it_starts() -> None:
    outputs = play(
        registered("A", 0),
        publication(NEW, BEGIN + HOUR, BEGIN + 5 * HOUR),
        registered("B", 4),
        registered("C", 5),
        *(delivered(name, 10) for name in ("A", "B", "C")),
    )
    assert sorted(told(outputs, "sla-outcomes")) == [("A", "met", "1"), ("B", "met", "1"), ("C", "missed", "2")]
    assert told(outputs, "breach-alerts") == [("C", "opened", "2"), ("C", "resolved", "2")]


def test_a_version_holds_at_the_earliest_from_its_own_record_on() -> None:
    outputs = play(
        registered("A", 0),
        publication(NEW, BEGIN + HOUR, BEGIN),
        registered("B", 1),
        delivered("A", 9),
        delivered("B", 4),
    )
    assert sorted(told(outputs, "sla-outcomes")) == [("A", "met", "1"), ("B", "met", "2")]


def test_rerating_judges_again_what_is_open_and_corrects_what_was_told() -> None:
    outputs = play(
        registered("A", 0),
        registered("B", 0),
        registered("C", 30),
        delivered("A", 6),
        publication(NEW, BEGIN + 7 * HOUR, BEGIN, rerate=True),
        delivered("B", 8),
    )
    assert told(outputs, "breach-alerts")[0] == ("B", "opened", "2")
    corrected = outcome(outputs, "A")
    assert (corrected["kind"], corrected["policy_version"], corrected["revision"]) == ("missed", "2", 2)
    assert (corrected["replaces"]["kind"], corrected["replaces"]["policy_version"]) == ("met", "1")
    assert corrected["decided_at"] == rfc3339(BEGIN + 7 * HOUR)
    assert outcome(outputs, "B")["kind"] == "missed"


def test_what_is_replaced_has_the_measure_of_the_promise_that_it_was() -> None:
    incident = parse_policy(
        "policy: test\nversion: '2'\nclocks:\n  - {name: delivery, from: registered, until: delivered, never: lost}\n"
    )
    outputs = play(registered("A", 0), delivered("A", 6), publication(incident, BEGIN + 7 * HOUR, BEGIN, rerate=True))
    corrected = outcome(outputs, "A")
    assert corrected["measure"] == "incident"
    assert "measure" not in corrected["replaces"]


def test_what_took_a_verdict_back_is_replaced_as_it_was_told_whatever_version_judges_now() -> None:
    def voided(hour: int) -> Arrival:
        at = BEGIN + hour * HOUR
        body = {"scan_id": "v", "shipment_id": "A", "code": "x", "occurred_at": rfc3339(at), "voids": "A-d"}
        return arrival(SCANS, at, body)

    again = {"scan_id": "again", "shipment_id": "A", "code": "delivered", "occurred_at": rfc3339(BEGIN + 9 * HOUR)}
    other_zone = parse_policy(OTHER_ZONE)
    outputs = play(
        registered("A", 0),
        delivered("A", 6),
        voided(7),
        publication(other_zone, BEGIN + 8 * HOUR, BEGIN, rerate=True),
        arrival(SCANS, BEGIN + 9 * HOUR, again),
    )
    met, taken_back, missed = bodies(outputs, "sla-outcomes")
    assert (taken_back["reason"], taken_back["policy_version"]) == ("reopened", "1")
    assert (missed["kind"], missed["policy_version"]) == ("missed", "2")
    assert taken_back.pop("replaces") == met
    assert missed["replaces"] == taken_back


def test_a_version_judges_no_instances_that_only_another_version_of_its_clock_has() -> None:
    def version(number: int, clock: str) -> Policy:
        return parse_policy(
            f"policy: test\nversion: '{number}'\nclocks:\n  - {{name: delivery, {clock}, within: PT10H}}\n"
        )

    def scan(name: str, code: str, hour: int) -> Arrival:
        at = rfc3339(BEGIN + hour * HOUR)
        body = {"scan_id": name, "shipment_id": "A", "code": code, "occurred_at": at, "facility": {"id": "hub"}}
        return arrival(SCANS, BEGIN + hour * HOUR, body)

    player = Player(version(1, "from: registered, until: delivered, ends: [returned]"))
    player.append(
        [
            registered("A", 0),
            publication(version(2, "per: gap, from: [x-ray], until: any"), BEGIN + HOUR, BEGIN + 2 * HOUR),
            scan("a", "arrived", 1),
            scan("r", "returned", 3),
            scan("x", "x-ray", 4),
            tick(BEGIN + 20 * HOUR),
            scan("y", "departed", 20),
            tick(BEGIN + 40 * HOUR),
        ]
    )
    told = [(body.get("instance"), body["kind"]) for body in bodies(player.finish(), "sla-outcomes")]
    assert [kind for instance, kind in told if instance == "x"] == ["missed"]


def test_rerating_withdraws_a_breach_that_is_none_any_more() -> None:
    outputs = play(
        registered("A", 0), publication(page("2", 20), BEGIN + 11 * HOUR, BEGIN, rerate=True), delivered("A", 15)
    )
    assert told(outputs, "breach-alerts") == [("A", "opened", "1"), ("A", "withdrawn", "2")]
    assert told(outputs, "sla-outcomes") == [("A", "met", "2")]


def test_a_verdict_that_another_version_confirms_is_told_with_that_version() -> None:
    outputs = play(registered("A", 0), delivered("A", 3), publication(NEW, BEGIN + 4 * HOUR, BEGIN, rerate=True))
    assert told(outputs, "sla-outcomes") == [("A", "met", "1"), ("A", "met", "2")]


def cut(records: list[Arrival], units: int | None = None) -> list[Output]:
    """What is said in units of one deadline; with a crash after so many of them."""
    player = Player(OLD, deadlines_per_unit=1)
    player.append(records)
    if units is not None:
        for topic in player.topics:
            player.fetch(topic, 100)
            player.poll(topic)
        for _ in range(units):
            player.work(1000)
            player.commit()
        player.work(1000)
        player.restart()
    return player.finish()


@pytest.mark.parametrize("units", range(1, 9))
def test_rerating_goes_on_after_a_crash_where_it_was(units: int) -> None:
    names = [f"S{number}" for number in range(6)]
    records = [
        *(registered(name, 0) for name in names),
        publication(NEW, BEGIN + 7 * HOUR, BEGIN, rerate=True),
        *(delivered(name, 8) for name in names),
        tick(BEGIN + 50 * HOUR),
    ]
    assert cut(records, units) == cut(records)


@pytest.mark.parametrize("units", range(1, 13))
def test_correcting_what_was_told_goes_on_after_a_crash_where_it_was(units: int) -> None:
    """What has been told again is not told once more, and what it replaces had the suspensions of before."""
    names = [f"S{number}" for number in range(3)]
    records = [
        *(registered(name, 0) for name in names),
        *(delivered(name, 6) for name in names),
        suspension(BEGIN + 7 * HOUR, BEGIN + HOUR, BEGIN + 2 * HOUR, id="first"),
        suspension(BEGIN + 8 * HOUR, BEGIN + 3 * HOUR, BEGIN + 4 * HOUR, id="second"),
        publication(NEW, BEGIN + 9 * HOUR, BEGIN, rerate=True),
        tick(BEGIN + 50 * HOUR),
    ]
    assert cut(records, units) == cut(records)
    published: dict[str, dict[str, Any]] = {}
    for body in bodies(cut(records), "sla-outcomes"):
        assert body.pop("replaces", None) == published.get(body["shipment_id"])
        published[body["shipment_id"]] = body
    assert [body["revision"] for body in published.values()] == [4, 4, 4]


def test_every_unit_of_a_sweep_is_bounded() -> None:
    player = Player(OLD, deadlines_per_unit=2)
    player.append([*(registered(f"S{number}", 0) for number in range(5)), publication(NEW, BEGIN + HOUR, BEGIN)])
    player.append([tick(BEGIN + 2 * HOUR)])
    for topic in player.topics:
        player.fetch(topic, 100)
        player.poll(topic)
    units = 0
    while player.work(1000):
        assert player.core.exhausted
        player.commit()
        units += 1
    assert units == 2
    assert player.core.time == BEGIN + 2 * HOUR


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"digest": "0" * 16}, "$.digest"),
        ({"version": "3"}, "$.digest"),
        ({"document": {"policy": "test", "version": "2", "clocks": [{"name": "c"}]}}, "$.document"),
        ({"document": {"policy": "test", "version": "2", "clocks": [], "surprise": 1}}, "$.document"),
        ({"document": {"policy": "test", "version": "2", "clocks": [NESTED]}}, "$.document"),
        ({"document": {"policy": "test", "version": "2", "clocks": [CLOCK], "time_zone": "Asia"}}, "$.document"),
    ],
)
def test_a_bad_policy_is_rejected_and_changes_nothing(changes: dict[str, Any], path: str) -> None:
    outputs = play(registered("A", 2), publication(NEW, BEGIN + HOUR, BEGIN, **changes), delivered("A", 9))
    (reject,) = (dict(one.headers) for one in outputs if one.topic == "scan-rejects")
    assert (reject["reason"], reject["path"].decode()) == (b"bad-policy", path)
    assert told(outputs, "sla-outcomes") == [("A", "met", "1")]


def test_a_policy_with_a_clock_that_state_would_take_for_one_in_force_is_rejected() -> None:
    """State has 16 bits for the name of a clock.  Within a page that is checked when it is read."""
    page_of = "policy: test\nversion: '2'\nclocks: [{name: %s, from: accepted, until: delivered, within: PT1H}]\n"
    other, same = (parse_policy(page_of % name) for name in ("leg-38182", "leg-38183"))
    assert same.clocks[0].number == OLD.clocks[0].number != other.clocks[0].number
    accepted = {"scan_id": "A-a", "shipment_id": "A", "code": "accepted", "occurred_at": rfc3339(BEGIN + 5 * HOUR)}
    said, rejected = {}, []
    for policy in (other, same):
        outputs = play(
            registered("A", 0),
            publication(policy, BEGIN + HOUR, BEGIN),
            arrival(SCANS, BEGIN + 5 * HOUR, accepted),
            delivered("A", 9),
        )
        said[policy] = [body["clock"] for body in bodies(outputs, "sla-outcomes")]
        rejected += [dict(one.headers)["detail"].decode() for one in outputs if one.topic == "scan-rejects"]
    assert said == {other: ["delivery", "leg-38182"], same: ["delivery"]}
    assert [("delivery" in detail, "leg-38183" in detail) for detail in rejected] == [(True, True)]


@pytest.mark.parametrize("error", [TypeError, OverflowError, KeyError, OSError])
def test_a_policy_that_fails_in_a_way_nobody_foresaw_is_rejected_all_the_same(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(document: object, digest: str) -> Policy:
        raise error(f"of {document} {digest}")

    player = Player(OLD)
    player.append(
        [registered("A", 2), publication(NEW, BEGIN + HOUR, BEGIN), delivered("A", 9), tick(BEGIN + 9 * HOUR)]
    )
    monkeypatch.setattr(load, "compile_policy", fail)
    outputs = player.finish()
    (reject,) = (dict(one.headers) for one in outputs if one.topic == "scan-rejects")
    assert (reject["reason"], reject["path"]) == (b"bad-policy", b"$.document")
    assert error.__name__.encode() in reject["detail"]


def test_the_same_publication_twice_is_one() -> None:
    once = [registered("A", 0), publication(NEW, BEGIN + HOUR, BEGIN), registered("B", 3), delivered("B", 4)]
    assert play(*once) == play(*once[:2], publication(NEW, BEGIN + 2 * HOUR, BEGIN), *once[2:])


def test_a_worker_with_another_file_goes_on_with_what_is_in_force() -> None:
    player = Player(OLD)
    player.append([registered("A", 0), publication(NEW, BEGIN + HOUR, BEGIN + HOUR), tick(BEGIN + HOUR)])
    player.finish()
    core = Core(judging(page("3", 1)), settings(TimeSource.REPLAY))
    core.load(player.changelog)
    core.restored(len(player.changelog))
    assert [(one.version, one.begins) for one in core.meta.policies] == [("1", 0), ("2", BEGIN + HOUR)]


def test_a_version_whose_page_is_gone_parks_the_partition_with_advice() -> None:
    player = Player(OLD)
    player.append([publication(NEW, BEGIN + HOUR, BEGIN + HOUR), tick(BEGIN + HOUR)])
    player.finish()
    core = Core(judging(OLD), settings(TimeSource.REPLAY))
    core.load([one for one in player.changelog if not one.key.startswith(PAGES)])
    with pytest.raises(PartitionParked, match=r"version '2' of the policy 'test'.*SHIPCLOCK_POLICY"):
        core.restored(len(player.changelog))


def test_versions_that_no_shipment_can_have_any_more_are_dropped_with_their_pages() -> None:
    player = Player(OLD)
    player.commit()
    later = BEGIN + 24 * 400 * HOUR
    player.append([publication(NEW, BEGIN, BEGIN), publication(page("3", 1), later, later), tick(later)])
    player.finish()
    assert [one.version for one in player.core.meta.policies] == ["2", "3"]
    pages = {entry.key: entry.value for entry in player.changelog if entry.key.startswith(PAGES)}
    assert [key for key, value in pages.items() if value is None] == [PAGES + OLD.digest.encode()]
    player.restart()
    assert not player.core.take().changelog, "what has been dropped is not dropped again"


def test_a_suspension_told_after_a_breach_withdraws_it_where_it_holds() -> None:
    outputs = play(
        registered("A", 0),
        registered("B", 0, "south"),
        suspension(BEGIN + 12 * HOUR, BEGIN + 5 * HOUR),
        suspension(BEGIN + 20 * HOUR, BEGIN + 5 * HOUR, BEGIN + 15 * HOUR, revision=1),
        delivered("A", 19, said=20),
        delivered("B", 19, said=20),
    )
    assert [(one["shipment_id"], one["kind"]) for one in bodies(outputs, "breach-alerts")] == [
        ("A", "opened"),
        ("B", "opened"),
        ("A", "withdrawn"),
        ("B", "resolved"),
    ]
    met, missed = outcome(outputs, "A"), outcome(outputs, "B")
    assert (met["kind"], met["due"]) == ("met", rfc3339(BEGIN + 20 * HOUR))
    assert missed["kind"] == "missed"


def test_a_lifted_suspension_never_held() -> None:
    outputs = play(
        registered("A", 0),
        suspension(BEGIN + HOUR, BEGIN + HOUR),
        suspension(BEGIN + 12 * HOUR, BEGIN + HOUR, revision=1, lifted=True),
        suspension(BEGIN + 13 * HOUR, BEGIN + HOUR, revision=0),
    )
    assert [(one["kind"], one["due"]) for one in bodies(outputs, "breach-alerts")] == [
        ("opened", rfc3339(BEGIN + 10 * HOUR))
    ]


def test_of_two_suspensions_of_one_revision_the_first_holds() -> None:
    outputs = play(
        registered("A", 0),
        suspension(BEGIN + HOUR, BEGIN + HOUR),
        suspension(BEGIN + 2 * HOUR, BEGIN + HOUR, lifted=True),
    )
    assert bodies(outputs, "breach-alerts") == []


def test_a_suspension_that_ends_before_it_begins_is_rejected() -> None:
    (reject,) = play(suspension(BEGIN, BEGIN + HOUR, BEGIN))
    assert dict(reject.headers)["reason"] == b"bad-suspension"


def test_suspensions_take_no_more_room_than_the_meta_record_has() -> None:
    """The record that would not fit is rejected: taken, it would park the partition, and again whenever it is read."""
    north, more = ["north"], [f"region-{number:0120}" for number in range(1_000)]
    player = Player(OLD)
    for number in range(4):
        player.append([suspension(BEGIN + number, BEGIN, id=f"storm-{number}", regions=more)])
    player.append([suspension(BEGIN + 5, BEGIN, id="last", regions=north), tick(BEGIN + HOUR)])
    outputs = player.finish()
    assert [dict(one.headers)["reason"] for one in outputs] == [b"bad-suspension"] * 3
    assert [one.id for one in player.core.meta.suspensions] == ["last", "storm-0"]
    player.append([suspension(BEGIN + 2 * HOUR, BEGIN, id="storm-0", regions=more, revision=1, lifted=True)])
    player.append([tick(BEGIN + 3 * HOUR)])
    assert player.finish() == outputs


def test_what_is_in_force_survives_a_restart() -> None:
    player = Player(OLD)
    player.append([suspension(BEGIN, BEGIN + HOUR), tick(BEGIN + HOUR)])
    player.finish()
    player.restart()
    player.append([registered("A", 2), tick(BEGIN + 40 * HOUR)])
    assert bodies(player.finish(), "breach-alerts") == []
