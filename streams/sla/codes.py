"""Our own small vocabulary of scan codes.

The numbers are part of the state format: they are never reused or changed.  They grow along a journey, so that scans of
the same instant sort as they must have happened.  A code that is not in the vocabulary is kept as its text.
"""

from typing import Final

Code = int | str
"""A known code as its number, an unknown one as its text."""

NUMBERS: Final[dict[str, int]] = {
    "order_placed": 10,
    "label_created": 11,
    "expedited": 13,
    "pickup_scheduled": 14,
    "pickup_failed": 15,
    "picked_up": 18,
    "accepted": 20,
    "checked_in": 22,
    "arrived": 30,
    "inspected": 33,
    "customs_held": 34,
    "customs_released": 35,
    "held": 36,
    "released": 37,
    "suspended": 38,
    "resumed": 39,
    "sorted": 40,
    "stored": 42,
    "consolidated": 44,
    "dispatched": 46,
    "departed": 48,
    "misrouted": 50,
    "handed_over": 52,
    "arrived_at_branch": 56,
    "available_for_pickup": 58,
    "out_for_delivery": 60,
    "delivery_attempted": 64,
    "refused": 68,
    "return_started": 70,
    "damaged": 72,
    "redirected": 74,
    "forwarded": 75,
    "misdelivered": 78,
    "delivered": 80,
    "returned": 82,
    "cancelled": 84,
    "lost": 86,
    "destroyed": 88,
    "found": 90,
}

NAMES: Final[dict[int, str]] = {number: name for name, number in NUMBERS.items()}

CLOSING: Final = ("delivered", "returned", "cancelled", "lost", "destroyed")
"""Codes after which nothing more is expected of a shipment, unless a policy says otherwise."""

MOST_CODES: Final = 256
"""Numbers of codes are less than this."""

_UNKNOWN_RANK: Final = 128


def code_of(name: str) -> Code:
    """The number of a known code, the text itself of an unknown one."""
    return NUMBERS.get(name, name)


def name_of(code: Code) -> str:
    """The text of a code."""
    return code if isinstance(code, str) else NAMES.get(code) or f"code-{code}"


def rank(code: Code) -> int:
    """Place in a journey, for scans of the same instant; unknown codes come last."""
    return _UNKNOWN_RANK if isinstance(code, str) else code
