"""`python -m bench.oracles`: what the engine says about real data whose truth an independent script has counted.

Needs `SHIPCLOCK_DATA`, the folder of olist_orders.csv and cargo2000.csv.
"""

import os
import sys
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from streams.backtest.comparison import compare
from streams.backtest.judgements import Judgements
from streams.backtest.replay import replay
from streams.backtest.summary import Row, summary
from streams.backtest.table import read_table
from streams.backtest.whatif import shifted
from streams.errors import ShipclockError
from streams.mapping import load_mapping
from streams.sla.policy import load_policy

OLIST_POLICY = Path(__file__).with_name("olist.yaml")
_AIR_FREIGHT = Path(__file__).parents[1] / "streams" / "policies" / "air-freight.yaml"
_CLOCK = "promised-date"


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine counts."""

    olist_late_instant: int
    """Delivered after the promised instant."""
    olist_late_date: int
    """Delivered after the end of the promised day in Brazil."""
    olist_still_owed: int
    """Neither delivered nor given up when the data ends, past their promise."""
    olist_excused: int
    """Given up without a delivery."""
    olist_what_if_two_days_tighter: int
    """How many more are delivered late, by instant, when two days less were promised."""
    cargo_late_end_to_end: int
    cargo_late_legs: int
    cargo_overrun_milestones: int


def figures(folder: Path, console: Console) -> Figures:
    """Judge both files of a folder.  Raises `ShipclockError` when one of them cannot be read."""
    policy, orders = load_policy(OLIST_POLICY), folder / "olist_orders.csv"
    by_instant = read_table(orders, load_mapping("olist"))
    instant = replay(policy, by_instant)
    tighter = replay(shifted(policy, f"{_CLOCK}=-P2D"), by_instant)
    date = replay(policy, read_table(orders, load_mapping("olist-by-date")))
    cargo = replay(load_policy(_AIR_FREIGHT), read_table(folder / "cargo2000.csv", load_mapping("cargo2000")))
    for what, judged in (("Olist by instant", instant), ("Olist by date", date), ("Cargo 2000", cargo)):
        _print(console, what, judged)
    for oddity, count in by_instant.oddities.items():
        console.print(f"Olist: {count:,} {oddity}")
    owed = _row(instant, _CLOCK)
    return Figures(
        olist_late_instant=owed.missed,
        olist_late_date=_row(date, _CLOCK).missed,
        olist_still_owed=owed.owed,
        olist_excused=owed.excused,
        olist_what_if_two_days_tighter=compare(instant, tighter).newly_missed,
        cargo_late_end_to_end=_row(cargo, "end-to-end").missed,
        cargo_late_legs=_row(cargo, "leg").missed,
        cargo_overrun_milestones=_row(cargo, "milestone").missed,
    )


def _row(judged: Judgements, clock: str) -> Row:
    return next(row for row in summary(judged) if row.clock == clock)


def _print(console: Console, what: str, judged: Judgements) -> None:
    table = Table(title=what, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    names = ("volume", "met", "missed", "cancelled", "excused", "owed")
    table.add_column("clock")
    for name in names:
        table.add_column(name, justify="right")
    for row in summary(judged):
        if row.lane is None:
            table.add_row(row.clock, *(f"{getattr(row, name):,}" for name in names))
    console.print(table)
    for (topic, reason), count in judged.rejects.items():
        console.print(f"{what}: {count:,} rejected from {topic}: {reason}")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def main(form: str) -> None:
    """Judge real orders and transports with Shipclock's own core.

    With --format json the last line on standard output is one JSON object; what people read goes to standard error.
    """
    folder = os.environ.get("SHIPCLOCK_DATA")
    if not folder:
        click.echo(
            "oracles: SHIPCLOCK_DATA is not set; let it name the folder of olist_orders.csv and cargo2000.csv", err=True
        )
        sys.exit(2)
    console = Console(stderr=True, highlight=False)
    try:
        found = figures(Path(folder), console)
    except ShipclockError as error:
        click.echo(f"oracles: {error}", err=True)
        sys.exit(error.exit_code)
    if form == "json":
        click.echo(msgspec.json.encode(found).decode())
    else:
        for name, figure in msgspec.structs.asdict(found).items():
            click.echo(f"{name}: {figure:,}")


if __name__ == "__main__":
    main(prog_name="python -m bench.oracles")
