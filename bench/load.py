"""What a load profile has to be able to do."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from streams.feed.records import FeedRecord

POLICIES = Path(__file__).parents[1] / "streams" / "policies"


@dataclass(slots=True, kw_only=True)
class Expected:
    """What must come of a load, by plain arithmetic on its journeys."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many outcomes, by clock and verdict; a verdict of `*` stands for any."""
    sampled: dict[tuple[str, str], str] = field(default_factory=dict)
    """Verdict by shipment and clock of some shipments: all that they have.  A clock with instances is followed by a
    space and the instance."""
    sampled_shipments: frozenset[str] = frozenset()
    uncounted: frozenset[str] = frozenset()
    """Clocks whose outcomes are looked at in the sample only."""
    open: int = 0
    """Shipments that are under way at the end."""


class Load(Protocol):
    """Records for a measurement, and what must come of them."""

    @property
    def policy(self) -> Path:
        """The policy that they are judged by."""

    def records(self) -> Iterator[FeedRecord]:
        """Yield everything in order of time, once."""

    def expected(self) -> Expected:
        """Return what must come of it; to be called after `records` has ended."""
