"""`shipclock backtest`: a policy over what has happened, without Kafka."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from streams import garbage
from streams.backtest.crew import available
from streams.backtest.recording import read_recording
from streams.backtest.run import Progress, backtest
from streams.backtest.table import read_table
from streams.backtest.tables import print_report
from streams.backtest.whatif import shifted
from streams.mapping import load_mapping
from streams.sla.instants import from_datetime, rfc3339
from streams.sla.policy import Policy, load_policy
from streams.sla.policy.naming import page_file

_FILE = click.Path(path_type=Path)
_WIDTH = 160
"""Characters of a line where there is no terminal to ask."""


@click.command("backtest")
@click.argument("file", type=_FILE)
@click.option("--policy", required=True, help="A policy file, or the name of one that comes with Shipclock.")
@click.option("--mapping", help="What the columns of FILE mean: a mapping file, or the name of a shipped one.")
@click.option("--against", help="Another policy: what would it change?")
@click.option(
    "--shift",
    "shifts",
    multiple=True,
    metavar="CLOCK=DURATION",
    help="What if a clock were due earlier or later?  promised-date=-P2D: two days earlier.  May be given repeatedly.",
)
@click.option("--until", help="Let time pass up to this instant (RFC 3339); without it, to the last event.")
@click.option("--jobs", type=click.IntRange(1), help="Processes that judge at once.  [default: one a core]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def backtest_command(
    *,
    file: Path,
    policy: str,
    mapping: str | None,
    against: str | None,
    shifts: tuple[str, ...],
    until: str | None,
    jobs: int | None,
    form: Literal["text", "json"],
) -> None:
    """Judge the history in FILE, and show what another policy would have said.

    With --mapping FILE is a CSV file, or has a JSON object a line.  Without it FILE has a line of JSON for each record
    of a source topic: topic, key, value, timestamp; `shipclock feed --dry-run` prints such lines.  With --shift the
    second policy is --against, or the first one, with those clocks shifted.
    """
    first = _policy(policy)
    second = None if against is None else _policy(against)
    for text in shifts:
        second = shifted(second or first, text)
    end = None if until is None else _instant(until)
    if mapping is None:
        history = read_recording(file)
    else:
        with _progress("reading", file.stat().st_size if file.is_file() else 0) as read:
            history = read_table(file, load_mapping(mapping), read)
    if end is not None and end < history.end - 1:
        last = rfc3339(history.end - 1)
        raise click.BadParameter(f"--until {until} lies before the end of the history, {last}; give that or later")
    garbage.settle()
    with _progress("judging", len(history)) as progress:
        report = backtest(history, first, second, until=end, jobs=jobs or available(), progress=progress)
    if form == "json":
        click.echo(msgspec.json.encode(report))
    else:
        plain = partial(Console, highlight=False, markup=False, emoji=False)  # what others have written stays as it is
        console = plain()
        print_report(console if console.is_terminal else plain(width=_WIDTH), report)


def _policy(name: str) -> Policy:
    return load_policy(page_file(name))


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no instant; give one such as 2026-11-01T00:00:00Z") from error
    if moment.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no offset; give one, as in 2026-11-01T00:00:00Z")
    return from_datetime(moment)


@contextmanager
def _progress(what: str, total: int) -> Iterator[Progress]:
    """A bar on standard error, where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(what, total=total)

        def told(done: int) -> None:
            bars.update(task, completed=done)

        yield told
