"""What rows of files that we never saw say."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from streams.errors import PolicyError
from streams.sla.instants import from_datetime, rfc3339
from tests.unit.mapping.reading import read, told


def at(moment: object) -> str:
    return rfc3339(from_datetime(moment))[:16]  # type: ignore[arg-type]


def test_a_row_registers_a_shipment_and_gives_its_events(tmp_path: Path) -> None:
    page = """
mapping: theirs
id: "{carrier}-{no}"
csv: {delimiter: ";"}
nulls: ["-", "NULL"]
times: {formats: ["%d/%m/%Y %H:%M", iso], zone: Asia/Shanghai}
shipment:
  customer: client
  registered_at: created
  tier: {column: class, table: {gold: A, silver: B}, otherwise: C}
  product: {constant: next-day}
  origin: {region: from}
  destination: {region: to, time_zone: {constant: Asia/Urumqi}, remote: far}
  pieces: pieces
  weight_kg: kilos
  insured: insured
  freight: {amount: freight, currency: {constant: CNY}}
  promised_date: promised
  delivery_appointment: {start: window_from, end: window_to}
  labels: {route: "{from}>{to}"}
events:
  - code: picked_up
    at: collected
    facility: {first: [depot, from]}
    facility_kind: {constant: branch}
    carrier: carrier
  - {code: delivered, at: signed, recorded_at: uploaded, piece: piece, reason: note}
"""
    text = (
        "carrier;no;client;class;created;from;to;far;pieces;kilos;insured;freight;promised;window_from;window_to;"
        "collected;depot;signed;uploaded;piece;note\n"
        "SF;1;Ann;gold;01/11/2026 08:00;SHA;URC;yes;2;1.5;no;12.50;03/11/2026 00:00;-;-;"
        "2026-11-01T09:00:00Z;-;NULL;;;\n"
    )
    [row] = read(tmp_path, page, text)
    made = row.registration
    assert made is not None
    assert (made.shipment_id, made.customer_id, made.tier, made.product) == ("SF-1", "Ann", "A", "next-day")
    assert at(made.registered_at) == "2026-11-01T00:00"
    assert made.promised_date == date(2026, 11, 3)
    assert (made.pieces, made.weight_kg, made.insured, made.labels) == (2, 1.5, False, {"route": "SHA>URC"})
    assert made.freight is not None
    assert made.freight.amount == Decimal("12.50")
    assert made.destination is not None
    assert (made.destination.region, made.destination.remote) == ("URC", True)
    assert made.delivery_appointment is None
    [scan] = row.scans
    assert (scan.code, at(scan.occurred_at), scan.scan_id, scan.carrier) == (
        "picked_up",
        "2026-11-01T09:00",
        "SF-1-1",
        "SF",
    )
    assert scan.facility is not None
    assert (scan.facility.id, scan.facility.kind) == ("SHA", "branch")
    assert row.oddities == []


EVENTS = """
mapping: tracks
id: waybill
rows: events
shipment: {registered_at: time, customer: {constant: c}}
events:
  - {at: time, code: {column: status, table: {PU: picked_up, OK: delivered, "-": null}}, facility: place}
"""


def test_each_row_of_a_tracking_log_is_an_event_of_its_own(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        EVENTS,
        "waybill,time,status,place\nW1,2026-11-01T08:00:00+08:00,PU,SHA\nW1,2026-11-02T08:00:00+08:00,OK,\n",
    )
    scans = [scan for row in rows for scan in row.scans]
    assert [(scan.code, scan.scan_id) for scan in scans] == [("picked_up", "W1-1-1"), ("delivered", "W1-2-1")]
    assert [row.registration is not None for row in rows] == [True, False]


def test_a_code_that_no_table_holds_is_kept_and_told(tmp_path: Path) -> None:
    rows = read(
        tmp_path, EVENTS, "waybill,time,status,place\nW1,2026-11-01T08:00:00Z,XX,\nW1,2026-11-01T09:00:00Z,-,\n"
    )
    assert [scan.code for row in rows for scan in row.scans] == ["XX"]
    assert told(rows) == [(2, "unknown-code")]


def test_what_cannot_be_read_is_left_out_and_told_by_line(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        EVENTS,
        "waybill,time,status,place\n"
        "W1,yesterday,PU,SHA\n"
        ",2026-11-01T08:00:00Z,PU,SHA\n"
        "W2,2026-11-01T08:00:00Z\n"
        "\n"
        "W3,2026-11-01T08:00:00Z,PU,SHA,and more\n"
        "W4,2026-11-01T08:00:00Z,PU,SHA, ,\n",
    )
    assert told(rows) == [(2, "bad-time"), (3, "missing-value"), (4, "short-row"), (6, "long-row")]
    assert [scan.shipment_id for row in rows for scan in row.scans] == ["W4"]


def test_a_quote_that_is_not_closed_is_told_with_the_lines_that_it_swallows(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        EVENTS,
        "waybill,time,status,place\n"
        "W1,2026-11-01T08:00:00Z,PU,SHA\n"
        'W2,2026-11-01T08:00:00Z,PU,"SHA\n'
        "W3,2026-11-01T08:00:00Z,PU,SHA\n"
        "W4,2026-11-01T08:00:00Z,PU,SHA\n",
    )
    [odd] = [odd for row in rows for odd in row.oddities]
    assert (odd.line, odd.kind) == (3, "many-lines")
    assert odd.detail == "the row runs over lines 3 to 5: is a quote not closed?"


def test_one_bad_event_does_not_cost_the_others(tmp_path: Path) -> None:
    page = """
mapping: theirs
id: no
shipment: {registered_at: created}
events: [{code: picked_up, at: picked}, {code: delivered, at: signed}]
"""
    [row] = read(tmp_path, page, "no,created,picked,signed\n1,2026-11-01,soon,2026-11-03\n")
    assert row.registration is not None
    assert row.registration.customer_id == "unknown"
    assert [scan.code for scan in row.scans] == ["delivered"]
    assert told([row]) == [(2, "bad-time")]


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "1e16", "1e999999999", "sNaN", "heavy"])
def test_weights_and_amounts_are_finite_and_not_below_zero(tmp_path: Path, text: str) -> None:
    page = """
mapping: theirs
id: no
shipment: {registered_at: created, weight_kg: kilos, declared_value: {amount: value, currency: {constant: CNY}}}
"""
    head = "no,created,kilos,value\n"
    rows = read(tmp_path, page, f"{head}1,2026-11-01,{text},\n2,2026-11-01,,{text}\n3,2026-11-01,0,1e15\n")
    assert [(odd.line, odd.kind, odd.path) for row in rows for odd in row.oddities] == [
        (2, "bad-number", "$.kilos"),
        (3, "bad-number", "$.value"),
    ]
    assert [row.registration is not None for row in rows] == [False, False, True]


def test_two_rows_of_one_shipment_are_told_with_their_lines(tmp_path: Path) -> None:
    page = """
mapping: theirs
id: no
shipment: {registered_at: created}
events: [{code: delivered, at: signed}]
"""
    text = "no,created,signed\n1,2026-11-01,\n2,2026-11-01,\n1,2026-11-01,\n1,2026-11-01,2026-11-02\n,2026-11-01,\n"
    rows = read(tmp_path, page, text)
    assert told(rows) == [(4, "repeated-shipment"), (5, "conflicting-shipment"), (6, "missing-value")]
    assert [odd.detail for odd in rows[3].oddities] == ["1 is in line 2, too"]
    again = read(tmp_path, page + "format: json\n", '{"no": 1, "created": "2026-11-01"}\n' * 2)
    assert told(again) == [(2, "repeated-shipment")]


def test_a_tracking_log_names_a_shipment_many_times(tmp_path: Path) -> None:
    row = "W1,2026-11-01T08:00:00Z,PU,SHA\n"
    assert told(read(tmp_path, EVENTS, f"waybill,time,status,place\n{row}{row}")) == []


def test_durations_run_since_the_start_or_the_event_before(tmp_path: Path) -> None:
    page = """
mapping: theirs
id: no
start: {base: "2026-11-01T00:00:00Z", every: PT1H}
shipment: {registered_at: {after: start}}
events:
  - {code: picked_up, at: {after: previous, column: to_pickup}}
  - {code: arrived, at: {after: previous, column: to_hub, unit: hours}}
  - {code: departed, at: {after: start, column: left, unit: days}}
  - {code: delivered, at: {after: previous, column: to_door}}
"""
    rows = read(tmp_path, page, "no,to_pickup,to_hub,left,to_door\n1,30,2,1,90\n2,30,,1,x\n")
    assert [(scan.code, at(scan.occurred_at)) for scan in rows[0].scans] == [
        ("picked_up", "2026-11-01T00:30"),
        ("arrived", "2026-11-01T02:30"),
        ("departed", "2026-11-02T00:00"),
        ("delivered", "2026-11-02T01:30"),
    ]
    assert [(scan.code, at(scan.occurred_at)) for scan in rows[1].scans] == [
        ("picked_up", "2026-11-01T01:30"),
        ("departed", "2026-11-02T01:00"),
    ]
    assert told(rows) == [(3, "bad-number")]


def test_conditions_say_which_rows_have_an_event(tmp_path: Path) -> None:
    page = """
mapping: theirs
id: no
events:
  - {code: cancelled, at: time, when: {status: [gone, lost], back: null}}
  - {code: delivered, at: time, when: {status: {not: [gone, lost]}, tries: {at_least: 1, below: 3}}}
"""
    rows = read(
        tmp_path,
        page,
        "no,time,status,back,tries\n"
        "1,2026-11-01,gone,,0\n"
        "2,2026-11-01,gone,yes,0\n"
        "3,2026-11-01,ok,,2\n"
        "4,2026-11-01,ok,,3\n"
        "5,2026-11-01,,,\n",
    )
    found = {scan.shipment_id: scan.code for row in rows for scan in row.scans}
    assert found == {"1": "cancelled", "3": "delivered"}


def test_a_mapping_names_what_is_odd(tmp_path: Path) -> None:
    page = """
mapping: theirs
id: no
events: [{code: delivered, at: signed}]
oddities:
  - {name: delivered-before-pickup, before: [signed, picked]}
  - {name: never-picked-up, when: {picked: null}}
"""
    rows = read(tmp_path, page, "no,picked,signed\n1,2026-11-02,2026-11-01\n2,,2026-11-01\n3,2026-11-01,2026-11-02\n")
    assert told(rows) == [(2, "delivered-before-pickup"), (3, "never-picked-up")]


def test_care_cases_come_from_rows_too(tmp_path: Path) -> None:
    page = """
mapping: tickets
id: waybill
events:
  - {at: opened, care: {case: ticket, kind: complaint, step: opened, severity: level}}
  - {at: closed, care: {case: ticket, kind: complaint, step: closed}}
"""
    [row] = read(tmp_path, page, "waybill,ticket,opened,closed,level\nW1,T9,2026-11-01,2026-11-02,high\n")
    assert [(one.case_id, one.kind, one.step, one.severity) for one in row.care] == [
        ("T9", "complaint", "opened", "high"),
        ("T9", "complaint", "closed", None),
    ]


def test_objects_of_json_have_paths_instead_of_columns(tmp_path: Path) -> None:
    page = """
mapping: api
id: parcel.no
format: json
times: {formats: [unix-ms]}
shipment: {registered_at: parcel.created, pieces: parcel.count, insured: parcel.insured}
events:
  - {code: {column: events.0.state, vocabulary: kuaidi100}, at: events.0.ts}
"""
    rows = read(
        tmp_path,
        page,
        '{"parcel": {"no": 7, "created": 1793491200000, "count": 2, "insured": true},'
        ' "events": [{"state": 3, "ts": 1793577600000}]}\n'
        "{\n"
        '{"parcel": {"no": ["a"]}}\n',
    )
    made = rows[0].registration
    assert made is not None
    assert (made.shipment_id, made.pieces, made.insured) == ("7", 2, True)
    assert [scan.code for scan in rows[0].scans] == ["delivered"]
    assert told(rows) == [(2, "not-json"), (3, "bad-value")]


def test_repeated_groups_of_columns_are_the_legs_of_a_plan(tmp_path: Path) -> None:
    page = """
mapping: legs
id: no
start: {at: started}
shipment: {registered_at: {after: start}}
legs:
  - names: [a, b]
    when: {"{leg}_took": {not: null}}
    milestones: [{code: arrived, planned: "{leg}_plan", took: "{leg}_took", facility: "{leg}_hub"}]
  - names: [last]
    after: [a, b]
    milestones: [{code: delivered, planned: last_plan, took: last_took}]
"""
    header = "no,started,a_plan,a_took,a_hub,b_plan,b_took,b_hub,last_plan,last_took\n"
    rows = read(tmp_path, page, f"{header}1,2026-11-01,60,70,X,120,100,Y,30,40\n2,2026-11-01,60,70,X,,,,30,\n")
    first, second = (row.registration for row in rows)
    assert first is not None
    assert first.plan is not None
    assert [(leg.leg, leg.after) for leg in first.plan.legs] == [("a", ()), ("b", ()), ("last", ("a", "b"))]
    assert first.plan.legs[1].milestones[0].within == timedelta(hours=2)
    assert [(scan.leg, at(scan.occurred_at)) for scan in rows[0].scans] == [
        ("a", "2026-11-01T01:10"),
        ("b", "2026-11-01T01:40"),
        ("last", "2026-11-01T02:20"),
    ]
    assert second is not None
    assert second.plan is not None
    assert [(leg.leg, leg.after) for leg in second.plan.legs] == [("a", ()), ("last", ("a",))]
    assert [scan.leg for scan in rows[1].scans] == ["a"]


def test_files_of_other_encodings_and_without_a_header_are_read(tmp_path: Path) -> None:
    page = """
mapping: theirs
id: no
encoding: gb18030
csv: {columns: [no, time, state]}
events: [{at: time, code: {column: state, table: {签收: delivered}}}]
"""
    rows = read(tmp_path, page, "1,2026-11-01,签收\n".encode("gb18030"))
    assert [scan.code for row in rows for scan in row.scans] == ["delivered"]


LISTED = """
mapping: lists
format: json
id: no
events:
  - {code: accepted, at: taken}
  - {each: history, code: delivered, at: when, when: {what: OK, /live: true}}
"""


def test_items_of_a_list_in_a_file_are_named_by_their_places(tmp_path: Path) -> None:
    row = {
        "no": "S1",
        "live": True,
        "taken": "2026-11-01T08:00:00Z",
        "history": [{"what": "PU", "when": "x"}, {"what": "OK", "when": "2026-11-02T08:00:00Z"}],
    }
    test = {**row, "no": "S2", "live": False}
    told_rows = read(tmp_path, LISTED, "\n".join(map(json.dumps, (row, test, {"no": "S3"}))))
    assert [[(scan.scan_id, scan.code) for scan in mapped.scans] for mapped in told_rows] == [
        [("S1-1", "accepted"), ("S1-2-2", "delivered")],
        [("S2-1", "accepted")],
        [],
    ]
    assert told(told_rows) == []


def test_what_is_odd_in_an_item_is_told_with_its_place(tmp_path: Path) -> None:
    event = "code: {column: what, table: {OK: delivered}}, at: when"
    page = LISTED.replace("code: delivered, at: when, when: {what: OK, /live: true}", event)
    [row] = read(tmp_path, page, json.dumps({"no": "S1", "history": [{"what": "XX", "when": "2026-11-02T08:00:00Z"}]}))
    assert [(odd.kind, odd.path) for odd in row.oddities] == [("unknown-code", "$.history.0.what")]


def test_only_objects_have_lists(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"\$\.events\[1\]\.each: only JSON objects have lists"):
        read(tmp_path, LISTED.replace("format: json\n", "").replace(", /live: true", ""), "no,taken,when,what\nS1,,,\n")
