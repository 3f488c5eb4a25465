"""Prints what a run of the demo came to."""

from collections.abc import Iterator
from textwrap import indent

import msgspec
from rich.console import Console
from rich.json import JSON
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.demo.ledger import Ledger
from streams.demo.report import Report

_EXAMPLES = (
    ("delay-notices", "predicted", "a warning before a promise is missed"),
    ("delay-notices", "cleared", "the warning taken back: it arrived after all"),
    ("breach-alerts", "opened", "a promise missed, said at its deadline"),
    ("breach-alerts", "resolved", "the scan that was waited for has come"),
)


def print_summary(console: Console, report: Report, ledger: Ledger) -> None:
    """Print the figures and a few records in full."""
    console.print()
    console.print(_figures(report))
    console.print()
    for fact in _facts(report):
        console.print(Text(fact, style="dim"), soft_wrap=True)
    console.print()
    if report.kills:
        console.print(_kills(report))
        console.print()
    for topic, kind, meaning in _EXAMPLES:
        example = ledger.examples.get((topic, kind))
        if example is not None:
            _, _, value = example
            console.print(Text.assemble((topic, "bold"), f" · {kind}: ", (meaning, "dim")))
            text = msgspec.json.format(value, indent=2).decode()
            if console.is_terminal:
                console.print(Padding(JSON(text), (0, 0, 1, 2)))
            else:
                console.print(Text(indent(text, "  ")), soft_wrap=True)
    console.print(Text.assemble(("outputs ", "dim"), f"{report.outputs:,} records, ids {report.ids_digest[:16]}…"))


def _figures(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("promise")
    for name in ("kept", "late", "of"):
        table.add_column(name, justify="right")
    table.add_column("late", justify="right")
    rows = (
        ("whole journeys", report.late_end_to_end, report.shipments),
        ("legs", report.late_legs, report.legs),
        ("milestones", report.overrun_milestones, report.milestones),
    )
    for name, late, total in rows:
        share = f"{late / total:.1%}" if total else "-"
        table.add_row(name, f"{total - late:,}", Text(f"{late:,}", style="bold red"), f"{total:,}", share)
    return table


def _facts(report: Report) -> Iterator[str]:
    crew = f"{report.workers} worker{'s' if report.workers > 1 else ''}, {report.partitions} partitions"
    yield f"{report.scans:,} scans judged in {report.seconds:.0f} s by {crew}"
    yield (
        f"{report.notices:,} warnings, {report.alerts_opened:,} alerts; {report.alerts_before_stop:,} of "
        f"{report.overrun_milestones:,} late milestones were told before their scan came"
    )
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(report.reject_reasons.items()))
    yield f"{report.duplicate_ids:,} duplicates, {reasons or 'nothing'} rejected"


def _kills(report: Report) -> Table:
    table = Table(
        title="Workers killed (SIGKILL)", title_justify="left", box=None, pad_edge=False, padding=(0, 3, 0, 0)
    )
    for name in ("worker", "partitions", "struck", "uncommitted", "committed"):
        table.add_column(name, justify="right" if name.startswith(("un", "comm")) else "left")
    for kill in report.kills:
        table.add_row(
            f"{kill.worker} ({kill.pid})",
            " ".join(map(str, kill.partitions)),
            "inside a transaction" if kill.in_transaction else "at work",
            f"{kill.uncommitted_records:,}",
            f"{kill.committed_before:,}",
        )
    return table
