"""`shipclock partitions`: see and resume the partitions of a running worker."""

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import click

from streams.configuration import load_settings
from streams.errors import ShipclockError

_url = click.option(
    "--worker", "url", help="Where the worker's HTTP server is; without it, at SHIPCLOCK_HTTP_PORT of this machine."
)


_NO_WORKER = "What answers at {} is no worker of Shipclock: give the address of its HTTP server, without a path"


@click.group()
def partitions() -> None:
    """See what the partitions of a worker do; resume one that has parked itself."""


@partitions.command("list")
@_url
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_partitions(url: str | None, form: str) -> None:
    """Show the partitions that a worker owns."""
    found: dict[str, dict[str, Any]] = _ask(url, "partitions")
    if form == "json":
        click.echo(json.dumps(found))
        return
    for number, state in found.items():
        click.echo(f"{number:>5}  {state['state']:<10}  {state['detail']}".rstrip())


@partitions.command()
@click.argument("number", type=int)
@_url
def resume(number: int, url: str | None) -> None:
    """Start a parked partition again, once its cause is gone."""
    _ask(url, f"partitions/{number}/resume", method="POST")
    click.echo(f"partition {number} resumed")


def _ask(worker: str | None, what: str, method: str = "GET") -> Any:
    url = worker or f"http://127.0.0.1:{load_settings().http_port}"
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter(f"{url} is no http address", param_hint="--worker")
    try:
        with urlopen(Request(f"{url.rstrip('/')}/{what}", method=method), timeout=10) as answer:  # noqa: S310 - checked above
            return json.load(answer)
    except HTTPError as error:
        raise ShipclockError(_reason(error, url)) from error
    except json.JSONDecodeError as error:
        raise ShipclockError(_NO_WORKER.format(url)) from error
    except (URLError, OSError, HTTPException, ValueError) as error:
        raise ShipclockError(f"No worker answers at {url}: {error}") from error


def _reason(error: HTTPError, url: str) -> str:
    """What the worker says against it."""
    try:
        return str(json.load(error)["error"])
    except (ValueError, LookupError, TypeError):
        return _NO_WORKER.format(url)
