"""What is owed when a promise is missed: a proposal, with the rule that gave it."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from msgspec import Struct

from streams.sla.policy.conditions import Condition
from streams.sla.policy.document import Cap, Compensation, Pay
from streams.sla.policy.durations import duration
from streams.sla.policy.numbers import amount as checked
from streams.sla.policy.problems import Problem
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan

_TERMS: Final = ("freight", "value", "amount")
_CENT: Final = Decimal("0.01")
_EXACT: Final = Context(prec=80, rounding=ROUND_HALF_UP, traps=[])
"""What cannot be reckoned is no number in it, instead of an error that would stop the partition."""


class Owed(Struct, frozen=True, gc=False):
    """A sum of money."""

    amount: str
    """A decimal number with two digits."""
    currency: str
    rule: str


class Proposal:
    """One rule of compensation, compiled."""

    def __init__(self, document: Compensation, path: str) -> None:
        """Raises `Problem` for a sum without its currency, nothing to pay, or a number that makes no sense."""
        self.condition = Condition(document.when, f"{path}.when")
        self._late_over = 0 if document.late_over is None else duration(document.late_over, f"{path}.late_over")
        self._pay = document.pay
        self._cap = document.cap or Cap()
        self._rule = document.rule
        named = [name for name in _TERMS if getattr(document.pay, name) is not None]
        if len(named) != 1:
            raise Problem(f"{path}.pay", "name one of `freight`, `value` (shares of them) and `amount`")
        if document.pay.amount is not None and document.pay.currency is None:
            raise Problem(f"{path}.pay.currency", "a sum needs its currency, e.g. CNY")
        amounts: tuple[tuple[str, Pay | Cap], ...] = (("pay", self._pay), ("cap", self._cap))
        for part, terms in amounts:
            for name in _TERMS:
                given = getattr(terms, name)
                if given is not None:
                    checked(given, f"{path}.{part}.{name}")
        asked = {"freight": "freight", "value": "declared_value"}
        self.needs = self.condition.needs | {
            kept for name, kept in asked.items() for _, terms in amounts if getattr(terms, name) is not None
        }

    def owed(self, registration: Registration, scan: KnownScan | None, late_ms: int) -> Owed | None:
        """What is owed to a shipment that is so late; None where the rule does not hold, or a sum is not known."""
        if late_ms <= self._late_over and self._late_over:
            return None
        if not self.condition.holds(registration, scan):
            return None
        pay = self._pay
        amount = _sum(pay, registration)
        own = registration.details.currency
        currency = pay.currency if pay.amount is not None else own
        if amount is None or currency is None:
            return None
        cap = _sum(self._cap, registration)
        if cap is not None:
            if self._cap.amount is None and own != currency:
                return None  # a share of what the shipment costs in another currency
            amount = min(amount, cap)
        rounded = amount.quantize(_CENT, context=_EXACT)
        return Owed(str(rounded), currency, self._rule) if rounded.is_finite() else None


def owed(
    proposals: Sequence[Proposal], registration: Registration, scan: KnownScan | None, late_ms: int
) -> Owed | None:
    """What the first rule that holds gives."""
    for proposal in proposals:
        found = proposal.owed(registration, scan, late_ms)
        if found is not None:
            return found
    return None


def _sum(terms: Pay | Cap, registration: Registration) -> Decimal | None:
    """A share of the freight or of the value, or a sum; None where nobody knows it, or it makes no sense."""
    if terms.amount is not None:
        return _sensible(_EXACT.create_decimal(str(terms.amount)))
    details = registration.details
    for share, base in ((terms.freight, details.freight), (terms.value, details.declared_value)):
        if share is not None and base is not None:
            return _sensible(_EXACT.multiply(_EXACT.create_decimal(base), _EXACT.create_decimal(str(share))))
    return None


def _sensible(amount: Decimal) -> Decimal | None:
    """An amount that can be owed: registrations that were kept before amounts were checked may hold any text."""
    return amount.copy_abs() if amount.is_finite() and amount >= 0 else None  # a zero may have a sign
