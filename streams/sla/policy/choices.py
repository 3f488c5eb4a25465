"""A value that depends on the shipment: the first whose condition holds."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from streams.sla.policy.conditions import Condition
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan

T = TypeVar("T")


class Choice(Generic[T]):
    """Values with conditions, in order."""

    def __init__(self, rules: Sequence[tuple[Condition, T]]) -> None:
        self.rules = tuple(rules)
        self.needs = frozenset[str]().union(*(condition.needs for condition, _ in rules))

    def of(self, registration: Registration, scan: KnownScan | None) -> T | None:
        """The value for a shipment, and the scan that starts the clock; None where no condition holds."""
        for condition, value in self.rules:
            if condition.holds(registration, scan):
                return value
        return None
