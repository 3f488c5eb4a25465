"""How many files a process may have open, seen from a process of its own."""

import subprocess
import sys

import pytest


def limited(soft: int, hard: int, program: str) -> str:
    limit = f"import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{limit}\nfrom streams import open_files\n{program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_limit_is_raised_as_far_as_the_process_may() -> None:
    told = limited(256, 512, "open_files.raise_limit(); print(resource.getrlimit(resource.RLIMIT_NOFILE))")
    assert told == "(512, 512)\n"


@pytest.mark.parametrize(("partitions", "is_told"), [(12, False), (150, True)])
def test_a_limit_that_is_too_low_for_all_partitions_is_told_with_the_remedy(partitions: int, *, is_told: bool) -> None:
    assert ("ulimit -n" in limited(256, 256, f"open_files.warn_if_few({partitions})")) == is_told
