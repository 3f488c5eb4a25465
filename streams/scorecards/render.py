"""From sums to the record that subscribers read."""

from hashlib import blake2b
from typing import Final

from schemas.records import Lateness, Scorecard
from streams.scorecards.card import Card
from streams.scorecards.cards import key_of
from streams.scorecards.lateness import BOUNDS_MS, quantile

_DIGITS: Final = 6
"""Of a rate."""


def scorecard(namespace: str, key: bytes, value: bytes, card: Card) -> Scorecard:
    """The record of a card; `value` is the card encoded, and makes the id: equal content, equal id."""
    about = key_of(key)
    rate = _share(card.met, card.missed)
    return Scorecard(
        id=blake2b(b"\x1f".join((namespace.encode(), key, value)), digest_size=16).hexdigest(),
        customer_id=about.customer_id,
        clock=about.clock,
        origin=about.origin,
        destination=about.destination,
        region=about.destination,
        tier=about.tier,
        length=about.length,
        period=about.period,
        volume=card.met + card.missed + card.cancelled + card.excused,
        met=card.met,
        missed=card.missed,
        cancelled=card.cancelled,
        excused=card.excused,
        on_time_rate=rate,
        lateness=tuple(
            Lateness(upto_ms=BOUNDS_MS[bucket] if bucket < len(BOUNDS_MS) else None, count=count)
            for bucket, count in sorted(card.late.items())
        ),
        late_p50_ms=quantile(0.5, card.met, card.late),
        late_p90_ms=quantile(0.9, card.met, card.late),
        late_p95_ms=quantile(0.95, card.met, card.late),
        late_p99_ms=quantile(0.99, card.met, card.late),
        spent_count=card.spent_count,
        spent_mean_ms=round(card.spent_ms / card.spent_count, 3) if card.spent_count else None,
        spent_variance_ms2=_variance(card) if card.spent_count else None,
        perfect_orders=card.perfect,
        imperfect_orders=card.imperfect,
        perfect_order_rate=_share(card.perfect, card.imperfect),
        incidents=card.incidents,
        watched=card.safe + card.incidents,
        accident_rate=_share(card.incidents, card.safe),
        vetoes=card.vetoes,
        score=0.0 if card.vetoes else rate,
    )


def _share(part: int, rest: int) -> float | None:
    return round(part / (part + rest), _DIGITS) if part + rest else None


def _variance(card: Card) -> float:
    """Of all of them, not of a sample; from whole numbers, so that nothing is lost before the division."""
    count = card.spent_count
    return round((count * card.spent_squares - card.spent_ms**2) / count**2, 3)
