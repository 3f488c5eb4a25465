"""History judged again: what is told about it, and what another policy would have said."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from schemas.records import ParcelScan, Place, ShipmentRegistration
from streams.backtest.comparison import Comparison, compare
from streams.backtest.history import history
from streams.backtest.judgements import Judgements
from streams.backtest.replay import replay
from streams.backtest.summary import Row, summary
from streams.backtest.whatif import shifted
from streams.cli import main
from streams.errors import PolicyError
from streams.sla.instants import from_datetime
from streams.sla.policy import Policy, parse_policy

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
PAGE = """
policy: shop
version: "1"
clocks:
  - {name: promised-date, from: registered, until: delivered, due: promised, warn: {before: PT2H}, ends: [cancelled]}
"""


def hour(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def ordered(shipment: str, *, promised: float, tier: str = "A", regions: str = "SHA SHA") -> ShipmentRegistration:
    origin, destination = regions.split()
    return ShipmentRegistration(
        shipment_id=shipment,
        customer_id="c",
        registered_at=MONDAY,
        promised_at=hour(promised),
        tier=tier,
        origin=Place(region=origin),
        destination=Place(region=destination),
    )


def scanned(shipment: str, at: float, code: str = "delivered", recorded: float | None = None) -> ParcelScan:
    known = None if recorded is None else hour(recorded)
    return ParcelScan(
        scan_id=f"{shipment} {code}", shipment_id=shipment, code=code, occurred_at=hour(at), recorded_at=known
    )


WEEK: list[ShipmentRegistration | ParcelScan] = [
    ordered("early", promised=10),
    ordered("close", promised=10, tier="B"),
    ordered("late", promised=10, regions="SHA PEK"),
    ordered("never", promised=10),
    ordered("void", promised=10),
    ordered("later", promised=90),
    scanned("early", 3),
    scanned("close", 9),
    scanned("late", 14),
    scanned("void", 12, "cancelled"),
    scanned("other", 20),
]


def judged(policy: Policy | None = None, until: float | None = None) -> Judgements:
    end = None if until is None else from_datetime(hour(until))
    return replay(policy or parse_policy(PAGE), history(WEEK), until=end)


def whole(judgements: Judgements) -> Row:
    return next(row for row in summary(judgements) if row.lane is None)


def test_every_promise_is_met_missed_cancelled_or_still_owed() -> None:
    row = whole(judged())
    assert (row.volume, row.met, row.missed, row.cancelled, row.owed) == (5, 2, 1, 1, 1)
    assert row.on_time == pytest.approx(2 / 3)
    assert row.late_by_s["p50"] == row.late_by_s["max"] == 4 * 3600
    assert judged().running == {"promised-date": 2}


def test_results_are_told_by_lane_and_tier() -> None:
    parts = {(row.lane, row.tier): (row.met, row.missed) for row in summary(judged()) if row.lane is not None}
    assert parts == {("inter-city", "A"): (0, 1), ("same-city", "A"): (1, 0), ("same-city", "B"): (1, 0)}


def test_a_late_promise_was_told_before() -> None:
    row = whole(judged())
    assert (row.missed_noticed, row.missed_alerted) == (1, 1)


def test_time_passes_beyond_the_last_event_where_that_is_asked_for() -> None:
    assert whole(judged(until=100)).owed == 2


def test_a_scan_counts_from_when_it_was_recorded() -> None:
    late_upload: list[ShipmentRegistration | ParcelScan] = [ordered("one", promised=10), scanned("one", 8, recorded=30)]
    judgements = replay(parse_policy(PAGE), history(late_upload))
    row = whole(judgements)
    assert (row.met, row.alerted) == (1, 1)
    assert judgements.decisions["breach-alerts", "withdrawn"] == 1


def test_a_delivery_that_was_taken_back_leaves_the_promise_owed() -> None:
    void = ParcelScan(scan_id="v", shipment_id="one", code="delivered", occurred_at=hour(12), voids="one delivered")
    taken_back = replay(parse_policy(PAGE), history([ordered("one", promised=10), scanned("one", 9), void]))
    row = whole(taken_back)
    assert (row.volume, row.cancelled, row.owed) == (1, 0, 1)


def test_a_tighter_promise_is_missed_more_often() -> None:
    compared = change("-PT2H")
    assert (compared.newly_missed, compared.newly_met, compared.changed) == (1, 0, 1)
    [one] = compared.changes
    assert (one.clock, one.tier, one.before, one.after, one.examples) == (
        "promised-date",
        "B",
        "met",
        "missed",
        ["close"],
    )


def test_a_wider_promise_is_met_more_often_and_owed_less() -> None:
    compared = change("PT12H")
    assert (compared.newly_missed, compared.newly_met) == (0, 1)
    assert ("owed", "none") in {(one.before, one.after) for one in compared.changes}


def change(shift: str) -> Comparison:
    return compare(judged(), judged(shifted(parse_policy(PAGE), f"promised-date={shift}")))


def test_the_same_policy_changes_nothing() -> None:
    assert compare(judged(), judged()).changed == 0


def test_a_shift_needs_a_clock_of_the_policy() -> None:
    with pytest.raises(PolicyError, match="no clock 'pickup' in the policy 'shop'; it has promised-date"):
        shifted(parse_policy(PAGE), "pickup=PT1H")
    with pytest.raises(PolicyError, match="such as promised-date=-P2D"):
        shifted(parse_policy(PAGE), "promised-date")


def test_a_shift_needs_a_duration() -> None:
    with pytest.raises(PolicyError, match="clocks"):
        shifted(parse_policy(PAGE), "promised-date=two days")


def lines(*records: ShipmentRegistration | ParcelScan) -> str:
    return "".join(
        json.dumps(
            {
                "topic": event.topic,
                "key": event.key.decode(),
                "value": event.value.decode(),
                "timestamp": event.timestamp,
            }
        )
        + "\n"
        for event in history(records).events()
    )


def run(tmp_path: Path, text: str, *options: str) -> Any:
    (tmp_path / "shop.yaml").write_text(PAGE, encoding="utf-8")
    (tmp_path / "week.jsonl").write_text(text, encoding="utf-8")
    arguments = ["backtest", str(tmp_path / "week.jsonl"), "--policy", str(tmp_path / "shop.yaml"), *options]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_one_command_answers_what_two_hours_less_would_change(tmp_path: Path) -> None:
    report = json.loads(run(tmp_path, lines(*WEEK), "--shift", "promised-date=-PT2H", "--format", "json"))
    assert report["events"] == len(WEEK)
    assert report["comparison"]["newly_missed"] == 1
    assert [side["rows"][0]["missed"] for side in report["sides"]] == [1, 2]


def test_what_cannot_be_read_or_accepted_is_told_and_not_hidden(tmp_path: Path) -> None:
    bad = json.dumps({"topic": "parcel-scans", "key": "x", "value": "{", "timestamp": from_datetime(MONDAY)})
    text = f"no json\n{lines(*WEEK)}{bad}\n"
    report = json.loads(run(tmp_path, text, "--format", "json"))
    [side] = report["sides"]
    assert side["rejects"] == {"parcel-scans not-json": 1}
    assert side["rejected"][0]["key"] == "x"
    [odd] = report["oddities"]
    assert (odd["kind"], odd["column"], odd["count"]) == ("no-record", "", 1)
    assert odd["examples"][0].startswith("line 1: ")
    shown = run(tmp_path, text)
    assert "parcel-scans not-json" in shown
    assert "line 1: " in shown


def test_somebody_elses_file_is_judged_by_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(PAGE, encoding="utf-8")
    mapping = """
mapping: theirs
id: order
times: {formats: ["%Y-%m-%d %H:%M"], zone: Asia/Shanghai}
ends: "2026-11-05 00:00"
shipment: {customer: {constant: c}, registered_at: ordered, promised_at: promised}
events: [{code: delivered, at: delivered}]
"""
    (tmp_path / "theirs.yaml").write_text(mapping, encoding="utf-8")
    (tmp_path / "theirs.csv").write_text(
        "order,ordered,promised,delivered\n"
        "in time,2026-11-02 08:00,2026-11-03 08:00,2026-11-03 08:00\n"
        "late,2026-11-02 08:00,2026-11-03 08:00,2026-11-03 08:01\n"
        "owed,2026-11-02 08:00,2026-11-04 08:00,\n"
        "odd,yesterday,2026-11-04 08:00,\n",
        encoding="utf-8",
    )
    files = [str(tmp_path / name) for name in ("theirs.csv", "shop.yaml", "theirs.yaml")]
    arguments = ["backtest", files[0], "--policy", files[1], "--mapping", files[2], "--format", "json"]
    report = json.loads(CliRunner().invoke(main, arguments, catch_exceptions=False).stdout)
    row = report["sides"][0]["rows"][0]
    assert (row["met"], row["missed"], row["owed"]) == (1, 1, 1)
    assert report["until"].startswith("2026-11-04T16:00:00")
    assert report["oddities"] == [
        {
            "kind": "bad-time",
            "column": "ordered",
            "count": 1,
            "examples": ["line 5: 'yesterday' is not %Y-%m-%d %H:%M"],
        }
    ]


def test_what_is_rejected_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(PAGE, encoding="utf-8")
    (tmp_path / "log.yaml").write_text(
        "mapping: log\nid: order\nrows: events\nshipment: {registered_at: time, promised_at: promised}\n"
        "events: [{at: time, code: {column: what, table: {in: accepted, out: delivered}}}]\n",
        encoding="utf-8",
    )
    (tmp_path / "log.csv").write_text(
        "order,time,what,promised\n"
        "1,2026-11-02,in,2026-11-04\n"
        "1,2026-11-03,out,2026-11-04\n"
        "2,1999-01-01,in,2026-11-04\n"
        "2,2026-11-03,out,2026-11-04\n",
        encoding="utf-8",
    )
    files = [str(tmp_path / name) for name in ("log.csv", "shop.yaml", "log.yaml")]
    arguments = ["backtest", files[0], "--policy", files[1], "--mapping", files[2], "--format", "json"]
    report = json.loads(CliRunner().invoke(main, arguments, catch_exceptions=False).stdout)
    [side] = report["sides"]
    assert {(one["number"], one["reason"]) for one in side["rejected"]} == {(4, "absurd-time")}
    assert side["rows"][0]["met"] == 1


INCIDENT = """
policy: careful
version: "1"
clocks: [{name: safe, from: registered, until: delivered, never: damaged}]
"""


def test_an_incident_is_missed_although_its_alert_stands() -> None:
    broken: list[ShipmentRegistration | ParcelScan] = [
        *(ordered(name, promised=10) for name in ("whole", "broken")),
        scanned("broken", 3, "damaged"),
        *(scanned(name, 4) for name in ("whole", "broken")),
    ]
    careful = replay(parse_policy(INCIDENT), history(broken))
    row = whole(careful)
    assert (row.met, row.missed, row.owed, row.alerted) == (1, 1, 0, 1)
    careless = replay(parse_policy(INCIDENT.replace("never: damaged", "never: lost")), history(broken))
    compared = compare(careless, careful)
    assert (compared.newly_missed, compared.newly_met) == (1, 0)
    assert compared.changes[0].examples == ["broken"]


def test_what_is_missed_by_an_incident_is_not_late() -> None:
    page = PAGE + "  - {name: safe, from: registered, until: delivered, never: damaged}\n"
    page += "  - {name: perfect, all_of: [promised-date, safe]}\n"
    week = [*WEEK, ordered("broken", promised=10), scanned("broken", 3, "damaged"), scanned("broken", 4)]
    rows = {row.clock: row for row in summary(replay(parse_policy(page), history(week))) if row.lane is None}
    assert [rows[name].missed for name in ("promised-date", "safe", "perfect")] == [1, 1, 2]
    assert rows["promised-date"].late_by_s["p50"] == 4 * 3600
    assert rows["safe"].late_by_s == rows["perfect"].late_by_s == {}
