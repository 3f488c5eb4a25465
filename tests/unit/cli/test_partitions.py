"""What is no worker is told in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner

from streams.cli import main


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class EmptyLists(BaseHTTPRequestHandler):
    """Answers everything with an empty list."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[]")

    do_POST = do_GET  # noqa: N815 - the library asks for this name

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def another_server() -> Iterator[str]:
    with serving(SimpleHTTPRequestHandler) as address:
        yield address


@pytest.fixture
def another_api() -> Iterator[str]:
    with serving(EmptyLists) as address:
        yield address


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


@pytest.mark.parametrize("arguments", [("list",), ("resume", "3")])
def test_what_answers_in_another_way_is_no_worker(another_api: str, arguments: tuple[str, ...]) -> None:
    assert "is no worker of Shipclock" in told(*arguments, "--worker", another_api)


@pytest.mark.parametrize("address", ["http://127.0.0.1:abc", "http://a b", "http://127.0.0.1:1"])
def test_nobody_answers_at_what_is_no_address(address: str) -> None:
    said = told("list", "--worker", address)
    assert f"No worker answers at {address}" in said
    assert "say with --worker where its HTTP server is" in said
    assert "urlopen" not in said


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.2", "127.0.0.2"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")],  # noqa: S104 - compared with
)
def test_address_and_port_are_those_of_the_settings(monkeypatch: pytest.MonkeyPatch, host: str, address: str) -> None:
    monkeypatch.setenv("SHIPCLOCK_HTTP_HOST", host)
    monkeypatch.setenv("SHIPCLOCK_HTTP_PORT", "1")
    assert f"No worker answers at http://{address}:1:" in told("list")


def test_a_port_that_nobody_knows_must_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPCLOCK_HTTP_PORT", "0")
    assert "say with --worker where it is" in told("list")


def test_an_address_without_its_beginning_is_refused_with_one_that_has_it() -> None:
    assert "localhost:9465 is no http address: give one such as http://127.0.0.1:9464" in told(
        "list", "--worker", "localhost:9465"
    )
