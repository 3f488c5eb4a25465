"""`shipclock demo`: real shipments through a real Kafka, judged by real workers, in one command."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import click
import msgspec
from rich.console import Console

from streams.demo.dataset import BUNDLED
from streams.demo.options import Options
from streams.demo.perform import perform
from streams.demo.report import JudgedOtherwise, Report, shortcoming
from streams.errors import ShipclockError

_CHAOS_KILLS = 6
_TERMINATED = 143
"""Exit code after SIGTERM, as shells have it."""


@click.command()
@click.option(
    "--input",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=BUNDLED,
    help="CSV file of the Cargo 2000 form; the bundled one without it.",
)
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True, help="Worker processes.")
@click.option("--partitions", type=click.IntRange(1, 64), default=6, show_default=True, help="Of every topic.")
@click.option("--chaos", is_flag=True, help="Kill workers while they work; the result must be the same.")
@click.option("--kills", type=click.IntRange(1, 100), help=f"How many, with --chaos.  [default: {_CHAOS_KILLS}]")
@click.option("--seed", type=int, default=1, show_default=True, help="Chooses starts and customers.")
@click.option(
    "--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Keep Kafka's data and the logs there."
)
@click.option("--serve", is_flag=True, help="Then go on with simulated parcels in live time, until Ctrl-C.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def demo(
    *,
    source: Path,
    workers: int,
    partitions: int,
    chaos: bool,
    kills: int | None,
    seed: int,
    data_dir: Path | None,
    serve: bool,
    form: Literal["text", "json"],
) -> None:
    """Replay real air-freight transports and say which promises were kept.

    It fails when not every shipment was judged, or a record was rejected.

    With --format json the last line on standard output is one JSON object, and what people read goes to standard error.
    """
    if workers > partitions:
        raise click.UsageError(f"{workers} workers need at least as many partitions, not {partitions}.")
    if kills is not None and not chaos:
        raise click.UsageError("--kills needs --chaos.")
    options = Options(
        source=source,
        workers=workers,
        partitions=partitions,
        kills=(kills or _CHAOS_KILLS) if chaos else 0,
        seed=seed,
        data_dir=data_dir,
        serve=serve,
    )
    console = Console(stderr=form == "json", highlight=False)
    reports: list[Report] = []
    try:
        asyncio.run(_perform(options, console, reports.append))
    except KeyboardInterrupt:
        if not reports:
            raise
    except asyncio.CancelledError:
        if not reports:
            raise click.exceptions.Exit(_TERMINATED) from None
    if form == "json":
        click.echo(msgspec.json.encode(reports[0]).decode())
    reason = shortcoming(reports[0])
    if reason is not None:
        raise JudgedOtherwise(reason)


async def _perform(options: Options, console: Console, on_report: Callable[[Report], None]) -> None:
    task = asyncio.current_task()
    if task is not None:
        # A polite request to end stops everything that was started, as Ctrl-C does.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await perform(options, console, on_report)
    except BaseExceptionGroup as group:
        failure = group.subgroup(ShipclockError)
        if failure is None:
            raise
        raise _first(failure) from group


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
