"""What holds for every command."""

import sys
from pathlib import Path
from subprocess import run

import pytest


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told_in_one_line() -> None:
    command = [sys.executable, "-c", "from streams.cli import main; main()", "policy", "schema"]
    with Path("/dev/full").open("w") as full:
        done = run(command, stdout=full, capture_output=False, stderr=-1, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "shipclock: No space left on device: what was to be written is not all there\n"
