"""The result of a backtest, for people."""

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from streams.backtest.comparison import Comparison
from streams.backtest.report import Report, Side
from streams.backtest.shown import MOST_OF_ID, MOST_OF_SENTENCE, shown
from streams.backtest.summary import Row

_COLUMNS = ("volume", "met", "missed", "cancelled", "excused", "owed")
_EXAMPLES = 5
"""Rejected records that are shown for each policy."""


def print_report(console: Console, report: Report) -> None:
    """Print one table per policy, the comparison, and everything that was odd."""
    console.print(f"{report.events:,} events of {report.shipments:,} shipments, up to {report.until}")
    for side in report.sides:
        console.print()
        console.print(_table(side))
        _print_counts(console, "rejected", side.rejects)
        for one in side.rejected[:_EXAMPLES]:
            key, detail = shown(one.key, MOST_OF_ID), shown(one.detail, MOST_OF_SENTENCE)
            console.print(f"  line {one.number} ({one.topic}, {key}): {one.reason}: {detail}", soft_wrap=True)
        _print_counts(console, "accepted, but odd", side.flags)
    for odd in report.oddities:
        what = f"{odd.kind} in {odd.column}" if odd.column else odd.kind
        console.print(f"not read, or odd in the file: {odd.count:,} × {what}", soft_wrap=True)
        for example in odd.examples:
            console.print(f"  {example}", soft_wrap=True)
    if report.comparison is not None:
        console.print()
        _print_comparison(console, report.comparison)


def _print_counts(console: Console, what: str, counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        console.print(f"{what}: {count:,} × {shown(name, MOST_OF_SENTENCE)}", soft_wrap=True)


def _table(side: Side) -> Table:
    table = _grid(f"{side.policy} {side.version}", ("clock", "lane", "tier"))
    for name in (*_COLUMNS, "on time", "late p50", "late p90", "late max", "told before"):
        table.add_column(name, justify="right")
    for row in side.rows:
        whole = row.lane is None
        table.add_row(
            row.clock if whole else "",
            "all" if whole else row.lane or "-",
            "all" if whole else shown(row.tier or "-", MOST_OF_ID),
            *(f"{getattr(row, name):,}" for name in _COLUMNS),
            "-" if row.on_time is None else f"{row.on_time:.1%}",
            *(_hours(row, name) for name in ("p50", "p90", "max")),
            f"{row.missed_noticed:,}",
            style="bold" if whole else None,
        )
    return table


def _hours(row: Row, quantile: str) -> str:
    late = row.late_by_s.get(quantile)
    return "-" if late is None else f"{late / 3600:,.1f} h"


def _print_comparison(console: Console, comparison: Comparison) -> None:
    table = _grid("What would change", ("clock", "lane", "tier", "from", "to"))
    table.add_column("count", justify="right")
    table.add_column("for example", overflow="fold")
    for one in comparison.changes:
        names = (one.clock, one.lane or "-", shown(one.tier or "-", MOST_OF_ID), one.before, one.after)
        table.add_row(*names, f"{one.count:,}", ", ".join(shown(name, MOST_OF_ID) for name in one.examples[:2]))
    console.print(table)
    console.print(
        f"{comparison.changed:,} of {comparison.compared:,} verdicts change:"
        f" {comparison.newly_missed:,} newly missed, {comparison.newly_met:,} newly met"
    )


def _grid(title: str, names: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name)
    return table
