"""An allowance that ends earlier or later than it was promised: what if?"""

from streams.sla.instants import describe
from streams.sla.policy.allowances.base import Allowance
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan


class Shifted(Allowance):
    """Another allowance, moved by so many milliseconds."""

    def __init__(self, allowance: Allowance, shift: int) -> None:
        """A negative `shift` makes it due earlier."""
        self._allowance = allowance
        self._shift = shift
        self.needs = allowance.needs

    def due(self, start: int, registration: Registration, scan: KnownScan | None) -> int | None:
        """As the other, moved."""
        due = self._allowance.due(start, registration, scan)
        return None if due is None else due + self._shift

    def extend(self, due: int, began: int, ended: int, registration: Registration, scan: KnownScan | None) -> int:
        """As the other, moved."""
        if began >= due - self._shift:
            return due + ended - began  # of the other nothing is left
        moved = self._allowance.extend(due - self._shift, began, ended, registration, scan)
        return moved + self._shift

    def settle(self, due: int, registration: Registration, scan: KnownScan | None) -> int:
        """As the other, moved."""
        return self._allowance.settle(due - self._shift, registration, scan) + self._shift

    def explain(self, start: int, registration: Registration, scan: KnownScan | None) -> str:
        """`allowed 3 d, 2 d earlier`."""
        return f"{self._allowance.explain(start, registration, scan)}, {self._moved}"

    def steps(self, start: int, registration: Registration, scan: KnownScan | None) -> list[str]:
        """As the other, and how it is moved."""
        return [*self._allowance.steps(start, registration, scan), self._moved]

    @property
    def _moved(self) -> str:
        return f"{describe(self._shift)} {'earlier' if self._shift < 0 else 'later'}"
