"""`python -m bench.backtest`: what judging one event of history costs, without Kafka."""

import resource
import sys
import time
from itertools import islice

import click
import msgspec

from bench.alone import alone
from bench.express_load import ExpressLoad
from bench.load import POLICIES
from streams import garbage
from streams.backtest.crew import available
from streams.backtest.history import History
from streams.backtest.run import backtest
from streams.backtest.spool import Event
from streams.build import is_native
from streams.sla.policy import load_policy


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What it took."""

    events: int
    cpu_us_per_event: float
    """Microseconds of processor time, in one process."""
    seconds: float
    """For all events, in one process."""
    jobs: int
    """Processes that worked together after that."""
    seconds_together: float
    """For all events."""
    peak_rss_mb: float
    """Of the process that worked alone, the history included."""
    native: bool


def measure(events: int, jobs: int) -> Cost:
    """Judge the first events of the express profile by its five clocks: alone, then by so many processes."""
    garbage.settle()
    past = _history(events)
    policy = load_policy(POLICIES / "express.yaml")
    cpu = time.process_time()
    one_process = backtest(past, policy, None)
    cpu = time.process_time() - cpu
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Cost(
        events=events,
        cpu_us_per_event=cpu / events * 1e6,
        seconds=one_process.seconds,
        jobs=jobs,
        seconds_together=backtest(past, policy, None, jobs=jobs).seconds,
        peak_rss_mb=kilobytes / (1e6 if sys.platform == "darwin" else 1e3),
        native=is_native(),
    )


def _history(count: int) -> History:
    past = History()
    for one in islice(ExpressLoad(count).records(), count):
        past.add(Event(one.topic, one.timestamp, one.key or b"", one.value or b"", len(past)))
    return past


async def cost(events: int) -> Cost:
    """The same in a process of its own.  Raises `BenchFailed`."""
    return await alone(__spec__.name, Cost, events=events)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--events", type=click.IntRange(1_000, 50_000_000), default=1_000_000, show_default=True)
@click.option("--jobs", type=click.IntRange(1), help="Processes that judge together.  [default: one a core]")
def main(*, events: int, jobs: int | None) -> None:
    """Measure, and print one line of JSON."""
    click.echo(msgspec.json.encode(measure(events, jobs or available())).decode())


if __name__ == "__main__":
    main(prog_name="python -m bench.backtest")
