"""Prints the results beside their budgets."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.backtest import Cost
from bench.growth import Growth
from bench.latency import Latency
from bench.rebalance import Pauses
from bench.results import Results
from bench.throughput import Throughput
from streams.build import is_native

Row = tuple[str, str, float, float | None, bool, str]
"""What, as text, the figure, its budget, whether more is better, how the budget is written."""

_MB = 1_000_000


def print_results(console: Console, results: Results) -> None:
    """Print one table and a few sentences."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("measured")
    table.add_column("figure", justify="right")
    table.add_column("budget", justify="right", style="dim")
    for what, text, figure, budget, more, written in _rows(results):
        kept = budget is None or (figure >= budget if more else figure <= budget)
        table.add_row(what, Text(text, style="" if kept else "bold red"), written)
    console.print()
    console.print(table)
    console.print()
    built = "native hot path" if is_native() else "plain Python"
    console.print(Text(f"{results.cores}; {results.partitions} partitions; exactly once; {built}.", style="dim"))
    if results.by_worker:
        console.print(Text("Everything that the workers said was verified against the input.", style="dim"))


def _rows(results: Results) -> Iterator[Row]:
    yield from _with_the_broker(results)
    if results.growth is not None:
        yield from _growth(results.growth, results.worker_growth)
    if results.backtest is not None:
        yield from _backtest(results.backtest)
    figures = results.flat()
    for name, what, budget in (
        ("many_clocks_cost_ratio", "cost of 25 clocks, times express", 1.5),
        ("cost_ratio_to_earlier", f"cost of express, times {figures.get('earlier')}", 1.1),
    ):
        times = figures.get(name)
        if isinstance(times, float):
            yield what, f"{times:.2f}", times, budget, False, f"<= {budget}"


def _with_the_broker(results: Results) -> Iterator[Row]:
    if results.express is not None:
        yield from _profile("express", results.express, rate=100_000, size=450, outputs=0.15)
    if results.demo is not None:
        yield from _profile("demo", results.demo, rate=60_000, size=900, outputs=None)
    if results.faust is not None:
        rate = results.faust.scans_per_s
        yield "plain Faust, a mere count: scans/s", f"{rate:,.0f}", rate, None, True, ""
        if results.express is not None:
            ratio = results.express.scans_per_s / rate
            yield "express, times plain Faust", f"{ratio:,.1f}", ratio, None, True, ""
    if results.idle is not None:
        start = results.idle.start_s
        yield "start with an empty state, s", f"{start:.1f}", start, 3, False, "<= 3"
        yield "empty worker, MB", f"{results.idle.rss / _MB:,.0f}", 0, None, False, ""
    if results.latency is not None:
        yield from _live(results.latency)
    if results.rebalance is not None:
        yield from _rebalance(results.rebalance)


def _rebalance(measured: Pauses) -> Iterator[Row]:
    for what, pauses, budget in (("stay", measured.staying, 1_000), ("move", measured.moving, 3_000)):
        longest = max(pauses)
        yield f"pause of partitions that {what}, ms", f"{longest:,}", longest, budget, False, f"<= {budget:,}"
    yield "  between two commits otherwise, ms", f"{measured.steady:,}", 0, None, False, ""


def _growth(measured: Growth, worker: float | None) -> Iterator[Row]:
    costs = f"{measured.us_with_few:.2f} / {measured.us_with_many:.2f}"
    yield f"core: microseconds per scan, {measured.few:,} / {measured.many:,} open", costs, 0, None, False, ""
    yield "  growth of the cost, in the core alone", f"{measured.ratio:.2f}", measured.ratio, None, False, ""
    if worker is not None:
        yield "  of all that a worker does for a scan, at most", f"{worker:.2f}", worker, 1.1, False, "<= 1.10"


def _backtest(measured: Cost) -> Iterator[Row]:
    alone, together = (seconds / measured.events * 1e6 for seconds in (measured.seconds, measured.seconds_together))
    yield "backtest: CPU microseconds per event", f"{measured.cpu_us_per_event:.1f}", 0, None, False, ""
    yield "  a million events, alone, s", f"{alone:.1f}", 0, None, False, ""
    yield f"  a million events, {measured.jobs} processes, s", f"{together:.1f}", together, 10, False, "about 10"


def _profile(name: str, measured: Throughput, *, rate: float, size: float, outputs: float | None) -> Iterator[Row]:
    per_s, ratio = measured.scans_per_s, measured.last_quarter_ratio
    yield f"{name}: scans/s", f"{per_s:,.0f}", per_s, rate, True, f">= {rate:,.0f}"
    quarters = f"{measured.first_quarter_per_s:,.0f} / {measured.last_quarter_per_s:,.0f}"
    yield "  first / last quarter", quarters, 0, None, True, ""
    yield "  last by first quarter", f"{ratio:.2f}", ratio, 0.9, True, ">= 0.90"
    yield "  CPU seconds per 100,000 scans", f"{measured.cpu_s_per_100k:.2f}", 0, None, False, ""
    if measured.aborted:
        yield "  transactions given up and done again", str(measured.aborted), measured.aborted, 0, False, "0"
    journey = measured.scans_per_shipment
    yield "  scans per shipment", f"{journey:.1f}", journey, None, True, ""
    share = measured.outputs_per_scan
    yield "  outputs per scan", f"{share:.2f}", share, outputs, True, "" if outputs is None else f">= {outputs}"
    amount = f"{measured.scans:,} / {measured.open:,}"
    yield "  scans / shipments open at the end", amount, 0, None, True, ""
    per_shipment = measured.bytes_per_shipment
    yield "  bytes per open shipment (RSS)", f"{per_shipment:,.0f}", per_shipment, size, False, f"<= {size:,.0f}"
    restored = measured.bytes_per_restored_shipment
    yield "  the same in a worker that restored it", f"{restored:,.0f}", restored, None, False, ""
    yield "  peak RSS, MB", f"{measured.peak_rss / _MB:,.0f}", 0, None, False, ""
    left = measured.restore.per_million(measured.open)
    yield "  restore of a million, as left, s", f"{left:.1f}", left, 30, False, "<= 30"
    compacted = measured.restore_compacted.per_million(measured.open)
    yield "  restore of a million, compacted, s", f"{compacted:.1f}", compacted, 8, False, "<= 8"


def _live(measured: Latency) -> Iterator[Row]:
    rows = (
        ("alert after its deadline", measured.alert, 1_000.0),
        ("  until a subscriber has it", measured.alert_read, 1_000.0),
        ("notice after its instant", measured.notice, 500.0),
        ("outcome after its scan", measured.outcome, 500.0),
        ("  until a subscriber has it", measured.outcome_read, 500.0),
    )
    for what, spread, budget in rows:
        text = f"{spread.p50:,.0f} / {spread.p99:,.0f}"
        yield f"{what}, ms p50 / p99", text, spread.p99, budget, False, f"p99 <= {budget:,.0f}"
