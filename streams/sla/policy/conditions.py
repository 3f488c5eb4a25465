"""When something holds: all of some attributes have values that are wanted."""

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Final

from streams.sla.policy.attributes import ATTRIBUTES, CHOICES, LABEL, NEEDS, Attribute, label
from streams.sla.policy.numbers import number
from streams.sla.policy.problems import Problem
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan

Test = Callable[[object], bool]
BOUNDS: Final = ("at_least", "at_most", "above", "below")


class Condition:
    """All of some attributes have values that are wanted."""

    def __init__(self, when: Mapping[str, object], path: str) -> None:
        """Raises `Problem` for an attribute that does not exist, or that cannot be what is wanted."""
        self.when = dict(when)
        """As it is written."""
        self._tests = [(_attribute(name, path), _test(name, wanted, f"{path}.{name}")) for name, wanted in when.items()]
        self.needs = frozenset(
            name if name.startswith(LABEL) else NEEDS[name] for name in when if name in NEEDS or name.startswith(LABEL)
        )
        """Attributes to be kept for it, beyond what is kept always."""

    def holds(self, registration: Registration, scan: KnownScan | None = None) -> bool:
        """Whether the shipment is meant; `scan` is the one that starts the clock."""
        return all(test(attribute(registration, scan)) for attribute, test in self._tests)

    @property
    def always(self) -> bool:
        """Whether it holds for every shipment."""
        return not self._tests

    def __str__(self) -> str:
        """`lane is same-city and tier is A or B`."""
        return " and ".join(f"{name} {_written(wanted)}" for name, wanted in self.when.items()) or "always"


def _attribute(name: str, path: str) -> Attribute:
    if name.startswith(LABEL) and len(name) > len(LABEL):
        return label(name.removeprefix(LABEL))
    found = ATTRIBUTES.get(name)
    if found is None:
        near = get_close_matches(name, ATTRIBUTES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(ATTRIBUTES))} and labels.NAME"
        raise Problem(f"{path}.{name}", f"no such attribute: {name!r}; {hint}")
    return found


def _test(name: str, wanted: object, path: str) -> Test:
    if not isinstance(wanted, Mapping):
        return _one_of(name, wanted, path)
    tests: list[Test] = []
    for operator, operand in wanted.items():
        if operator == "not":
            tests.append(_none_of(_one_of(name, operand, f"{path}.not")))
        elif operator in BOUNDS:
            tests.append(_bound(str(operator), operand, f"{path}.{operator}"))
        else:
            raise Problem(f"{path}.{operator}", f"no such comparison; there are not, {', '.join(BOUNDS)}")
    if not tests:
        raise Problem(path, f"it compares with nothing; give a value, a list, or one of not, {', '.join(BOUNDS)}")
    return lambda value: all(test(value) for test in tests)


def _one_of(name: str, wanted: object, path: str) -> Test:
    for place, one in enumerate(wanted if isinstance(wanted, list) else [wanted]):
        where = f"{path}[{place}]" if isinstance(wanted, list) else path
        if not isinstance(one, str | int | float | None):
            raise Problem(where, f"{one!r} is no single value; give a text, a number, true or false")
        if isinstance(one, float):
            number(one, where)
    values = frozenset(wanted if isinstance(wanted, list) else [wanted])
    choices = CHOICES.get(name)
    for value in values:
        if choices is not None and value not in choices:
            raise Problem(path, f"{name} is never {value!r}; {_hint(value, choices)}")
    return lambda value: value in values


def _hint(value: object, choices: Collection[object]) -> str:
    """What may have been meant."""
    if all(isinstance(choice, bool) for choice in choices):
        return "write true or false, without quotes"
    near = get_close_matches(str(value), [str(choice) for choice in choices], n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(map(str, choices)))}"


def _none_of(test: Test) -> Test:
    return lambda value: not test(value)


def _bound(operator: str, operand: object, path: str) -> Test:
    if isinstance(operand, bool) or not isinstance(operand, int | float):
        raise Problem(path, f"{operand!r} is no number")
    bound = float(number(operand, path))
    compare: dict[str, Callable[[float], bool]] = {
        "at_least": lambda value: value >= bound,
        "at_most": lambda value: value <= bound,
        "above": lambda value: value > bound,
        "below": lambda value: value < bound,
    }
    chosen = compare[operator]

    def test(value: object) -> bool:
        """Whether it is a number, and such a one."""
        try:
            return value is not None and chosen(float(value))  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return False  # a text, as tiers and labels are: neither more nor less

    return test


def _written(wanted: object) -> str:
    if isinstance(wanted, Mapping):
        return " and ".join(
            f"is not {_values(operand)}" if operator == "not" else f"is {str(operator).replace('_', ' ')} {operand}"
            for operator, operand in wanted.items()
        )
    return f"is {_values(wanted)}"


def _values(wanted: object) -> str:
    values = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
