"""What holds for every command."""

import os
import sys
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest
from click.testing import CliRunner

from streams import cli

SINCE = ("--from", "2026-11-01T00:00:00Z")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told_in_one_line() -> None:
    command = [sys.executable, "-c", "from streams.cli import main; main()", "policy", "schema"]
    with Path("/dev/full").open("w") as full:
        done = run(command, stdout=full, capture_output=False, stderr=-1, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "shipclock: No space left on device: what was to be written is not all there\n"


def shipclock(*arguments: str, **environment: str) -> "CompletedProcess[str]":
    command = [sys.executable, "-c", "from streams.cli import main; main()", *arguments]
    return run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "arguments",
    [
        ("topics", "plan"),
        ("policy", "active"),
        ("policy", "publish", "express"),
        ("feed", "--seconds", "1"),
        ("suspend", "typhoon", "--region", "A", *SINCE),
    ],
    ids=" ".join,
)
def test_no_broker_is_told_in_one_line_and_no_other(arguments: tuple[str, ...]) -> None:
    done = shipclock(*arguments, SHIPCLOCK_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert done.returncode == 4
    (line,) = done.stderr.splitlines()
    assert line.startswith("shipclock: No Kafka broker answers at 127.0.0.1:1 (")


def test_what_the_encoding_of_a_terminal_lacks_ends_no_command(tmp_path: Path) -> None:
    done = shipclock("demo", PYTHONIOENCODING="ascii", SHIPCLOCK_CACHE="/dev/null/cache", TMPDIR=str(tmp_path))
    assert "Starting Kafka ?" in done.stdout
    assert done.stderr.startswith("shipclock: ")
    assert "Traceback" not in done.stderr


def test_ctrl_c_while_a_command_is_imported_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "import_module", interrupted)
    done = CliRunner().invoke(cli.main, ["worker"])
    assert (done.exit_code, done.output) == (130, "")
