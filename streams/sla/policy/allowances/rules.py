"""Allowances by condition: the first that holds and can be given, and everything that is added to it."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from streams.sla.policy.allowances.additions import Addition, MoreTime
from streams.sla.policy.allowances.base import Allowance
from streams.sla.policy.allowances.elapsed import Duration
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan

CACHED: Final = frozenset(
    {
        "lane",
        "tier",
        "product",
        "customer_id",
        "pieces",
        "origin.region",
        "destination.region",
        "destination.remote",
    }
)
"""Attributes by which the choice of a rule is remembered."""
_MOST_KEPT: Final = 20_000


class Condition(Protocol):
    """What a rule asks of a shipment and of the scan that starts the clock."""

    needs: frozenset[str]

    def holds(self, registration: Registration, scan: KnownScan | None) -> bool:
        """Whether they are meant."""


class Rule(NamedTuple):
    """One line of `within`: an allowance or an addition, and when it holds."""

    condition: Condition
    allow: Allowance | None = None
    add: Addition | None = None


class _Choice:
    """What holds for a shipment."""

    def __init__(self, allows: Sequence[Allowance], adds: Sequence[Addition]) -> None:
        self.allows = tuple(allows)
        """In order: the first that can be given counts."""
        self.adds = tuple(adds)
        self.fixed: Duration | None = None
        """All of it, where it is no more than durations."""
        lengths = [addition.length for addition in adds if isinstance(addition, MoreTime)]
        self.more = sum(lengths)
        """Milliseconds that are added whatever the hour."""
        first = allows[0] if allows else None
        if isinstance(first, Duration) and len(lengths) == len(adds):
            self.fixed = Duration(first.length + self.more)


class Rules(Allowance):
    """The first `allow` that holds and can be given, and every `add` that holds."""

    def __init__(self, rules: Sequence[Rule], *, cached: bool = False) -> None:
        """`cached` when no condition looks at anything but `CACHED`: choices are then remembered by these."""
        self._rules = tuple(rules)
        self._cached = cached
        self._choices: dict[tuple[object, ...], _Choice] = {}
        parts: list[Allowance | Addition] = [part for rule in rules for part in rule[1:] if part is not None]
        asked = [rule.condition.needs for rule in rules]
        self.needs = frozenset[str]().union(*asked, *(part.needs for part in parts))

    def due(self, start: int, registration: Registration, scan: KnownScan | None) -> int | None:
        """By the allowance that counts, and with all that is added."""
        choice = self._choice(registration, scan)
        if choice.fixed is not None:
            return start + choice.fixed.length
        for allow in choice.allows:
            due = allow.due(start, registration, scan)
            if due is not None:
                for addition in choice.adds:
                    due = addition.add(due, registration, scan)
                return due
        return None

    def extend(self, due: int, began: int, ended: int, registration: Registration, scan: KnownScan | None) -> int:
        """As the allowance that counts; what is added moves with it."""
        allow, more = self._given(began, registration, scan), self._choice(registration, scan).more
        if allow is None:
            return due
        if began >= due - more:
            return due + ended - began  # of the allowance itself nothing is left
        return allow.extend(due - more, began, ended, registration, scan) + more

    def settle(self, due: int, registration: Registration, scan: KnownScan | None) -> int:
        """As the allowance that counts; what is added comes after that."""
        allow, more = self._given(due, registration, scan), self._choice(registration, scan).more
        return due if allow is None else allow.settle(due - more, registration, scan) + more

    def explain(self, start: int, registration: Registration, scan: KnownScan | None) -> str:
        """`allowed 3 d and 2 working days (work)`."""
        choice = self._choice(registration, scan)
        allow = self._given(start, registration, scan)
        if allow is None:
            return "not promised"
        if choice.fixed is not None:
            return choice.fixed.explain(start, registration, scan)
        added = [addition.explain() for addition in choice.adds]
        return " and ".join([allow.explain(start, registration, scan), *added])

    def steps(self, start: int, registration: Registration, scan: KnownScan | None) -> list[str]:
        """Every rule, with why it counts or does not."""
        lines: list[str] = []
        chosen: Allowance | None = None
        added: list[str] = []
        for place, (condition, allow, add) in enumerate(self._rules):
            rule = f"rule {place + 1}"
            if not condition.holds(registration, scan):
                lines.append(f"{rule} does not hold")
            elif add is not None:
                added.append(f"{rule} holds: adds {add.explain()}")
            elif allow is not None and chosen is None:
                if allow.due(start, registration, scan) is None:
                    lines.append(f"{rule} holds, but cannot be given: {allow.explain(start, registration, scan)}")
                else:
                    chosen = allow
                    lines.append(f"{rule} holds")
                    lines.extend(allow.steps(start, registration, scan))
            else:
                lines.append(f"{rule} holds, but comes later")
        return [*lines, *added] if chosen is not None else [*lines, "not promised"]

    def _given(self, start: int, registration: Registration, scan: KnownScan | None) -> Allowance | None:
        """The allowance that counts; whether it can be given does not depend on the start."""
        for allow in self._choice(registration, scan).allows:
            if allow.due(start, registration, scan) is not None:
                return allow
        return None

    def _choice(self, registration: Registration, scan: KnownScan | None) -> _Choice:
        if not self._cached:
            return self._choose(registration, scan)
        key = (
            registration.origin,
            registration.destination,
            registration.product,
            registration.tier,
            registration.remote,
            registration.customer_id,
            registration.pieces,
        )
        choice = self._choices.get(key)
        if choice is None:
            if len(self._choices) >= _MOST_KEPT:
                self._choices.clear()
            choice = self._choices[key] = self._choose(registration, scan)
        return choice

    def _choose(self, registration: Registration, scan: KnownScan | None) -> _Choice:
        allows: list[Allowance] = []
        adds: list[Addition] = []
        for condition, allow, add in self._rules:
            if condition.holds(registration, scan):
                if add is not None:
                    adds.append(add)
                elif allow is not None:
                    allows.append(allow)
        return _Choice(allows, adds)
