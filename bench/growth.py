"""`python -m bench.growth`: what a scan costs with many shipments open beside what it costs with few, without Kafka.

One core of a partition takes the express profile until a million shipments are open.  Then it goes on by turns with new
ones, which begin with none: so the machine's moods meet both alike.
"""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import click
import msgspec

from bench.alone import alone
from bench.express_load import SCANS_PER_SHIPMENT, ExpressLoad
from schemas.encoding import encode
from schemas.records import Tick
from streams import garbage
from streams.backtest.spool import Event
from streams.build import is_native
from streams.demo.timeline import CONTROL, SCANS
from streams.feed.records import FeedRecord, instant
from streams.partition.core import Core
from streams.partition.job import CoreSettings
from streams.partition.judging import judging
from streams.partition.lanes import TimeSource
from streams.partition.pace import TaskSettings
from streams.partition.ports import CaughtUp, SourceBatch
from streams.sla.policy import load_policy

FEW = 10_000
_BEGUN = 1.12
"""Shipments that have begun for one that is open at the end."""
_TURNS = 8
_SHARE = 1 / 8
"""Of its scans the large core takes so many by turns with small ones."""


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """Microseconds of processor time for a scan, all that it brings included."""

    few: int
    """Shipments that are open in a small core at the end."""
    many: int
    """In the large one."""
    us_with_few: float
    us_with_many: float
    native: bool

    @property
    def ratio(self) -> float:
        """What a scan costs with many, for what it costs with few."""
        return self.us_with_many / self.us_with_few


class LoneCore:
    """A core that is fed from memory, and its processor time."""

    def __init__(self, scans: int) -> None:
        """`scans` is the size of its load."""
        load = ExpressLoad(scans)
        self._records: Iterator[FeedRecord] = load.records()
        settings = CoreSettings("bench-growth", 0, 1, TimeSource.REPLAY, lane_limit=TaskSettings().unit_records)
        self._core = Core(judging(load_policy(load.policy)), settings)
        self._core.restored(0)
        self._offsets: Counter[str] = Counter()
        self.open = 0
        """Shipments under way."""
        self.scans = 0
        self.seconds = 0.0

    def take(self, scans: int) -> None:
        """Handle about so many scans, in units of work, or what is left of them."""
        goal = self.scans + scans
        while self.scans < goal and (records := list(islice(self._records, TaskSettings().unit_records))):
            self._handle(records)

    def forget_costs(self) -> None:
        """Begin to count anew."""
        self.scans, self.seconds = 0, 0.0

    def _handle(self, records: list[FeedRecord]) -> None:
        end = records[-1].timestamp + 1
        tick = FeedRecord(CONTROL, b"", encode(Tick(at=instant(end))), end)
        batches: dict[str, list[Event]] = {topic: [] for topic in self._core.sources}
        for topic, key, value, timestamp in [*records, tick]:
            batches[topic].append(Event(topic, timestamp, key or b"", value or b"", self._offsets[topic]))
            self._offsets[topic] += 1
        self.scans += len(batches[SCANS])
        begun = time.process_time()
        self._work({topic: SourceBatch(topic, batch, end) for topic, batch in batches.items()}, end)
        self.seconds += time.process_time() - begun
        self.open = self._core.gauges()["shipments"]["open"]

    def _work(self, batches: dict[str, SourceBatch], end: int) -> None:
        core, settings = self._core, TaskSettings()
        for topic, batch in batches.items():
            core.offer(batch)
            core.caught_up(CaughtUp(topic, self._offsets[topic], end))
        while core.work(settings.slice_records):
            core.told()
            if core.exhausted or core.outputs_in_unit >= settings.unit_outputs:
                core.take()
        core.take()


def measure(many: int, few: int = FEW) -> Growth:
    """Measure with so many shipments open, beside so few."""
    garbage.settle()
    scans = round(many * SCANS_PER_SHIPMENT * _BEGUN)
    large = LoneCore(scans)
    large.take(round(scans * (1 - _SHARE)))
    large.forget_costs()
    small_scans, small_s, small_open = 0, 0.0, 0
    size = round(few * SCANS_PER_SHIPMENT * _BEGUN)
    for _ in range(_TURNS):
        large.take(round(scans * _SHARE / _TURNS))
        small = LoneCore(size)
        small.take(size)
        small_scans, small_s, small_open = small_scans + small.scans, small_s + small.seconds, small.open
    return Growth(
        few=small_open,
        many=large.open,
        us_with_few=small_s / small_scans * 1e6,
        us_with_many=large.seconds / large.scans * 1e6,
        native=is_native(),
    )


async def growth(many: int) -> Growth:
    """The same in a process of its own.  Raises `BenchFailed`."""
    return await alone(__spec__.name, Growth, many=many)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--many", type=click.IntRange(5 * FEW), default=1_000_000, show_default=True, help="Shipments open at last."
)
def main(*, many: int) -> None:
    """Measure, and print one line of JSON."""
    click.echo(msgspec.json.encode(measure(many)).decode())


if __name__ == "__main__":
    main(prog_name="python -m bench.growth")
