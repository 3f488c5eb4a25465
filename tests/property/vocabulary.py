"""The few words and instants of which random promises and facts are made."""

from typing import Any

from hypothesis import strategies as st

from streams.sla.instants import rfc3339

HALF_HOUR = 1_800_000
BEGIN = 1_774_569_600_000
"""2026-03-27T00:00Z: two days before clocks change in Europe."""
FACTS_END = BEGIN + 40 * HALF_HOUR
FAR = BEGIN + 60 * 86_400_000
"""All that can be due is due by then, and nothing has expired."""

STARTS = ["order_placed", "picked_up", "accepted"]
MIDDLE = ["arrived", "departed", "customs_held", "customs_released", "held", "released", "x-ray", "weighed"]
STOPS = ["delivery_attempted", "delivered", "returned", "cancelled"]
FACILITIES = ["hub-1", "hub-2", ""]
CARE = ["complaint.opened", "complaint.answered", "enquiry.opened"]
CASES = ["k1", "k2"]
INCIDENTS = ["lost", "damaged"]
LEGS = ["i1", "i2", "o"]
PIECES = ["p1", "p2"]
Json = dict[str, Any]

hours = st.sampled_from(["PT30M", "PT1H", "PT2H30M", "PT6H", "P1D", "PT0S"])
LONG_AGO = rfc3339(BEGIN - 60 * HALF_HOUR)
"""More than a day before anything is registered."""
instants = st.integers(0, 40).map(lambda steps: rfc3339(BEGIN + steps * HALF_HOUR))


def subset(values: list[str], *, most: int = 3) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)
