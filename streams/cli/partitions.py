"""`shipclock partitions`: see and resume the partitions of a running worker."""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import click

from streams.errors import ShipclockError

_url = click.option(
    "--worker", "url", default="http://127.0.0.1:9464", show_default=True, help="Where the worker's HTTP server is."
)


@click.group()
def partitions() -> None:
    """See what the partitions of a worker do; resume one that has parked itself."""


@partitions.command("list")
@_url
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_partitions(url: str, form: str) -> None:
    """Show the partitions that a worker owns."""
    found: dict[str, dict[str, Any]] = _ask(f"{url}/partitions")
    if form == "json":
        click.echo(json.dumps(found))
        return
    for number, state in found.items():
        click.echo(f"{number:>5}  {state['state']:<10}  {state['detail']}".rstrip())


@partitions.command()
@click.argument("number", type=int)
@_url
def resume(number: int, url: str) -> None:
    """Start a parked partition again, once its cause is gone."""
    _ask(f"{url}/partitions/{number}/resume", method="POST")
    click.echo(f"partition {number} resumed")


def _ask(url: str, method: str = "GET") -> Any:
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter(f"{url} is no http address", param_hint="--worker")
    try:
        with urlopen(Request(url, method=method), timeout=10) as answer:  # noqa: S310 - checked above
            return json.load(answer)
    except HTTPError as error:
        raise ShipclockError(json.load(error).get("error", str(error))) from error
    except (URLError, OSError) as error:
        raise ShipclockError(f"No worker answers at {url}: {error}") from error
