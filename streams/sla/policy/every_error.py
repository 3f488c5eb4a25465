"""Every error of a page, where reading it stops at the first one.

A part that is wrong is put right in a copy of the page, by something that surely makes sense there, and the page is
read again: what is wrong then is another error.  What the remedy itself brings about is not told.
"""

import re
from copy import deepcopy
from typing import Any, Final

import msgspec

from streams.errors import PolicyError
from streams.misfits import misfit
from streams.pages import Value, located
from streams.sla.policy.compiling import compile_policy
from streams.sla.policy.document import ClockDocument, PolicyDocument
from streams.sla.policy.problems import Problem

MOST: Final = 200
"""How many errors of a page are told."""
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_NO_FIELD: Final = re.compile(r"no such field: '(.+?)'; ")
_NO_CLOCK: Final = re.compile(r"no such clock: '([^']+)'")
_OURS: Final = re.compile(r"\bunreadable(-\d+)?, |, unreadable(-\d+)?\b")
"""Names that stand in for others, among those that a remedy lists."""
_NONE: Final = re.compile(r"there are unreadable(-\d+)?$|did you mean 'unreadable(-\d+)?'\?$")
"""A remedy that has no others to list."""
_CLOCK: Final = {"from": "accepted", "until": "delivered", "within": "P1D"}
_REQUIRED: Final = {"policy": "unreadable", "version": "unreadable", "clocks": [{"name": "unreadable", **_CLOCK}]}
_ITEMS: Final[dict[str, Any]] = {
    "within": {"allow": "P1D"},
    "warn": {"before": "PT1M"},
    "severity": {"is": "warning"},
    "route": {"is": "unreadable"},
    "pause": {"from": "held", "until": "released"},
    "compensate": {"pay": {"freight": 1.0}, "rule": "unreadable"},
}
"""What makes sense in place of one line of a field."""
_OPTIONAL: Final = frozenset(
    (*_ITEMS, "grace", "ends", "excused_by", "objective", "title", "shift", "start", "suspensions", "complete")
)
"""Fields that a clock can do without, and be the same clock."""
_KNOWN: Final = frozenset(field.encode_name for field in msgspec.structs.fields(ClockDocument))
_Step = str | int


def every_error(page: Value) -> list[PolicyError]:
    """All errors of a page that do not follow from each other, in the order of its lines."""
    content = page.plain()
    names = _names(content)
    found: list[Problem] = []
    repaired: set[tuple[_Step, ...]] = set()
    while len(found) < MOST:
        problem = _first(content)
        if problem is None:
            break
        steps = _steps(problem)
        part = _part(steps)
        missing = _NO_CLOCK.match(problem.what)
        follows = missing is not None and any(
            name == missing[1] and ("clocks", place, "name") in repaired for place, name in enumerate(names)
        )
        if part not in repaired and not follows:
            found.append(Problem(problem.path, _NONE.sub("there is no other", _OURS.sub("", problem.what))))
        if not _repair(content, steps, part, repaired):
            break
    places = {id(problem): page.locate(problem.path) for problem in found}
    found.sort(key=lambda problem: (places[id(problem)].source != page.place.source, places[id(problem)]))
    return [located(page, problem.path, problem.what) for problem in found]


def _names(content: Any) -> list[Any]:
    """What the clocks of a page are called, as far as they are clocks."""
    clocks = content.get("clocks") if isinstance(content, dict) else None
    if not isinstance(clocks, list):
        return []
    return [one.get("name") if isinstance(one, dict) else None for one in clocks]


def _first(content: Any) -> Problem | None:
    try:
        compile_policy(msgspec.convert(content, PolicyDocument), "")
    except msgspec.ValidationError as error:
        return Problem(*misfit(error, content, PolicyDocument))
    except Problem as problem:
        return problem
    return None


def _steps(problem: Problem) -> tuple[_Step, ...]:
    """`("clocks", 2, "within", 0, "allow")`; a field that is none of ours may be called anything, `a.b` as well."""
    unknown = _NO_FIELD.match(problem.what)
    path = problem.path.removesuffix(f".{unknown[1]}") if unknown else problem.path
    steps: list[_Step] = [name or int(number) for name, number in _STEP.findall(path.removeprefix("$"))]
    return (*steps, unknown[1]) if unknown else tuple(steps)


def _part(steps: tuple[_Step, ...]) -> tuple[_Step, ...]:
    """The part of a page that is put right as a whole: a line of a clock's field, a field, a calendar, a stage."""
    if steps[:1] != ("clocks",):
        return steps[:3] if steps[:2] == ("scorecards", "veto") else steps[:2]
    line = len(steps) > 3 and isinstance(steps[3], int) and (steps[2] in _ITEMS or steps[2] == "all_of")  # noqa: PLR2004 - one item of a list
    return steps[:4] if line else steps[:3]


def _repair(content: Any, steps: tuple[_Step, ...], part: tuple[_Step, ...], repaired: set[tuple[_Step, ...]]) -> bool:
    """Put a part right; False when that is not possible, or has not helped."""
    if not isinstance(content, dict):
        return False
    if part in repaired and (steps[:1] != ("clocks",) or (*steps[:2], "*") in repaired):
        return False
    again = part in repaired
    repaired.add(part)
    if not steps:
        for name, value in _REQUIRED.items():
            content.setdefault(name, deepcopy(value))
    elif steps[0] == "clocks" and len(steps) > 1:
        whole = (*steps[:2], "*")
        if again or not _repair_field(content["clocks"], steps, part):
            repaired.add(whole)
            _stand_in(content["clocks"], int(steps[1]))
    else:
        _repair_other(content, steps)
    return True


def _repair_field(clocks: list[Any], steps: tuple[_Step, ...], part: tuple[_Step, ...]) -> bool:
    """Put one field of a clock right; False when the clock as a whole has to be."""
    place, clock = int(steps[1]), clocks[int(steps[1])]
    if not isinstance(clock, dict) or len(part) <= 2:  # noqa: PLR2004 - `clocks`, its place, a field
        return False
    field = str(part[2])
    if len(part) == 4 and isinstance(clock[field], list):  # noqa: PLR2004 - one line of it
        clock[field][int(part[3])] = deepcopy(_ITEMS[field]) if field in _ITEMS else _name_of_another(clocks, place)
    elif field == "name":
        clock["name"] = f"unreadable-{place}"
    elif field in _CLOCK:
        clock[field] = _CLOCK[field]
    elif field in _OPTIONAL or field not in _KNOWN:
        clock.pop(field, None)
    else:
        return False
    return True


def _name_of_another(clocks: list[Any], place: int) -> str:
    """The first other clock; where that is not one of the whole shipment, the promise is put right as a whole."""
    names = [one.get("name") for number, one in enumerate(clocks) if number != place and isinstance(one, dict)]
    return str(names[0]) if names else ""


def _stand_in(clocks: list[Any], place: int) -> None:
    """A clock that surely makes sense, of the same name, so that others may refer to it."""
    name = clocks[place].get("name") if isinstance(clocks[place], dict) else None
    clocks[place] = {"name": name if isinstance(name, str) else f"unreadable-{place}", **_CLOCK}


def _repair_other(content: dict[str, Any], steps: tuple[_Step, ...]) -> None:
    top = str(steps[0])
    value = content.get(top)
    if top in _REQUIRED:
        content[top] = deepcopy(_REQUIRED[top])
    elif len(steps) > 1 and top == "calendars" and isinstance(value, dict):
        value[steps[1]] = {}
    elif len(steps) > 1 and top == "stages" and isinstance(value, list):
        value[int(steps[1])] = {"name": f"unreadable-{steps[1]}", **_CLOCK}
    elif len(steps) > 1 and top == "feeds" and isinstance(value, list):
        value[int(steps[1])] = {"silent_after": "PT1H"}
    elif len(steps) > 2 and steps[1] == "veto" and isinstance(value, dict):  # noqa: PLR2004 - one of its names
        names = [name for name in _names(content) if name is not None]
        value["veto"][int(steps[2])] = names[0] if names else "unreadable"
    elif len(steps) > 1 and isinstance(value, dict):
        value.pop(steps[1], None)
    else:
        content.pop(top, None)
