"""A worker that is told to end while it starts."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

WITHIN_S = 15.0
"""A fraction of this is usual."""

NAMES_ARE_NOT_ANSWERED = """
import socket, sys, threading
def asked(*_):
    print("asked", file=sys.stderr, flush=True)
    threading.Event().wait()
socket.getaddrinfo = lambda *_, **__: asked()
"""

NOT_YET_UP = """
import sys, threading
from streams.cli import worker
def starting(**_):
    print("asked", file=sys.stderr, flush=True)
    threading.Event().wait()
worker.load_settings = starting
"""

FIRST_OF_A_CONTAINER = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as the kernel does
os.getpid = lambda: 1
"""

NOT_YET_IN_THE_GROUP = """
import asyncio, sys
from streams.app import EngineApp
from streams.topics.check import Found
from streams.worker import Worker
async def passed(worker):
    return Found(partitions=1, job_partitions=1, ids={})
Worker._check_topics = passed
async def starting(app):
    print("asked", file=sys.stderr, flush=True)
    await asyncio.Event().wait()
EngineApp.start = starting
"""


@contextmanager
def worker(program: str) -> Iterator[subprocess.Popen[str]]:
    """A worker, after a change to the program, that has said that it was asked."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"{program}\nfrom streams.cli import main\nmain()", "worker"],
        env={**os.environ, "SHIPCLOCK_BOOTSTRAP_SERVERS": "kafka.invalid:9092", "SHIPCLOCK_HTTP_PORT": "0"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert any(line == "asked\n" for line in process.stderr)
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_does_not_wait_for_names_that_nobody_answers(number: signal.Signals) -> None:
    with worker(NAMES_ARE_NOT_ANSWERED) as process:
        process.send_signal(number)
        assert process.wait(WITHIN_S) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)])
def test_before_it_is_up_it_ends_quietly(number: signal.Signals, code: int) -> None:
    with worker(NOT_YET_UP) as process:
        process.send_signal(number)
        _, said = process.communicate(timeout=WITHIN_S)
        assert (process.returncode, said) == (code, "")


def test_as_the_first_process_of_a_container_it_does_not_miss_that_it_is_to_end_before_it_is_up() -> None:
    with worker(FIRST_OF_A_CONTAINER + NOT_YET_UP) as process:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=WITHIN_S)
        assert (process.returncode, said) == (128 + signal.SIGTERM, "")


def test_told_to_end_before_the_group_has_let_it_in_it_does_not_say_that_it_has_started() -> None:
    with worker(NOT_YET_IN_THE_GROUP) as process:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=WITHIN_S)
        assert process.returncode == 0
        assert "left the group" in said
        assert "started" not in said
