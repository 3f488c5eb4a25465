"""The messages of a topic, read by a mapping."""

import json
import tracemalloc
from typing import Any

import pytest

from streams.errors import PolicyError
from streams.mapping import Mapped, Messages, load_mapping, parse_mapping

PAGE = """
mapping: push
format: json
id: parcel.number
times: {formats: ["%Y-%m-%d %H:%M"], zone: Asia/Shanghai}
events:
  - each: parcel.history
    at: when
    code: {column: what, table: {PU: picked_up, OK: delivered, INFO: null}}
    facility: where.id
    carrier: /sender
    revision: nth
"""


def read(message: Any, page: str = PAGE) -> Mapped:
    return Messages(parse_mapping(page)).read(message if isinstance(message, bytes) else json.dumps(message).encode())


def message(*history: Any, number: str | None = "N1") -> dict[str, Any]:
    return {"sender": "crane", "parcel": {"number": number, "history": list(history)}}


def item(what: str, when: str | None = "2026-11-02 08:30", **more: Any) -> dict[str, Any]:
    return {"what": what, "when": when, **more}


def lost(mapped: Mapped) -> list[tuple[str, str]]:
    return [(oddity.kind, oddity.path) for oddity in mapped.oddities]


def test_every_item_of_a_list_is_a_scan_with_fields_of_its_own_and_of_the_whole_message() -> None:
    mapped = read(message(item("OK", "2026-11-03 09:00"), item("PU", where={"id": "PVG"})))
    assert [(scan.code, scan.facility and scan.facility.id, scan.carrier) for scan in mapped.scans] == [
        ("delivered", None, "crane"),
        ("picked_up", "PVG", "crane"),
    ]
    assert mapped.scans[1].occurred_at.isoformat() == "2026-11-02T00:30:00+00:00"
    assert {scan.shipment_id for scan in mapped.scans} == {"N1"}
    assert not mapped.oddities


def test_a_fact_has_the_same_id_wherever_it_stands_and_another_fact_has_another() -> None:
    (first,) = read(message(item("PU"))).scans
    later, again, revised = read(message(item("OK"), item("PU"), item("PU", nth="2"))).scans
    assert first.scan_id == again.scan_id == revised.scan_id
    others = [
        read(message(item("PU", "2026-11-02 08:31"))).scans[0],
        read(message(item("PU", where={"id": "PVG"}))).scans[0],
        read(message(item("PU"), number="N2")).scans[0],
        later,
    ]
    assert len({scan.scan_id for scan in [first, *others]}) == 5


def test_an_id_that_the_sender_gives_is_kept() -> None:
    page = PAGE + "    id: key\n"
    named, unnamed = read(message(item("PU", key="E-7"), item("PU")), page).scans
    assert named.scan_id == "E-7"
    assert unnamed.scan_id == read(message(item("PU"))).scans[0].scan_id


def test_steps_of_care_cases_are_named_by_what_they_say_too() -> None:
    page = """
mapping: tickets
format: json
id: parcel
events: [{at: when, care: {case: ticket, kind: complaint, step: {column: state, table: {new: opened, done: closed}}}}]
"""
    tickets = [
        {"parcel": "N1", "ticket": "T1", "when": "2026-11-02T08:00:00Z", "state": state} for state in ("new",) * 2
    ]
    one, same = (read(ticket, page).care[0] for ticket in tickets)
    (other,) = read({**tickets[0], "state": "done"}, page).care
    assert one.event_id == same.event_id != other.event_id


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"{", [("not-json", "$")]),
        (b"\xff{}", [("not-json", "$")]),
        (b"[" * 100_000, [("not-json", "$")]),
        ([1], [("bad-value", "$")]),
        ({}, [("missing-value", "$.parcel.number")]),
        (message(number=None), [("missing-value", "$.parcel.number")]),
        ({"parcel": {"number": "N1", "history": {}}}, [("bad-value", "$.parcel.history")]),
        ({"parcel": {"number": ["N1"]}}, [("bad-value", "$.parcel.number")]),
        (message(item("PU", "yesterday")), [("bad-time", "$.parcel.history.0.when")]),
        (message(item("PU"), item("PU", None)), [("missing-value", "$.parcel.history.1.when")]),
        (message(item("PU", where={"id": {}})), [("bad-value", "$.parcel.history.0.where.id")]),
        (message(item("PU", nth="x")), [("bad-number", "$.parcel.history.0.nth")]),
        (message(*[{}] * 10_001), [("bad-value", "$.parcel.history")]),
        (message("PU"), [("missing-value", "$.parcel.history.0.when")]),
    ],
)
def test_what_cannot_be_read_is_told_with_its_path(bad: Any, told: list[tuple[str, str]]) -> None:
    assert lost(read(bad)) == told


PROMISED = """
mapping: orders
format: json
id: no
shipment: {registered_at: at, promised_date: {column: by, zone: Asia/Shanghai}}
"""
LATER = """
mapping: durations
format: json
id: no
start: {at: at}
events: [{code: delivered, at: {column: took, after: start, unit: days}}]
"""
LEGS = """
mapping: legs
format: json
id: no
start: {at: at}
legs: [{names: [main], unit: days, milestones: [{code: departed, took: took}]}]
"""


@pytest.mark.parametrize(
    ("page", "row"),
    [
        (PROMISED, {"at": "2026-11-02T08:00:00Z", "by": "9999-12-31T23:59:59+00:00"}),
        (LATER, {"at": "9999-12-31T00:00:00Z", "took": 2}),
        (LATER, {"at": "0001-01-01T00:00:00Z", "took": -2}),
        (LEGS, {"at": "9999-12-31T00:00:00Z", "took": 2}),
    ],
)
def test_a_time_that_no_calendar_has_is_told_and_ends_nothing(page: str, row: dict[str, Any]) -> None:
    assert [kind for kind, _ in lost(read({"no": "N1", **row}, page))] == ["bad-time"]


def test_nothing_is_taken_of_a_message_whose_start_or_legs_cannot_be_read() -> None:
    page = LEGS + "events: [{code: delivered, at: done}]\n"
    row = {"no": "N1", "at": "2026-11-02T08:00:00Z", "took": 2, "done": "2026-11-05T08:00:00Z"}
    first, later = read(row, page), read({**row, "took": 3}, page)
    assert [scan.code for scan in first.scans] == ["departed", "delivered"]
    assert first.scans[0].scan_id == later.scans[0].scan_id == "N1-main-1"
    for bad in ({"at": "soon"}, {"took": "long"}):
        mapped = read({**row, **bad}, page)
        assert (len(mapped.scans), len(mapped.oddities)) == (0, 1)


@pytest.mark.parametrize("error", [OverflowError, ValueError, KeyError, IndexError])
def test_a_message_that_the_reader_fails_at_is_told_and_ends_nothing(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Mapped:
        raise error("of a kind that nobody thought of")

    monkeypatch.setattr("streams.mapping.reader.Reader.read", fail)
    (oddity,) = read(message()).oddities
    assert oddity.kind == "bad-value"
    assert "nobody thought of" in oddity.detail


MANY_PLACES = """
mapping: places
format: json
id: no
shipment: {registered_at: {column: at, zone: zone}, destination: {region: region}}
"""


def test_long_texts_of_messages_are_not_remembered() -> None:
    messages = Messages(parse_mapping(MANY_PLACES))
    long = "x" * 100_000
    tracemalloc.start()
    try:
        for number in range(60):
            row = {"no": "N", "at": f"{long}{number}", "zone": f"{long}{number}", "region": f"{long}{number}"}
            messages.read(json.dumps(row).encode())
            messages.read(json.dumps({**row, "at": f"2026-11-02T08:00:00.{number:0200}Z", "zone": None}).encode())
        assert tracemalloc.get_traced_memory()[0] < 3_000_000
    finally:
        tracemalloc.stop()


def test_places_and_zones_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.mapping.registrations._MOST_PLACES", 2)
    monkeypatch.setattr("streams.mapping.times._MOST_ZONES", 2)
    messages = Messages(parse_mapping(MANY_PLACES))
    for _ in range(2):
        for hour, zone in enumerate(("UTC", "Etc/GMT-1", "Etc/GMT-2", "Etc/GMT-3")):
            row = {"no": "N", "at": "2026-11-02T08:00:00", "zone": zone, "region": f"R{hour}"}
            registration = messages.read(json.dumps(row).encode()).registration
            assert registration is not None
            assert registration.registered_at.hour == 8 - hour
            assert registration.destination is not None
            assert registration.destination.region == f"R{hour}"


def test_what_can_be_read_beside_it_is_read() -> None:
    mapped = read(message(item("PU", "soon"), item("OK")))
    assert [scan.code for scan in mapped.scans] == ["delivered"]
    assert lost(mapped) == [("bad-time", "$.parcel.history.0.when")]


def test_an_unknown_code_is_kept_and_told_and_one_that_means_nothing_is_dropped() -> None:
    mapped = read(message(item("X9"), item("INFO")))
    assert [scan.code for scan in mapped.scans] == ["X9"]
    assert [(oddity.kind, oddity.detail) for oddity in mapped.oddities] == [("unknown-code", "X9")]


def test_a_message_is_read_in_its_encoding() -> None:
    text = json.dumps(message(item("PU", where={"id": "上海"})), ensure_ascii=False)
    assert lost(read(text.encode("gb18030"))) == [("not-json", "$")]
    (scan,) = read(text.encode("gb18030"), PAGE + "encoding: gb18030\n").scans
    assert scan.facility is not None
    assert scan.facility.id == "上海"


SHIPMENT = "shipment: {registered_at: ordered}\n"


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (PAGE.replace("format: json\n", ""), r"page:\d+:\d+: \$: .*format: json"),
        (PAGE + "rows: events\n" + SHIPMENT, r"\$\.shipment: .*first row"),
        (PAGE + 'start: {base: "2026-11-02T00:00:00Z", every: PT1M}\n', r"\$\.start\.base: .*give at"),
        (PAGE + "encoding: gb-18031\n", r"\$\.encoding: .*utf-8"),
        (PAGE + "encoding: hex\n", r"\$\.encoding: .*utf-8"),
        (PAGE + "encoding: rot13\n", r"\$\.encoding: .*utf-8"),
        (PAGE + 'encoding: "utf-8\\0"\n', r"\$\.encoding: .*utf-8"),
        (PAGE + "encoding: undefined\n", r"\$\.encoding: .*utf-8"),
        (PAGE.replace("parcel.history", "parcel..history"), r"\$\.events\[0\]\.each: .*no path"),
        (PAGE.replace("Asia/Shanghai", "Asia/Shangai"), r"\$\.times\.zone: .*Shangai"),
    ],
)
def test_a_page_that_is_not_for_topics_is_refused_with_its_place(page: str, told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        Messages(parse_mapping(page, source="page"))


def test_of_rows_that_are_events_some_may_register() -> None:
    page = PAGE + "rows: events\nshipment: {registered_at: ordered, when: {kind: order}}\n"
    told = {**message(), "ordered": "2026-11-02 08:00"}
    assert read({**told, "kind": "order"}, page).registration is not None
    assert read(told, page).registration is None


def test_a_push_of_kuaidi100_gives_its_scans() -> None:
    push = {
        "status": "polling",
        "lastResult": {
            "state": "3",
            "com": "yuantong",
            "nu": "YT2817",
            "data": [
                {"context": "已签收", "time": "2026-11-03 11:42:07", "ftime": "2026-11-03 11:42:07", "statusCode": "3"},
                {"context": "派件中", "time": "2026-11-03 08:10:00", "statusCode": "5", "areaCode": "CN310115000000"},
                {"context": "疑难", "time": "2026-11-02 20:00:00", "statusCode": "2"},
                {"context": "已揽收", "time": "2026-11-01 18:00:00", "statusCode": "1", "areaName": "杭州"},
            ],
        },
    }
    mapped = Messages(load_mapping("kuaidi100-push")).read(json.dumps(push).encode())
    assert [(scan.code, scan.facility and scan.facility.id) for scan in mapped.scans] == [
        ("delivered", None),
        ("out_for_delivery", "CN310115000000"),
        ("picked_up", "杭州"),
    ]
    assert mapped.scans[0].occurred_at.isoformat() == "2026-11-03T03:42:07+00:00"
    assert {(scan.shipment_id, scan.carrier) for scan in mapped.scans} == {("YT2817", "yuantong")}
    assert mapped.registration is None
    assert not mapped.oddities
