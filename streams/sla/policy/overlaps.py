"""Whether one condition holds whenever another does, and whether it can hold at all.

Answers are safe, not complete: `covers` says yes only where that is sure from what is written.
"""

from collections.abc import Mapping
from math import inf
from typing import Any

from streams.sla.policy.attributes import CHOICES, NUMERIC
from streams.sla.policy.document import When


def covers(wide: When, narrow: When) -> bool:
    """Whether `wide` surely holds for every shipment that `narrow` holds for."""
    return all(name in narrow and _covers(wanted, narrow[name]) for name, wanted in wide.items())


def never_holds(wanted: Any) -> bool:
    """Whether no value is what is wanted of an attribute."""
    if not isinstance(wanted, Mapping):
        return isinstance(wanted, list) and not wanted
    low, low_open, high, high_open = _bounds(wanted)
    if low > high or (low == high and (low_open or high_open)):
        return True
    return low == high and low in _values(wanted.get("not", []))


def of_another_kind(name: str, wanted: Any) -> list[Any]:
    """The values that are wanted of an attribute and that it never has, for it is text, or a number."""
    if isinstance(wanted, Mapping) or name in CHOICES:
        return []
    kind = int | float if name in NUMERIC else str
    return [value for value in (wanted if isinstance(wanted, list) else [wanted]) if not isinstance(value, kind | None)]


def _covers(wide: Any, narrow: Any) -> bool:
    if wide == narrow:
        return True
    if not isinstance(wide, Mapping):
        return not isinstance(narrow, Mapping) and _values(narrow) <= _values(wide)
    if not isinstance(narrow, Mapping):
        return all(_meets(value, wide) for value in _values(narrow))
    if "not" in wide and not _values(wide["not"]) <= _values(narrow.get("not", [])):
        return False
    low, low_open, high, high_open = _bounds(wide)
    least, least_open, most, most_open = _bounds(narrow)
    above = least > low or (least == low and (least_open or not low_open))
    below = most < high or (most == high and (most_open or not high_open))
    return above and below


def _meets(value: Any, wanted: Mapping[str, Any]) -> bool:
    """Whether a value is what is wanted."""
    if "not" in wanted and value in _values(wanted["not"]):
        return False
    if not wanted.keys() - {"not"}:
        return True
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    low, low_open, high, high_open = _bounds(wanted)
    return low <= value <= high and not (low_open and value == low) and not (high_open and value == high)


def _bounds(wanted: Mapping[str, Any]) -> tuple[float, bool, float, bool]:
    """The least and the greatest number that is wanted, each with whether it is itself left out."""
    low, low_open = max((wanted.get("at_least", -inf), False), (wanted.get("above", -inf), "above" in wanted))
    high, closed = min((wanted.get("at_most", inf), True), (wanted.get("below", inf), "below" not in wanted))
    return low, low_open, high, not closed


def _values(wanted: Any) -> frozenset[Any]:
    return frozenset(wanted if isinstance(wanted, list) else [wanted])
