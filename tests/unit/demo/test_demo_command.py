"""`shipclock demo` refuses what cannot work, before it starts anything."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli import main
from streams.demo.dataset import BUNDLED


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["demo", *arguments])


def test_more_workers_than_partitions_are_refused() -> None:
    result = run("--workers", "4", "--partitions", "3")
    assert result.exit_code == 2
    assert "4 workers need at least as many partitions" in result.stderr


def test_kills_without_chaos_are_refused() -> None:
    result = run("--kills", "3")
    assert result.exit_code == 2
    assert "--kills needs --chaos" in result.stderr


def test_a_file_of_another_form_is_refused_in_one_line(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    result = run("--input", str(other), "--format", "json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1].startswith("shipclock: other.csv, line 1: column i1_hops is missing")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_bytes(b"\xff\xfe\x00")
    result = run("--input", str(other))
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


def test_a_data_directory_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    result = run("--input", one_transport(tmp_path), "--data-dir", str(tmp_path))
    assert result.exit_code == 2
    assert "is not empty" in result.stderr


def one_transport(folder: Path) -> str:
    """A file of the first transport of those that come with Shipclock."""
    file = folder / "one.csv"
    file.write_text("".join(BUNDLED.read_text().splitlines(keepends=True)[:2]))
    return str(file)


def test_a_cache_that_cannot_be_made_is_a_wrong_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPCLOCK_CACHE", "/dev/null/cache")
    result = run("--input", one_transport(tmp_path))
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "cannot be kept in /dev/null/cache (Not a directory): set SHIPCLOCK_CACHE" in line


def test_a_kafka_that_cannot_run_here_is_not_one_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIPCLOCK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "jgo.config", None)
    result = run("--input", one_transport(tmp_path))
    assert result.exit_code == 1
    assert "jgo, which is not installed: run `make demo`, or `pip install '.[embedded]'`" in result.stderr
    assert "Fetching" not in result.stderr


@pytest.mark.parametrize("option", ["--bad", "--missing"])
def test_the_feed_refuses_shares_above_1(option: str) -> None:
    result = CliRunner().invoke(main, ["feed", option, "1.2"])
    assert result.exit_code == 2


def test_a_dry_feed_prints_its_records() -> None:
    result = CliRunner().invoke(main, ["feed", "--dry-run", "--seconds", "20", "--rate", "10"])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) > 100
    assert '"topic":"shipments"' in lines[0]
