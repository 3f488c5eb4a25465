"""How late: a histogram with fixed buckets, and quantiles from it.

Buckets are fixed so that histograms can be added and subtracted.  A quantile is the upper bound of the bucket that it
falls into: what it says is never too good.
"""

from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000

BOUNDS_MS: Final = (
    5 * _MINUTE,
    15 * _MINUTE,
    30 * _MINUTE,
    _HOUR,
    2 * _HOUR,
    4 * _HOUR,
    8 * _HOUR,
    12 * _HOUR,
    _DAY,
    2 * _DAY,
    3 * _DAY,
    5 * _DAY,
    7 * _DAY,
    14 * _DAY,
    30 * _DAY,
)
"""Upper bounds of the buckets, each included, in milliseconds; the last bucket has none."""
ENDLESS: Final = len(BOUNDS_MS)
"""The last bucket: later than all bounds, or missed and not stopped at all."""


def bucket_of(late_by_ms: int | None) -> int:
    """The bucket of a miss; None is one without a known lateness: nothing has stopped it."""
    return ENDLESS if late_by_ms is None else bisect_left(BOUNDS_MS, late_by_ms)


def quantile(share: float, on_time: int, late: Mapping[int, int]) -> int | None:
    """At most how late, in milliseconds, this share of all were; on time is 0.

    None where that is beyond the last bound, or there is nothing to tell of.
    """
    total = on_time + sum(late.values())
    if total <= 0:
        return None
    reached = on_time
    if reached >= share * total:
        return 0
    for bucket, bound in enumerate(BOUNDS_MS):
        reached += late.get(bucket, 0)
        if reached >= share * total:
            return bound
    return None
