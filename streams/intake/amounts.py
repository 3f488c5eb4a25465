"""Amounts of money that can be reckoned with."""

from decimal import Decimal
from typing import Final

from schemas.records import Money
from streams.intake.rejection import BAD_AMOUNT, Rejected

LARGEST: Final = Decimal(10) ** 15
"""Of any currency: no freight and no value of goods is greater."""
LONGEST: Final = 40
"""Characters of an amount: what is kept of it is small."""


def check_amount(money: Money | None, path: str) -> None:
    """See to it that shares of an amount can be taken.  Raises `Rejected`; `path` is that of the money."""
    if money is None:
        return
    amount = money.amount
    if not amount.is_finite():
        wrong = "no number"
    elif amount < 0:
        wrong = "negative"
    elif amount > LARGEST:
        wrong = "more than 10^15"
    elif len(str(amount)) > LONGEST:
        wrong = f"longer than {LONGEST} characters"
    else:
        return
    raise Rejected(BAD_AMOUNT, f"the amount is {wrong}", f"{path}.amount")
