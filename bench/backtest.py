"""`python -m bench.backtest`: what judging one event of history costs, on one core, without Kafka."""

import resource
import sys
import time

import click
import msgspec

from bench.load import POLICIES
from streams import garbage
from streams.backtest.history import History
from streams.backtest.run import backtest
from streams.backtest.spool import Event
from streams.build import is_native
from streams.feed.express import express
from streams.partition.core import CONTROL
from streams.sla.policy import load_policy

_MINUTES = 2_200
_PER_SHIPMENT = 5.18
"""Records of a shipment in so many minutes, on average."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What it took."""

    events: int
    cpu_us_per_event: float
    """Microseconds of processor time."""
    seconds: float
    """For all events."""
    peak_rss_mb: float
    """Of the whole process, the history included."""
    native: bool


def measure(events: int) -> Cost:
    """Judge the first events of the express profile by its five clocks."""
    garbage.settle()
    past = _history(events)
    policy = load_policy(POLICIES / "express.yaml")
    began, cpu = time.perf_counter(), time.process_time()
    backtest(past, policy, None)
    cpu = time.process_time() - cpu
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Cost(
        events=events,
        cpu_us_per_event=cpu / events * 1e6,
        seconds=time.perf_counter() - began,
        peak_rss_mb=kilobytes / (1e6 if sys.platform == "darwin" else 1e3),
        native=is_native(),
    )


def _history(count: int) -> History:
    past = History()
    for one in express(1, max(1, round(count / (_MINUTES * _PER_SHIPMENT)))):
        if one.topic != CONTROL:
            past.add(Event(one.topic, one.timestamp, one.key or b"", one.value or b"", len(past)))
        if len(past) == count:
            break
    return past


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--events", type=click.IntRange(1_000, 50_000_000), default=1_000_000, show_default=True)
def main(*, events: int) -> None:
    """Measure, and print one line of JSON."""
    click.echo(msgspec.json.encode(measure(events)).decode())


if __name__ == "__main__":
    main(prog_name="python -m bench.backtest")
