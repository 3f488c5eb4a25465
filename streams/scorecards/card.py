"""The sums of one scorecard.

All of them are whole numbers, so what was added can be subtracted again without a trace: the result does not depend on
the order in which outcomes come, only on which of them are there.
"""

from typing import Final

import msgspec
from msgspec import Struct, field

from streams.scorecards.lateness import bucket_of
from streams.scorecards.outcome import Outcome

FORMAT: Final = 1
PREFIX: Final = b"[1,"
"""With what every encoded card of this format begins."""


class Card(Struct, array_like=True):
    """Counts and sums; durations in milliseconds."""

    format: int = FORMAT
    met: int = 0
    missed: int = 0
    cancelled: int = 0
    excused: int = 0
    perfect: int = 0
    """Perfect orders."""
    imperfect: int = 0
    safe: int = 0
    """Shipments without the incident that was watched for."""
    incidents: int = 0
    vetoes: int = 0
    """Misses that void the score of the period."""
    spent_count: int = 0
    """Decided outcomes that something stopped."""
    spent_ms: int = 0
    """Their time from start to stop, summed up."""
    spent_squares: int = 0
    """The squares of these times, summed up."""
    late: dict[int, int] = field(default_factory=dict)
    """Misses by bucket of lateness."""

    def add(self, outcome: Outcome, sign: int, *, of_clock: bool) -> None:
        """Add an outcome (`sign` 1) or take it back (-1).

        The card of a clock counts whatever that clock measures; that of a lane, of all promises, leaves perfect orders
        and incidents to the sums that are named for them.
        """
        kind, measure = outcome.kind, outcome.measure
        if outcome.judged:
            self._named(outcome, sign)
        if not of_clock and measure != "promise":
            return
        if kind == "met":
            self.met += sign
        elif kind == "missed":
            self.missed += sign
            if measure == "promise":
                self._bucket(bucket_of(outcome.late_by_ms), sign)
        elif kind == "cancelled":
            self.cancelled += sign
        else:
            self.excused += sign
        spent = outcome.spent_ms if of_clock and outcome.judged else None
        if spent is not None:
            self.spent_count += sign
            self.spent_ms += sign * spent
            self.spent_squares += sign * spent * spent

    def _named(self, outcome: Outcome, sign: int) -> None:
        missed = outcome.kind == "missed"
        if outcome.measure == "perfect-order":
            if missed:
                self.imperfect += sign
            else:
                self.perfect += sign
        elif outcome.measure == "incident":
            if missed:
                self.incidents += sign
            else:
                self.safe += sign
        if missed and outcome.veto:
            self.vetoes += sign

    def _bucket(self, bucket: int, sign: int) -> None:
        count = self.late.get(bucket, 0) + sign
        if count:
            self.late[bucket] = count
        else:
            del self.late[bucket]

    @property
    def empty(self) -> bool:
        """Whether nothing is left of what was added."""
        return self == _EMPTY


_EMPTY: Final = Card()
_decoder = msgspec.json.Decoder(Card)
_encoder = msgspec.json.Encoder()


def encode(card: Card) -> bytes:
    """The card as bytes; equal cards give equal bytes."""
    card.late = dict(sorted(card.late.items()))
    return _encoder.encode(card)


def decode(value: bytes) -> Card:
    """The card of these bytes.  Raises `msgspec.MsgspecError`."""
    return _decoder.decode(value)
