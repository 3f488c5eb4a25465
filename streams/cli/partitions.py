"""`shipclock partitions`: see and resume the partitions of a running worker."""

from http.client import HTTPException
from typing import Final, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import click
import msgspec

from streams.configuration import load_settings
from streams.errors import ShipclockError

_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened at
_NO_WORKER: Final = "What answers at {} is no worker of Shipclock: give the address of its HTTP server, without a path"

_Answer = TypeVar("_Answer")

_url = click.option(
    "--worker", "url", help="Where the worker's HTTP server is; without it, where the settings put one of this machine."
)


class _Partition(msgspec.Struct):
    """How one fares."""

    state: str
    detail: str


class _Resumed(msgspec.Struct):
    """That one goes on."""

    resumed: int


class _Refusal(msgspec.Struct):
    """What the worker says against it."""

    error: str


@click.group()
def partitions() -> None:
    """See what the partitions of a worker do; resume one that has parked itself."""


@partitions.command("list")
@_url
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_partitions(url: str | None, form: str) -> None:
    """Show the partitions that a worker owns."""
    found, whole = _ask(url, "partitions", dict[str, _Partition])
    if form == "json":
        click.echo(whole)
        return
    for number, partition in found.items():
        click.echo(f"{number:>5}  {partition.state:<10}  {partition.detail}".rstrip())


@partitions.command()
@click.argument("number", type=int)
@_url
def resume(number: int, url: str | None) -> None:
    """Start a parked partition again, once its cause is gone."""
    _ask(url, f"partitions/{number}/resume", _Resumed, method="POST")
    click.echo(f"partition {number} resumed")


def _ask(worker: str | None, what: str, answer: type[_Answer], method: str = "GET") -> tuple[_Answer, bytes]:
    """What a worker answers, and all of it as JSON."""
    url = worker or _default()
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter(
            f"{url} is no http address: give one such as http://127.0.0.1:9464", param_hint="--worker"
        )
    try:
        with urlopen(Request(f"{url.rstrip('/')}/{what}", method=method), timeout=10) as told:  # noqa: S310 - checked above
            whole = told.read()
        return msgspec.json.decode(whole, type=answer), whole
    except HTTPError as error:
        raise ShipclockError(_reason(error, url)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ShipclockError(_NO_WORKER.format(url)) from error
    except (OSError, HTTPException, ValueError) as error:
        raise ShipclockError(
            f"No worker answers at {url}: {_cause(error)}; start one, or say with --worker where its HTTP server is"
        ) from error


def _cause(error: BaseException) -> str:
    """Why there is no answer, in words: what `urllib` has wrapped."""
    inner = error.reason if isinstance(error, URLError) else error
    return (inner.strerror if isinstance(inner, OSError) else None) or str(inner) or type(inner).__name__


def _default() -> str:
    """Where a worker of this machine with the same settings is."""
    settings = load_settings()
    if not settings.http_port:
        raise click.UsageError("with port 0 a worker takes any free one: say with --worker where it is")
    host = "127.0.0.1" if settings.http_host in _EVERYWHERE else settings.http_host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.http_port}"


def _reason(error: HTTPError, url: str) -> str:
    """What the worker says against it."""
    try:
        return msgspec.json.decode(error.read(), type=_Refusal).error
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _NO_WORKER.format(url)
