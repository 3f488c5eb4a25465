"""All cards of a partition, and which of them have changed."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from streams.scorecards.card import Card, decode, encode
from streams.scorecards.cards import Counted, cards_of, key_of
from streams.scorecards.outcome import Outcome


class Changed(NamedTuple):
    """A card that is not as it was."""

    key: bytes
    value: bytes | None
    """None when nothing is left of it."""
    card: Card


class Book:
    """Keeps cards encoded; those that are written on are kept open until `close`."""

    def __init__(self) -> None:
        self._values: dict[bytes, bytes] = {}
        self._open: dict[bytes, Card] = {}
        self.lengths: Final[Counter[str]] = Counter()
        """How many cards there are, by length of their period; of what has been closed."""

    def __len__(self) -> int:
        return len(self._values)

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take over a card as it was written."""
        self._keep(key, value)

    def enter(self, outcome: Outcome, customer: str) -> None:
        """Count an outcome for a customer, and take back what it replaces.

        A revision may concern another customer than the one before it; each sees only its own part.  Raises
        `msgspec.MsgspecError` when a card cannot be read.
        """
        before = outcome.replaces
        if before is not None and before.customer_id == customer and before.counts:
            self._add(before, -1, cards_of(before, customer))
        if outcome.customer_id == customer and outcome.counts:
            self._add(outcome, 1, cards_of(outcome, customer))

    def _add(self, outcome: Outcome, sign: int, places: list[Counted]) -> None:
        for place in places:
            card = self._open.get(place.key)
            if card is None:
                value = self._values.get(place.key)
                card = self._open[place.key] = Card() if value is None else decode(value)
            card.add(outcome, sign, of_clock=place.of_clock)

    def close(self) -> Iterator[Changed]:
        """Give the cards whose content is not what it was at the last time, each once."""
        opened, self._open = self._open, {}
        for key, card in opened.items():
            value = None if card.empty else encode(card)
            if value != self._values.get(key):
                self._keep(key, value)
                yield Changed(key, value, card)

    def _keep(self, key: bytes, value: bytes | None) -> None:
        if value is not None:
            if key not in self._values:
                self.lengths[key_of(key).length] += 1
            self._values[key] = value
        elif self._values.pop(key, None) is not None:
            self.lengths[key_of(key).length] -= 1
