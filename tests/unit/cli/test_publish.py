"""Control records that no partition would take are not written."""

import sys
from pathlib import Path
from subprocess import run

import pytest
from click.testing import CliRunner

from streams.cli import main

SINCE = ("--from", "2026-11-01T00:00:00Z")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("", "--region", "A", *SINCE), "$.id"),
        (("t", "--region", "A" * 300, *SINCE), "$.regions"),
        (("t", "--region", "A", *SINCE, "--revision", "99999999999"), "$.revision"),
    ],
)
def test_a_suspension_that_breaks_the_contract_is_refused_before_anybody_is_asked(
    arguments: tuple[str, ...], field: str
) -> None:
    result = CliRunner().invoke(main, ["suspend", *arguments, "--bootstrap-servers", "127.0.0.1:1"])
    assert result.exit_code == 2
    assert "every partition would reject such a record" in " ".join(result.output.split())
    assert field in result.output


def test_no_broker_is_told_with_a_remedy() -> None:
    result = CliRunner().invoke(main, ["suspend", "t", "--region", "A", *SINCE, "--bootstrap-servers", "127.0.0.1:1"])
    assert result.exit_code == 4
    assert "No Kafka broker answers at 127.0.0.1:1" in result.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told_in_one_line() -> None:
    command = [sys.executable, "-c", "from streams.cli import main; main()", "policy", "schema"]
    with Path("/dev/full").open("w") as full:
        done = run(command, stdout=full, capture_output=False, stderr=-1, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "shipclock: No space left on device: what was to be written is not all there\n"
