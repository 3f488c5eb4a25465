"""Every way in which a record can be bad, and the field that its rejection names."""

import json
from typing import Any

import pytest

from streams.intake import Rejected, read_registration, read_scan
from streams.intake.rejection import AHEAD_OF_TIME, UNKNOWN_CODE

STAMP = 1_793_577_600_000
"""2026-11-02T00:00:00Z"""
HOUR = 3_600_000
SCAN: dict[str, Any] = {
    "scan_id": "s1",
    "shipment_id": "S1",
    "code": "accepted",
    "occurred_at": "2026-11-01T23:00:00+00:00",
}
SHIPMENT: dict[str, Any] = {
    "shipment_id": "S1",
    "customer_id": "c1",
    "registered_at": "2026-11-01T23:00:00Z",
}


def leg(name: str, *, after: tuple[str, ...] = (), **milestone: Any) -> dict[str, Any]:
    return {"leg": name, "after": after, "milestones": [{"code": "arrived", **milestone}]}


def plan(*legs: dict[str, Any]) -> dict[str, Any]:
    return {"plan": {"legs": legs}}


def rejection_of_scan(value: bytes | None, key: bytes | None = b"S1") -> tuple[str, str]:
    with pytest.raises(Rejected) as caught:
        read_scan(key, value, STAMP)
    assert caught.value.detail
    return caught.value.reason, caught.value.path


def rejection_of_shipment(value: bytes | None, key: bytes | None = b"S1") -> tuple[str, str]:
    with pytest.raises(Rejected) as caught:
        read_registration(key, value, STAMP)
    assert caught.value.detail
    return caught.value.reason, caught.value.path


@pytest.mark.parametrize(
    "value",
    [b"", b"{", b"not json", b"\xff\xfe", b'{"shipment_id":"\xff"}', b'{"shipment_id":"\\ud800"}', b"{'scan_id': 1}"],
)
def test_what_is_not_json_is_rejected_as_such(value: bytes) -> None:
    assert rejection_of_scan(value) == ("not-json", "$")
    assert rejection_of_shipment(value) == ("not-json", "$")


@pytest.mark.parametrize("wrapped", [b"%b", b'{"unknown":%b}', json.dumps(SCAN).encode()[:-1] + b',"unknown":%b}'])
def test_deep_nesting_is_rejected_wherever_it_stands(wrapped: bytes) -> None:
    deep = wrapped % (b"[" * 100_000 + b"]" * 100_000)
    assert rejection_of_scan(deep)[0] in {"not-json", "invalid"}
    assert rejection_of_shipment(deep)[0] in {"not-json", "invalid"}


def test_a_tombstone_and_a_null_key_are_named() -> None:
    assert rejection_of_scan(None) == ("tombstone", "$")
    assert rejection_of_shipment(None) == ("tombstone", "$")
    assert rejection_of_scan(json.dumps(SCAN).encode(), None) == ("null-key", "$")
    assert rejection_of_shipment(json.dumps(SHIPMENT).encode(), None) == ("null-key", "$")


def test_a_key_that_differs_from_the_body_is_rejected() -> None:
    assert rejection_of_scan(json.dumps(SCAN).encode(), b"S2") == ("key-mismatch", "$.shipment_id")
    assert rejection_of_shipment(json.dumps(SHIPMENT).encode(), b"S2") == ("key-mismatch", "$.shipment_id")
    assert rejection_of_scan(json.dumps(SCAN).encode(), b"\xff") == ("key-mismatch", "$.shipment_id")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"scan_id": 5}, "$.scan_id"),
        ({"scan_id": ""}, "$.scan_id"),
        ({"scan_id": "x" * 1_000_000}, "$.scan_id"),
        ({"code": None}, "$.code"),
        ({"code": "x" * 1_000_000}, "$.code"),
        ({"revision": "1"}, "$.revision"),
        ({"revision": -1}, "$.revision"),
        ({"revision": 2**70}, "$.revision"),
        ({"facility": {"id": 5}}, "$.facility.id"),
        ({"facility": "hub"}, "$.facility"),
        ({"leg": "x" * 1_000_000}, "$.leg"),
        ({"voids": ""}, "$.voids"),
        ({"occurred_at": "2026-11-01T23:00:00"}, "$.occurred_at"),
        ({"occurred_at": "yesterday"}, "$.occurred_at"),
        ({"occurred_at": 1_793_577_600}, "$.occurred_at"),
        ({"recorded_at": "2026-11-01T23:00:00"}, "$.recorded_at"),
    ],
)
def test_a_scan_of_another_form_names_the_field(change: dict[str, Any], path: str) -> None:
    assert rejection_of_scan(json.dumps(SCAN | change).encode()) == ("invalid", path)


@pytest.mark.parametrize("missing", ["scan_id", "shipment_id", "code", "occurred_at"])
def test_a_scan_without_a_required_field_is_rejected(missing: str) -> None:
    body = {name: value for name, value in SCAN.items() if name != missing}
    with pytest.raises(Rejected, match=missing) as caught:
        read_scan(b"S1", json.dumps(body).encode(), STAMP)
    assert caught.value.reason == "invalid"


@pytest.mark.parametrize(
    "occurred",
    ["1999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-11-03T00:00:00.001Z", "9999-12-31T23:59:59-14:00"],
)
def test_absurd_times_are_rejected(occurred: str) -> None:
    assert rejection_of_scan(json.dumps(SCAN | {"occurred_at": occurred}).encode()) == (
        "absurd-time",
        "$.occurred_at",
    )
    assert rejection_of_shipment(json.dumps(SHIPMENT | {"registered_at": occurred}).encode()) == (
        "absurd-time",
        "$.registered_at",
    )


def test_a_scan_some_minutes_ahead_or_of_an_unknown_code_is_kept_and_flagged() -> None:
    ahead = SCAN | {"occurred_at": "2026-11-02T00:10:00.001Z", "code": "x-ray"}
    scan, flags = read_scan(b"S1", json.dumps(ahead).encode(), STAMP)
    assert (scan.code, set(flags)) == ("x-ray", {UNKNOWN_CODE, AHEAD_OF_TIME})
    assert read_scan(b"S1", json.dumps(SCAN).encode(), STAMP)[1] == ()
    just = SCAN | {"occurred_at": "2026-11-02T00:10:00Z"}
    assert read_scan(b"S1", json.dumps(just).encode(), STAMP)[1] == ()


def test_an_offset_is_taken_into_account_and_unknown_fields_are_ignored() -> None:
    body = SCAN | {"occurred_at": "2026-11-02T07:00:00.250+08:00", "weather": "x" * 1_000_000}
    assert read_scan(b"S1", json.dumps(body).encode(), STAMP)[0].at == STAMP - HOUR + 250


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"customer_id": ""}, "$.customer_id"),
        ({"registered_at": "2026-11-01T23:00:00"}, "$.registered_at"),
        ({"promised_at": "2026-11-05"}, "$.promised_at"),
        ({"promised_date": "2026-02-30"}, "$.promised_date"),
        ({"pieces": 0}, "$.pieces"),
        ({"destination": {"remote": "yes"}}, "$.destination.remote"),
        ({"plan": {"legs": []}}, "$.plan.legs"),
        (plan({"leg": "a", "milestones": []}), "$.plan.legs[0].milestones"),
        (plan(leg("a", within="one hour")), "$.plan.legs[0].milestones[0].within"),
        (plan(leg("a", at="2026-11-05T00:00:00")), "$.plan.legs[0].milestones[0].at"),
    ],
)
def test_a_registration_of_another_form_names_the_field(change: dict[str, Any], path: str) -> None:
    assert rejection_of_shipment(json.dumps(SHIPMENT | change).encode()) == ("invalid", path)


@pytest.mark.parametrize(
    ("legs", "path"),
    [
        ([leg("a"), leg("a")], "$.plan.legs[1].leg"),
        ([leg("a"), leg("b", after=("c",))], "$.plan.legs[1].after"),
        ([leg("a", after=("b",)), leg("b", after=("a",))], "$.plan.legs"),
        ([leg("a", after=("a",))], "$.plan.legs"),
        ([leg("a"), leg("b", within="-PT1H")], "$.plan.legs[1].milestones[0].within"),
        ([leg("a"), leg("b", within="-PT0.000001S")], "$.plan.legs[1].milestones[0].within"),
        ([leg("a", within="P999999999D")], "$.plan.legs[0].milestones[0].within"),
        ([leg("a", within="P3653DT1S")], "$.plan.legs[0].milestones[0].within"),
    ],
)
def test_a_plan_that_makes_no_sense_names_the_place(legs: list[dict[str, Any]], path: str) -> None:
    assert rejection_of_shipment(json.dumps(SHIPMENT | plan(*legs)).encode()) == ("bad-plan", path)


@pytest.mark.parametrize(("within", "milliseconds"), [("PT0S", 0), ("PT0.0015S", 1), ("P3653D", 3_653 * 24 * HOUR)])
def test_a_planned_duration_of_nothing_or_of_ten_years_is_kept(within: str, milliseconds: int) -> None:
    body = SHIPMENT | plan(leg("a", within=within))
    registration = read_registration(b"S1", json.dumps(body).encode(), STAMP)
    assert registration.plan.legs[0].total == milliseconds


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"promised_at": "0001-01-01T00:00:00+12:00"}, "$.promised_at"),
        ({"promised_date": "0001-01-01"}, "$.promised_date"),
        (plan(leg("a", at="1970-01-01T00:00:00Z")), "$.plan.legs[0].milestones[0].at"),
    ],
)
def test_a_promise_for_a_time_before_parcels_is_rejected(change: dict[str, Any], path: str) -> None:
    assert rejection_of_shipment(json.dumps(SHIPMENT | change).encode()) == ("absurd-time", path)


@pytest.mark.parametrize("field", ["freight", "declared_value"])
@pytest.mark.parametrize(
    "amount",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "1e999999",
        1e308,
        "-15.00",
        -15,
        "1000000000000000.01",
        "0." + "1" * 1000,
    ],
)
def test_an_amount_that_cannot_be_reckoned_with_is_rejected(field: str, amount: Any) -> None:
    body = SHIPMENT | {field: {"amount": amount, "currency": "EUR"}}
    assert rejection_of_shipment(json.dumps(body).encode()) == ("bad-amount", f"$.{field}.amount")


@pytest.mark.parametrize("amount", ["0", "0.00", 12.5, "900.50", "1000000000000000"])
def test_an_amount_of_money_is_taken_as_it_was_written(amount: Any) -> None:
    body = json.dumps(SHIPMENT | {"freight": {"amount": amount, "currency": "EUR"}}).encode()
    assert read_registration(b"S1", body, STAMP, frozenset({"freight"})).details.freight == str(amount)


@pytest.mark.parametrize("weight", [b"-1", b"1e10", b"1e999"])
def test_a_weight_that_nothing_has_is_rejected(weight: bytes) -> None:
    body = json.dumps(SHIPMENT).encode()[:-1] + b', "weight_kg": %b}' % weight
    assert rejection_of_shipment(body) == ("invalid", "$.weight_kg")


def test_the_last_day_of_the_calendar_can_be_promised() -> None:
    body = SHIPMENT | {"promised_date": "9999-12-31", "promised_at": "9999-12-31T23:59:59-12:00"}
    assert read_registration(b"S1", json.dumps(body).encode(), STAMP).promised_day is not None


def test_legs_are_put_in_an_order_in_which_each_follows_those_it_waits_for() -> None:
    body = SHIPMENT | plan(leg("o", after=("i2", "i1")), leg("i2", after=("i1",)), leg("i1"))
    registration = read_registration(b"S1", json.dumps(body).encode(), STAMP)
    assert [one.name for one in registration.plan.legs] == ["i1", "i2", "o"]


@pytest.mark.parametrize(
    "zone",
    [
        *("Mars/Olympus", "", "../../etc/passwd", "Asia", "a\x00b"),
        *("localtime", "posixrules", "right/UTC", "Factory", "asia/shanghai"),
    ],
)
def test_a_time_zone_that_does_not_exist_is_rejected(zone: str) -> None:
    body = SHIPMENT | {"destination": {"time_zone": zone}}
    assert rejection_of_shipment(json.dumps(body).encode()) == ("unknown-time-zone", "$.destination.time_zone")
