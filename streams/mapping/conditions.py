"""When a row has what a part of the page speaks of."""

from collections.abc import Callable
from typing import Any

from streams.mapping.cells import Cell
from streams.mapping.document import When
from streams.mapping.oddities import BAD_NUMBER, Unreadable
from streams.mapping.problems import Problem
from streams.mapping.values import Values, spelled

Condition = Callable[[Any], bool]
_Test = Callable[[str | None], bool]

_BOUNDS: dict[str, Callable[[float, float], bool]] = {
    "at_least": lambda found, bound: found >= bound,
    "at_most": lambda found, bound: found <= bound,
    "above": lambda found, bound: found > bound,
    "below": lambda found, bound: found < bound,
}


def condition(when: When, values: Values, path: str) -> Condition | None:
    """All of it must hold; None where nothing is asked.  Raises `Problem`."""
    tests = [(values.text(name, f"{path}.{name}"), _test(wanted, f"{path}.{name}")) for name, wanted in when.items()]
    if not tests:
        return None
    if len(tests) == 1:
        return _single(*tests[0])
    return lambda row: all(test(cell(row)) for cell, test in tests)


def _single(cell: Cell, test: _Test) -> Condition:
    return lambda row: test(cell(row))


def _test(wanted: Any, path: str) -> _Test:
    if isinstance(wanted, dict):
        if list(wanted) == ["not"]:
            refused = _test(wanted["not"], path)
            return lambda found: not refused(found)
        if wanted and all(name in _BOUNDS for name in wanted):
            return _bounds(wanted, path)
        raise Problem(path, f"give a value, a list, null, not, or bounds: {', '.join(_BOUNDS)}")
    allowed = frozenset(None if one is None else spelled(one) for one in _listed(wanted))
    return lambda found: found in allowed


def _listed(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def _bounds(wanted: dict[str, Any], path: str) -> _Test:
    bounds = []
    for name, bound in wanted.items():
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            raise Problem(f"{path}.{name}", f"{bound!r} is no number")
        bounds.append((_BOUNDS[name], bound))

    def within(found: str | None) -> bool:
        if found is None:
            return False
        try:
            value = float(found)
        except ValueError:
            raise Unreadable(BAD_NUMBER, f"{path.rpartition('.')[2]}: {found!r}") from None
        return all(holds(value, bound) for holds, bound in bounds)

    return within
