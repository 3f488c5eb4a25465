"""The same load under several policies or programs, in turns: what one costs beside the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.express_load import ExpressLoad
from bench.progress import judge
from bench.rates import cpu_per_100k, rate, under_way
from bench.site import Site
from streams.kafka.names import Names

ROUNDS = 3
MANY_CLOCKS = Path(__file__).with_name("clocks-25.yaml")
"""The express promises and twenty more, as a carrier has them: most of them wait for things that few parcels meet."""


@dataclass(slots=True, kw_only=True)
class Contender:
    """One policy under one program, and what was measured of it."""

    name: str
    policy: Path
    code: Path | None = None
    """Where the program lies; None is the one that runs the bench."""
    cpu_s_per_100k: list[float] = field(default_factory=list)
    scans_per_s: list[float] = field(default_factory=list)

    @property
    def cost(self) -> float:
        """Seconds of processor time for 100,000 scans: the median of its rounds."""
        return median(self.cpu_s_per_100k)


async def compare(site: Site, contenders: Sequence[Contender], scans: int) -> Sequence[Contender]:
    """Measure each contender in turns, several times over, on the same scans.

    The machine's moods meet all of them alike, so their ratio says more than their figures.  Raises `BenchFailed`.
    """
    for turn in range(ROUNDS):
        for number, contender in enumerate(contenders):
            site.console.print(f"comparing, round {turn + 1} of {ROUNDS}: {contender.name} …", style="dim")
            await _measure(site, contender, Names(f"bench-compare-{number}-{turn}"), scans)
    return contenders


async def _measure(site: Site, contender: Contender, names: Names, scans: int) -> None:
    busy = list(under_way(await judge(site, names, ExpressLoad(scans).records(), contender.policy, contender.code)))
    contender.cpu_s_per_100k.append(cpu_per_100k(busy))
    contender.scans_per_s.append(rate(busy, 0, 1))
