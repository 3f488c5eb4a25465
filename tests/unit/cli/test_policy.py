"""`shipclock policy`: what somebody sees who writes, changes or asks about a policy."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from streams.cli import main
from streams.sla.policy.schema import policy_schema

POLICIES = Path(__file__).parents[3] / "streams" / "policies"
PAGE = """policy: mine
version: "1"
time_zone: Asia/Shanghai
calendars: {work: {country: CN}}
clocks:
  - name: door
    from: picked_up
    until: delivered
    within:
      - {when: {tier: A}, allow: {days: 1, by: "12:00", cutoff: "18:00", calendar: work}}
      - {allow: PT72H}
    pause: [{from: held, until: released}]
"""
REGISTRATION = {"shipment_id": "S1", "customer_id": "c1", "registered_at": "2026-11-02T01:00:00Z", "tier": "A"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["policy", *map(str, arguments)])


def scan(scan_id: str, code: str, at: str) -> str:
    return json.dumps({"scan_id": scan_id, "shipment_id": "S1", "code": code, "occurred_at": at})


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(PAGE, encoding="utf-8")
    return file


@pytest.fixture
def parcel(tmp_path: Path) -> list[object]:
    shipment, scans = tmp_path / "registration.json", tmp_path / "scans.jsonl"
    shipment.write_text(json.dumps(REGISTRATION), encoding="utf-8")
    lines = [
        scan("s1", "picked_up", "2026-11-02T02:00:00Z"),
        scan("s2", "held", "2026-11-02T04:00:00Z"),
        scan("s3", "released", "2026-11-02T06:00:00Z"),
        scan("s4", "delivered", "2026-11-05T01:00:00Z"),
    ]
    scans.write_text("\n".join(lines), encoding="utf-8")
    return ["--shipment", shipment, "--scans", scans]


def test_sound_policies_pass() -> None:
    result = run("check", "express", "carrier")
    assert (result.exit_code, result.output) == (0, "express: sound\ncarrier: sound\n")


def test_an_error_fails_with_its_place(page: Path) -> None:
    page.write_text(PAGE.replace("PT72H", "soon"), encoding="utf-8")
    result = run("check", page)
    assert result.exit_code == 2
    assert f"error: {page}:11:17: $.clocks[0].within[1].allow: 'soon' is not a duration" in result.output


def test_a_policy_that_is_not_there_is_told_with_those_that_are() -> None:
    result = run("check", "nosuch")
    assert result.exit_code == 2
    assert result.output.startswith("error: there is no policy nosuch; give a YAML file, or one that comes with ")
    assert result.output.endswith("Shipclock: air-freight, carrier, express, gbt-27917, marketplace\n")


def test_all_errors_of_a_page_are_told(page: Path) -> None:
    page.write_text(PAGE.replace("PT72H", "soon").replace("until: delivered", "until: deliverd"), encoding="utf-8")
    result = run("check", page)
    assert result.exit_code == 2
    assert [line.split(": ")[1:3] for line in result.output.splitlines()] == [
        [f"{page}:8:12", "$.clocks[0].until"],
        [f"{page}:11:17", "$.clocks[0].within[1].allow"],
    ]


def test_a_warning_is_told_and_fails_only_where_it_shall(page: Path) -> None:
    page.write_text(PAGE.replace("work: {country: CN}", "work: {country: CN}, old: {}"), encoding="utf-8")
    result = run("check", page, "--format", "json")
    assert result.exit_code == 0
    (found,) = json.loads(result.output)
    assert found["kind"] == "warning"
    assert found["what"].startswith(f"{page}:4:39: $.calendars.old: nothing uses this calendar")
    assert run("check", page, "--strict").exit_code == 2


def test_two_policies_are_compared(page: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(PAGE.replace("PT72H", "PT48H"), encoding="utf-8")
    assert run("diff", page, other).output == "changed: door: `within` for everybody is 2 d instead of 3 d\n"
    assert run("diff", page, page).output == "nothing changes for any shipment\n"
    assert json.loads(run("diff", page, other, "--format", "json").output)[0]["where"] == "clocks.door.within"


def test_a_due_time_is_explained_step_by_step(page: Path, parcel: list[object]) -> None:
    result = run("explain", page, *parcel)
    assert result.exit_code == 0
    for step in (
        "door: missed",
        "started at 2026-11-02T02:00:00.000Z by picked_up (s1)",
        "rule 1 holds",
        "not after the cut-off at 18:00",
        "paused from 2026-11-02T04:00:00.000Z by held (s2)",
        "goes on at 2026-11-02T06:00:00.000Z by released (s3)",
        "missed at 2026-11-05T01:00:00.000Z by delivered (s4)",
    ):
        assert step in result.output


def test_the_past_is_explained_as_it_stood(page: Path, parcel: list[object]) -> None:
    (found,) = json.loads(
        run("explain", page, *parcel, "--at", "2026-11-02T05:00:00Z", "--clock", "door", "--format", "json").output
    )
    assert found["verdict"] == "paused"
    assert "stop" not in found


def test_a_time_before_the_registration_is_refused(page: Path, parcel: list[object]) -> None:
    result = run("explain", page, *parcel, "--at", "2020-11-01T00:00:00Z")
    assert result.exit_code == 2
    assert "give a later instant" in " ".join(result.output.split())


def test_files_may_begin_with_a_byte_order_mark(page: Path, parcel: list[object]) -> None:
    plain = run("explain", page, *parcel).output
    for file in (parcel[1], parcel[3]):
        assert isinstance(file, Path)
        file.write_text(file.read_text("utf-8"), encoding="utf-8-sig")
    assert run("explain", page, *parcel).output == plain


def test_a_promise_without_a_time_runs_and_is_not_paused(page: Path, parcel: list[object]) -> None:
    page.write_text(PAGE + "  - {name: safe, from: picked_up, until: delivered, never: lost}\n", encoding="utf-8")
    assert "safe: running" in run("explain", page, *parcel, "--at", "2026-11-02T03:00:00Z").output


def test_a_clock_that_is_not_there_is_named(page: Path, parcel: list[object]) -> None:
    result = run("explain", page, *parcel, "--clock", "window")
    assert result.exit_code == 2
    assert "there are door" in result.output


def test_a_record_that_cannot_be_read_is_named(page: Path, parcel: list[object], tmp_path: Path) -> None:
    result = run("explain", page, "--shipment", tmp_path / "nothing.json")
    assert result.exit_code == 2
    assert "nothing.json cannot be read" in " ".join(result.output.split())
    scans = tmp_path / "scans.jsonl"
    scans.write_text(scans.read_text("utf-8") + "\n{}\n", encoding="utf-8")
    result = run("explain", page, *parcel)
    assert result.exit_code == 2
    assert "scans.jsonl:5" in result.output


def test_the_schema_takes_every_policy_that_ships() -> None:
    schema = json.loads(run("schema").output)
    assert schema == json.loads(json.dumps(policy_schema()))
    Draft202012Validator.check_schema(schema)
    for file in POLICIES.glob("*.yaml"):
        content = YAML(typ="safe").load(file.read_text("utf-8"))
        assert list(Draft202012Validator(schema).iter_errors(content)) == [], file.name


def test_the_schema_refuses_what_no_policy_has() -> None:
    page = {"policy": "p", "version": "1", "clocks": [{"name": "c", "colour": "red"}]}
    assert not Draft202012Validator(policy_schema()).is_valid(page)
