"""Which cards an outcome counts on."""

from functools import lru_cache
from typing import Final, Literal, NamedTuple

import msgspec
from msgspec import Struct

from streams.scorecards.outcome import Outcome

Length = Literal["day", "month", "quarter", "year"]
LENGTHS: Final[tuple[Length, ...]] = ("day", "month", "quarter", "year")


class CardKey(Struct, frozen=True, array_like=True, gc=False):
    """What a card is about."""

    customer_id: str
    clock: str | None
    """None: all promises of the lane."""
    origin: str | None
    destination: str | None
    tier: str | None
    length: Length
    period: str


class Counted(NamedTuple):
    """One card that an outcome counts on."""

    key: bytes
    of_clock: bool
    length: Length


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(CardKey).decode


def cards_of(outcome: Outcome, customer: str) -> list[Counted]:
    """For each length of period the card of the clock, and that of the lane."""
    found = []
    for length, period in zip(LENGTHS, periods(outcome.day), strict=True):
        for clock in (outcome.clock, None):
            key = CardKey(customer, clock, outcome.origin, outcome.destination, outcome.tier, length, period)
            found.append(Counted(_encode(key), clock is not None, length))
    return found


def key_of(encoded: bytes) -> CardKey:
    """What a card is about.  Raises `msgspec.MsgspecError`."""
    return _decode(encoded)


@lru_cache(maxsize=4096)
def periods(day: str) -> tuple[str, str, str, str]:
    """Day, month, quarter and year of a date.

    >>> periods("2026-11-01")
    ('2026-11-01', '2026-11', '2026-Q4', '2026')
    """
    year, month, _ = day.split("-")
    return day, f"{year}-{month}", f"{year}-Q{(int(month) + 2) // 3}", year
