"""What scripts find in the last line of the bench."""

import io

from rich.console import Console

from bench.growth import Growth
from bench.idle import Idle
from bench.plain import PlainFaust
from bench.rebalance import Pauses
from bench.report import print_results
from bench.restoring import Restore
from bench.results import Results
from bench.throughput import Throughput

FAUST = PlainFaust(scans=50_000, seconds=10.0)
PROFILE = Throughput(
    scans=4_000_000,
    registrations=500_000,
    seconds=40.0,
    scans_per_s=100_000.0,
    first_quarter_per_s=110_000.0,
    last_quarter_per_s=99_000.0,
    cpu_s_per_100k=0.95,
    aborted=0,
    outputs=1_200_000,
    open=500_000,
    kept=510_000,
    state_bytes=230,
    bytes_per_shipment=440.0,
    bytes_per_restored_shipment=400.0,
    peak_rss=500_000_000,
    restore=Restore(2.0, 3_000_000, 400_000_000),
    restore_compacted=Restore(1.0, 510_000, 400_000_000),
    faust=FAUST,
)
RESULTS = Results(
    cores="worker on core 0, Kafka on core 1",
    partitions=12,
    idle=Idle(1.7, 70_000_000, 60_000_000),
    express=PROFILE,
    demo=PROFILE,
    faust=FAUST,
    growth=Growth(few=10_000, many=1_000_000, us_with_few=5.0, us_with_many=6.5, native=True),
    rebalance=Pauses(staying=(300, 400), moving=(900, 800), steady=250),
)


def test_every_figure_that_scripts_rely_on_is_there() -> None:
    figures = RESULTS.flat()
    assert figures["scans_per_s"] == figures["demo_profile_scans_per_s"] == 100_000
    assert figures["last_quarter_ratio"] == 0.9
    assert figures["cpu_s_per_100k"] == 0.95
    assert (figures["faust_scans_per_s"], figures["ratio_to_faust"]) == (5_000, 20.0)
    assert (figures["bytes_per_shipment"], figures["demo_bytes_per_shipment"]) == (440, 440)
    assert (figures["restore_s_per_million"], figures["restore_compacted_s_per_million"]) == (4.0, 2.0)
    assert (figures["core_us_per_scan_few_open"], figures["growth_cost_ratio"]) == (5.0, 1.3)
    assert figures["growth_worker_cost_ratio"] == 1.188, "1.5 of 9.5 us a scan are for the many"
    assert (figures["rebalance_staying_ms"], figures["rebalance_moving_ms"]) == (400, 900)
    assert figures["verified"] is True


def test_what_no_worker_has_said_is_not_called_verified() -> None:
    assert "verified" not in Results(cores="", partitions=1, growth=RESULTS.growth).flat()


def test_figures_stand_beside_their_budgets_and_what_falls_short_stands_out() -> None:
    console = Console(file=io.StringIO(), record=True, width=120)
    print_results(console, RESULTS)
    lines = {line.split("  ")[0]: line for line in console.export_text(clear=False).splitlines()}
    assert "100,000" in lines["express: scans/s"]
    assert ">= 60,000" in lines["demo: scans/s"]
    assert "400" in lines["pause of partitions that stay, ms"]
    assert "900" in lines["pause of partitions that move, ms"]
    assert "5.00 / 6.50" in lines["core: microseconds per scan, 10,000 / 1,000,000 open"]
    short = [line for line in console.export_text(styles=True).splitlines() if "\x1b[1;31m" in line]
    assert len(short) == 1
    assert "of all that a worker does for a scan" in short[0]


def test_the_growth_of_a_worker_needs_the_core_and_the_worker() -> None:
    assert Results(cores="", partitions=1, growth=RESULTS.growth).worker_growth is None
    assert Results(cores="", partitions=1, express=PROFILE).worker_growth is None
    shrinks = Growth(few=10_000, many=1_000_000, us_with_few=5.0, us_with_many=4.9, native=True)
    assert Results(cores="", partitions=1, express=PROFILE, growth=shrinks).worker_growth == 1
