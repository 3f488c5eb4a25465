"""Rows that the page calls odd."""

from collections.abc import Callable
from typing import Any

from streams.mapping.conditions import condition
from streams.mapping.document import OddityDocument
from streams.mapping.problems import Problem
from streams.mapping.times import Moments, Times
from streams.mapping.values import Values

Check = Callable[[Any, Moments], bool]


def check(document: OddityDocument, values: Values, times: Times, path: str) -> Check:
    """Whether a row is odd in this way.  Raises `Problem`."""
    holds = condition(document.when, values, f"{path}.when")
    if not document.before:
        if holds is None:
            raise Problem(path, "give when, or before with two columns")
        return lambda row, moments: holds(row)  # noqa: ARG005 - a check takes both
    if len(document.before) != 2:  # noqa: PLR2004 - one and the other
        raise Problem(f"{path}.before", "give two columns: odd is a row where the first lies before the second")
    early = times.instant(document.before[0], f"{path}.before[0]")
    late = times.instant(document.before[1], f"{path}.before[1]")

    def before(row: Any, moments: Moments) -> bool:
        if holds is not None and not holds(row):
            return False
        one, other = early(row, moments), late(row, moments)
        return one is not None and other is not None and one < other

    return before
