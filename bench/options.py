"""What may be asked of the bench."""

from dataclasses import dataclass
from typing import Literal

Part = Literal["express", "demo", "faust", "latency", "rebalance", "comparison", "backtest", "growth"]
PARTS: tuple[Part, ...] = ("express", "demo", "faust", "latency", "rebalance", "comparison", "backtest", "growth")

SCANS = 4_000_000
QUICK_SCANS = 400_000
_COMPARISON_SHARE = 3 / 40
_BACKTEST_SHARE = 1 / 4
_GROWTH_SHARE = 1 / 4
_FEWEST_OF_MANY = 100_000
_DEMO_SHARE = 7 / 10
"""The demo profile gets 2.8 million scans where express gets four: then as many shipments are under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One run of the bench."""

    parts: frozenset[Part] = frozenset(PARTS)
    scans: int = SCANS
    """Of the express profile."""
    partitions: int = 12
    faust_s: float = 15.0
    latency_s: float = 30.0
    against: str | None = None
    """A Git revision to compare with."""

    @property
    def demo_scans(self) -> int:
        """Of the demo profile."""
        return round(self.scans * _DEMO_SHARE)

    @property
    def backtest_events(self) -> int:
        """Of the history that is judged without Kafka."""
        return round(self.scans * _BACKTEST_SHARE)

    @property
    def many(self) -> int:
        """Shipments open where the cost of a scan is compared with that of few."""
        return max(round(self.scans * _GROWTH_SHARE), _FEWEST_OF_MANY)

    @property
    def comparison_scans(self) -> int:
        """Of each round of a comparison."""
        return round(self.scans * _COMPARISON_SHARE)
