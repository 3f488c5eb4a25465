"""`shipclock backtest` with files and options that are wrong: one line each, and exit code 2."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from streams.cli import main

POLICY = """
policy: shop
version: "1"
clocks: [{name: promised-date, from: registered, until: delivered, due: promised}]
"""
MAPPING = """
mapping: theirs
id: order
shipment: {tier: class, registered_at: ordered, promised_at: promised}
events: [{code: delivered, at: delivered}]
"""
HEADER = "order,class,ordered,promised,delivered\n"
ROW = "one,A,2026-11-02,2026-11-03,2026-11-04\n"


def run(folder: Path, text: str | None, *options: str, mapping: str = MAPPING) -> Result:
    (folder / "shop.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "theirs.yaml").write_text(mapping, encoding="utf-8")
    if text is not None:
        (folder / "theirs.csv").write_text(text, encoding="utf-8")
    files = [str(folder / name) for name in ("theirs.csv", "shop.yaml", "theirs.yaml")]
    arguments = ["backtest", files[0], "--policy", files[1], "--mapping", files[2], *options]
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    result = run(tmp_path, None)
    assert result.exit_code == 2
    assert result.stderr == f"shipclock: {tmp_path / 'theirs.csv'} cannot be read: No such file or directory\n"


def test_a_directory_is_told_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "theirs.csv").mkdir()
    result = run(tmp_path, None)
    assert result.exit_code == 2
    assert result.stderr.endswith("cannot be read: Is a directory\n")


def test_texts_of_others_are_shown_as_they_are(tmp_path: Path) -> None:
    rows = "two,[/x],2026-11-02,2026-11-03,\nthree,A,[/b],2026-11-03,\n"
    result = run(tmp_path, HEADER + ROW + rows, "--shift", "promised-date=P9D")
    assert result.exit_code == 0
    assert "'[/b]' is not iso" in result.stdout
    assert " [/x] " in result.stdout


def test_a_very_long_id_is_cut_where_people_read_it(tmp_path: Path) -> None:
    long = "x" * 1_000_000
    row = ROW.replace("2026-11-04", "2026-11-02").replace("one", long)
    result = run(tmp_path, HEADER + ROW + row, "--shift", "promised-date=-P2D")
    assert result.exit_code == 0
    assert "newly missed" in result.stdout
    assert len(result.stdout) < 10_000


def test_until_needs_an_offset_and_is_not_before_the_history_ends(tmp_path: Path) -> None:
    result = run(tmp_path, HEADER + ROW, "--until", "2026-12-01T00:00:00")
    assert result.exit_code == 2
    assert "'2026-12-01T00:00:00' has no offset; give one, as in 2026-11-01T00:00:00Z" in result.stderr
    result = run(tmp_path, HEADER + ROW, "--until", "2026-11-03T00:00:00Z")
    assert result.exit_code == 2
    assert "lies before the end of the history, 2026-11-04T00:00:00" in result.stderr
    assert run(tmp_path, HEADER + ROW, "--until", "2026-11-04T00:00:00Z").exit_code == 0


def test_oddities_are_counted_by_column_and_the_first_are_shown(tmp_path: Path) -> None:
    rows = "".join(f"{name},A,2026-11-02,2026-11-03,soon\n" for name in "abcde")
    text = HEADER + ROW + rows + "f,A,now,2026-11-03,\n"
    odd = json.loads(run(tmp_path, text, "--format", "json").stdout)["oddities"]
    assert [(one["kind"], one["column"], one["count"]) for one in odd] == [
        ("bad-time", "delivered", 5),
        ("bad-time", "ordered", 1),
    ]
    assert odd[0]["examples"] == [f"line {line}: 'soon' is not iso" for line in (3, 4, 5)]
    shown = run(tmp_path, text).stdout
    assert "5 × bad-time in delivered\n  line 3: 'soon' is not iso\n" in shown


def test_a_file_that_gives_no_event_is_refused(tmp_path: Path) -> None:
    for text, mapping, why in (
        (HEADER, MAPPING, "0 rows were read by the mapping 'theirs', which says `format: csv`\n"),
        (HEADER + ROW, f"{MAPPING}format: json\n", "which says `format: json`; not-json in line 1: JSON is malformed"),
    ):
        result = run(tmp_path, text, mapping=mapping)
        assert result.exit_code == 2
        assert "gives no event" in result.stderr
        assert why in result.stderr
