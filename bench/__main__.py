"""`python -m bench`: see the package's docstring for what is measured and how."""

import asyncio
import logging
import signal
import sys
from typing import Literal

import click
import msgspec
from rich.console import Console

from bench.options import PARTS, QUICK_SCANS, SCANS, Options, Part
from bench.report import print_results
from bench.results import Results
from bench.run import run
from streams.errors import ShipclockError

_INTERRUPTED = 130
_TERMINATED = 143


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--scans",
    type=click.IntRange(10_000, 100_000_000),
    help=f"Of the express profile; the demo profile gets seven tenths of it.  [default: {SCANS:,}]",
)
@click.option("--profile", type=click.Choice(["express", "demo", "all"]), default="all", show_default=True)
@click.option("--quick", is_flag=True, help=f"{QUICK_SCANS:,} scans and less of everything: to try, not to quote.")
@click.option("--partitions", type=click.IntRange(1, 64), default=12, show_default=True, help="Of every topic.")
@click.option("--against", help="A Git revision: measure the express profile of both, in turns.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Measure nothing else; may be given repeatedly.")
def main(
    *,
    form: Literal["text", "json"],
    scans: int | None,
    profile: Literal["express", "demo", "all"],
    quick: bool,
    partitions: int,
    against: str | None,
    only: tuple[Part, ...],
) -> None:
    """Measure what one worker does on one core: throughput, memory, restore, latency, and plain Faust beside it.

    And how long partitions pause when a second worker comes and goes, and what a scan costs with a million open.

    With --format json the last line on standard output is one JSON object; what people read goes to standard error.
    """
    parts = frozenset(only or PARTS) - {part for part in ("express", "demo") if profile not in (part, "all")}
    options = Options(
        parts=parts,
        scans=scans or (QUICK_SCANS if quick else SCANS),
        partitions=partitions,
        faust_s=5.0 if quick else 15.0,
        latency_s=10.0 if quick else 30.0,
        against=against,
    )
    # The client library reports each retry; what is lost for good comes as an error of our own.
    for library in ("aiokafka", "asyncio"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    console = Console(stderr=True, highlight=False)
    results = _results(options, console)
    print_results(console, results)
    if form == "json":
        print(msgspec.json.encode(results.flat()).decode())


def _results(options: Options, console: Console) -> Results:
    try:
        return asyncio.run(_run(options, console))
    except ShipclockError as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except asyncio.CancelledError:
        sys.exit(_TERMINATED)


async def _run(options: Options, console: Console) -> Results:
    task = asyncio.current_task()
    if task is not None:
        # A polite request to end stops everything that was started, as Ctrl-C does.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await run(options, console)


if __name__ == "__main__":
    main(prog_name="python -m bench")
