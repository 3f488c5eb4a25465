"""What a worker writes to standard error when it fails: neither its password, nor colours that nobody asked for."""

import os
import pty
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from streams.kafka.connection import Connection
from streams.secret import Secret

PASSWORD = "hunter2-and-more"  # noqa: S105 - it opens nothing
CRASH = """
from streams.worker import Worker
async def failing(worker):
    options = worker._connection.options()
    password = options.get("sasl_plain_password")
    raise ValueError("a programming error")
Worker._check_topics = failing
"""
SASL = {
    "SHIPCLOCK_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "SHIPCLOCK_SASL_USERNAME": "worker",
    "SHIPCLOCK_SASL_PASSWORD": PASSWORD,
}


@pytest.fixture
def closed() -> Iterator[str]:
    """An address that refuses connections, and that nobody else can take meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def command(program: str) -> list[str]:
    return [sys.executable, "-c", f"{program}\nfrom streams.cli import main\nmain()", "worker"]


def environment(address: str, more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "SHIPCLOCK_BOOTSTRAP_SERVERS": address, "SHIPCLOCK_HTTP_PORT": "0", **more}


def told(address: str, program: str = "", **more: str) -> str:
    done = subprocess.run(
        command(program), env=environment(address, SASL | more), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode != 0
    return done.stdout + done.stderr


def shown_on_a_terminal(address: str, **more: str) -> str:
    screen, line = pty.openpty()
    env = environment(address, {"TERM": "xterm", "NO_COLOR": "", **more})
    with subprocess.Popen(command(CRASH), env=env, stdout=line, stderr=line) as worker:
        os.close(line)
        seen = bytearray()
        try:
            while piece := os.read(screen, 4096):
                seen += piece
        except OSError:  # so Linux says that nobody has the other end any more
            pass
        os.close(screen)
        assert worker.wait(60) == 1
    return seen.decode()


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_crash_is_told_with_its_traceback_and_without_the_password(closed: str, form: str) -> None:
    said = told(closed, CRASH, SHIPCLOCK_LOG_FORMAT=form)
    assert "the worker has failed" in said
    assert "a programming error" in said
    assert "failing" in said
    assert PASSWORD not in said


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_start_that_fails_is_told_in_detail_without_the_password(closed: str, form: str) -> None:
    said = told(closed, SHIPCLOCK_LOG_FORMAT=form, SHIPCLOCK_LOG_LEVEL="debug")
    assert "ended" in said
    assert "KafkaUnavailable" in said
    assert PASSWORD not in said


def test_options_that_a_library_writes_down_hide_the_password() -> None:
    secret = Secret(PASSWORD)
    connection = Connection(bootstrap_servers=("x:1",), security_protocol="SASL_SSL", username="w", password=secret)
    assert PASSWORD not in f"{connection!r} {connection.options()!r}"
    assert connection.options()["sasl_plain_password"].encode() == PASSWORD.encode()


def test_a_terminal_has_colours(closed: str) -> None:
    assert "\x1b[" in shown_on_a_terminal(closed)


@pytest.mark.parametrize("asked", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_who_asks_for_no_colours_gets_none(closed: str, asked: dict[str, str]) -> None:
    said = shown_on_a_terminal(closed, **asked)
    assert "a programming error" in said
    assert "\x1b" not in said
