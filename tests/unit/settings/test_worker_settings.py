"""What a worker says of settings that only show to be wrong, or odd, when it starts."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def start(program: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
    """A worker that finds no broker, unless it ends before it looks for one; after a change to the program."""
    environment = {"SHIPCLOCK_HTTP_PORT": "0", "SHIPCLOCK_BOOTSTRAP_SERVERS": "127.0.0.1:1", **settings}
    return subprocess.run(
        [sys.executable, "-c", f"{program}\nfrom streams.cli import main; main()", "worker"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("file", ["", "/", "/nonexistent/port"])
def test_a_port_file_that_cannot_be_written_is_a_wrong_setting(file: str) -> None:
    done = start(SHIPCLOCK_PORT_FILE=file)
    assert done.returncode == 2
    *_, last = done.stderr.splitlines()
    assert last.startswith("shipclock: SHIPCLOCK_PORT_FILE is ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_that_this_machine_does_not_have_is_not_mended_by_another_port(host: str) -> None:
    done = start(SHIPCLOCK_HTTP_HOST=host)
    assert done.returncode == 2
    *_, last = done.stderr.splitlines()
    assert last.startswith(f"shipclock: SHIPCLOCK_HTTP_HOST is '{host}'")
    assert "give an address of this machine" in last


def test_a_port_that_is_taken_is_said_in_a_few_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start(SHIPCLOCK_HTTP_PORT=str(port))
    assert done.returncode == 2
    *_, last = done.stderr.splitlines()
    assert last == (
        f"shipclock: SHIPCLOCK_HTTP_PORT is {port}: cannot listen on 127.0.0.1:{port} (Address already in use);"
        " give another port, or 0 for any free one"
    )


def test_a_low_limit_of_open_files_that_may_be_raised_is_raised() -> None:
    done = start("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (6, 512))")
    assert done.returncode == 4
    *_, last = done.stderr.splitlines()
    assert last.startswith("shipclock: No Kafka broker answers")
    assert "Too many open files" not in done.stderr


def test_a_mistyped_variable_is_named_once_and_changes_nothing(tmp_path: Path) -> None:
    done = start(SHIPCLOCK_NONSENSE="1", SHIPCLOCK_PORT_FILE=str(tmp_path / "port"), SHIPCLOCK_LOG_FORMAT="json")
    assert done.returncode == 4
    assert [line for line in done.stderr.splitlines() if "SHIPCLOCK_NONSENSE" in line and '"warning"' in line]
    assert done.stderr.count("SHIPCLOCK_NONSENSE") == 1
