"""`shipclock demo` from the outside: its figures against an oracle, its ids against disturbance, and its end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from streams.demo.dataset import BUNDLED
from tests.oracles import cargo2000 as oracle

DEMO = (sys.executable, "-c", "from streams.cli import main; main()", "demo")
WITHIN = 170


def demo(*arguments: str) -> Mapping[str, Any]:
    """The figures of one run, which must succeed."""
    done = subprocess.run(
        [*DEMO, "--format", "json", *arguments], capture_output=True, text=True, timeout=WITHIN, check=False
    )
    assert done.returncode == 0, done.stderr
    figures: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def counts(figures: Mapping[str, Any]) -> oracle.Counts:
    return oracle.Counts(**{name: figures[name] for name in oracle.Counts._fields})


@pytest.fixture(scope="module")
def other_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample of the transports with other minutes."""
    path = tmp_path_factory.mktemp("cargo") / "perturbed.csv"
    oracle.perturb(BUNDLED, path, rows=400, seed=11)
    return path


@pytest.fixture(scope="module")
def undisturbed(other_file: Path) -> Mapping[str, Any]:
    return demo("--input", str(other_file), "--partitions", "4")


def test_the_bundled_transports_give_the_published_figures() -> None:
    figures = demo()
    assert counts(figures) == (3942, 1048, 11874, 2647, 56082, 20258) == oracle.count(BUNDLED)
    assert figures["alerts_before_stop"] == figures["overrun_milestones"]
    assert figures["duplicate_ids"] == figures["rejects"] == figures["worker_kills"] == 0
    assert figures["scans"] == 3942 + 56082


def test_other_minutes_give_other_figures_the_right_ones(other_file: Path, undisturbed: Mapping[str, Any]) -> None:
    assert counts(undisturbed) == oracle.count(other_file)
    assert undisturbed["alerts_before_stop"] == undisturbed["overrun_milestones"]
    assert undisturbed["duplicate_ids"] == undisturbed["rejects"] == 0


def test_killed_workers_change_nothing_id_for_id(other_file: Path, undisturbed: Mapping[str, Any]) -> None:
    disturbed = demo("--input", str(other_file), "--partitions", "4", "--workers", "2", "--chaos", "--kills", "5")
    kills = disturbed["kills"]
    assert disturbed["worker_kills"] == len(kills) == 5
    assert len({kill["pid"] for kill in kills}) == 5
    assert all(kill["partitions"] for kill in kills)
    committed = [kill["committed_before"] for kill in kills]
    assert committed == sorted(set(committed))
    inside = [kill for kill in kills if kill["in_transaction"]]
    assert 2 * len(inside) >= len(kills)
    assert all(kill["uncommitted_records"] > 0 for kill in inside)
    assert counts(disturbed) == counts(undisturbed)
    assert disturbed["duplicate_ids"] == 0
    assert (disturbed["outputs"], disturbed["ids_digest"]) == (undisturbed["outputs"], undisturbed["ids_digest"])


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A demo of a few transports that goes on until it is told to end."""
    few = tmp_path / "few.csv"
    oracle.perturb(BUNDLED, few, rows=20, seed=11)
    process = subprocess.Popen(
        [*DEMO, "--input", str(few), "--partitions", "2", "--serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # What a killed demo cannot remove goes with the test.
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    yield process
    for left in family(process):
        with suppress(psutil.NoSuchProcess):
            left.kill()
    process.communicate()


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The process and everything it has started, the workers and the broker."""
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process.pid)
        return [parent, *parent.children(recursive=True)]
    return []


def command(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""


def lines_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if text in line:
            return "".join(seen)
    raise AssertionError("".join(seen))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_running(running: subprocess.Popen[str], ending: signal.Signals) -> None:
    lines_until(running, "Starting Kafka")
    deadline = time.monotonic() + 60
    while not any("worker" in command(process) for process in family(running)[1:]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    started = family(running)[1:]
    running.send_signal(ending)
    _, alive = psutil.wait_procs(started, timeout=20)
    assert alive == []
    assert running.wait(10) != 0


def test_serving_goes_on_in_live_time_until_ctrl_c(running: subprocess.Popen[str]) -> None:
    summary = lines_until(running, "Ctrl-C ends it")
    assert "whole journeys" in summary
    # Lines of progress follow; in one of them shipments are open: the workers judge what the feed sends.
    assert running.stdout is not None
    assert any(" open, " in line and " 0 open" not in line for line in running.stdout)
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == 0
