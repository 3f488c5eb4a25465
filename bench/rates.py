"""The arithmetic of measurements.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen of a worker at one moment."""

    at: float
    """Seconds, on a clock that only goes forward."""
    scans: int
    """Scans whose effects were committed."""
    cpu_s: float = 0.0
    """Processor time that the worker had used."""
    rss: int = 0
    """Bytes of physical memory that it held."""


FIRST_QUARTER = (0.05, 0.25)
LAST_QUARTER = (0.75, 0.95)
"""Shares of the scans.  Left out: the start, when nothing is committed yet, and the end, when partitions run dry."""


def under_way(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Everything up to the first sample that saw all scans."""
    last = samples[-1].scans
    ended = next(place for place, sample in enumerate(samples) if sample.scans == last)
    return samples[: ended + 1]


def reached(samples: Sequence[Sample], scans: float) -> float:
    """When that many scans were committed: between two samples, on a straight line."""
    if scans <= samples[0].scans:
        return samples[0].at
    for before, after in pairwise(samples):
        if before.scans < scans <= after.scans:
            return before.at + (after.at - before.at) * (scans - before.scans) / (after.scans - before.scans)
    raise ValueError(f"{scans} scans were never reached")


def rate(samples: Sequence[Sample], begin: float, end: float) -> float:
    """Scans a second between two shares (0 to 1) of all scans."""
    first, total = samples[0].scans, samples[-1].scans
    low, high = max(first, begin * total), end * total
    seconds = reached(samples, high) - reached(samples, low)
    return (high - low) / seconds if seconds > 0 else 0.0


def cpu_per_100k(samples: Sequence[Sample]) -> float:
    """Seconds of processor time for 100,000 scans."""
    scans = samples[-1].scans - samples[0].scans
    return (samples[-1].cpu_s - samples[0].cpu_s) * 100_000 / scans if scans else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that at least this share (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
