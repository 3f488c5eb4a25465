"""`python -m bench.growth`: what a scan costs with many shipments open beside what it costs with few, without Kafka.

One core of a partition takes the express profile until a million shipments are open.  Then it goes on by turns with new
ones, which begin with none: so the machine's moods meet both alike.
"""

import click
import msgspec

from bench.alone import alone
from bench.express_load import SCANS_PER_SHIPMENT, ExpressLoad
from bench.lone_core import LoneCore
from streams import garbage
from streams.build import is_native

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


def measure(many: int, few: int = FEW) -> Growth:
    """Measure with so many shipments open, beside so few."""
    garbage.settle()
    scans = round(many * SCANS_PER_SHIPMENT * _BEGUN)
    large = LoneCore(ExpressLoad(scans))
    large.take(round(scans * (1 - _SHARE)))
    large.forget_costs()
    small_scans, small_s, small_open = 0, 0.0, 0
    size = round(few * SCANS_PER_SHIPMENT * _BEGUN)
    for _ in range(_TURNS):
        large.take(round(scans * _SHARE / _TURNS))
        small = LoneCore(ExpressLoad(size))
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
