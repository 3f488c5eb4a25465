"""What is no worker is told in one line."""

from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner

from streams.cli import main


@pytest.fixture
def another_server() -> Iterator[str]:
    """An HTTP server that is none of ours."""
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def told(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["partitions", *arguments])
    assert result.exit_code in (1, 2)
    assert not isinstance(result.exception, ValueError)
    return " ".join(result.output.split())


@pytest.mark.parametrize("arguments", [("list",), ("resume", "3")])
@pytest.mark.parametrize("end", ["", "/"])
def test_another_server_is_no_worker(another_server: str, arguments: tuple[str, ...], end: str) -> None:
    said = told(*arguments, "--worker", another_server + end)
    assert f"What answers at {another_server}{end} is no worker of Shipclock" in said


@pytest.mark.parametrize("address", ["http://127.0.0.1:abc", "http://a b", "http://127.0.0.1:1"])
def test_nobody_answers_at_what_is_no_address(address: str) -> None:
    assert f"No worker answers at {address}" in told("list", "--worker", address)


def test_the_port_is_that_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPCLOCK_HTTP_PORT", "1")
    assert "No worker answers at http://127.0.0.1:1:" in told("list")
