"""Numbers as they are written."""

import math
from typing import Final

from streams.sla.policy.problems import Problem

LARGEST: Final = 1e15
"""What can be reckoned with exactly enough; no sum of money and no share of one is greater."""


def number(value: float, path: str) -> float:
    """A finite number of at most 10^15, either way.  Raises `Problem`."""
    # First what is compared: an integer may be too large to be made a float.
    if not -LARGEST <= value <= LARGEST or math.isnan(value):
        raise Problem(path, f"{value} is out of reach; give a number of at most 10^15")
    return value


def amount(value: float, path: str) -> float:
    """A number that is not negative.  Raises `Problem`."""
    if number(value, path) < 0:
        raise Problem(path, f"{value} is negative; give 0 or more")
    return value
