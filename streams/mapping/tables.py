"""Looking up what a value means, or two values together."""

from collections.abc import Mapping, Sequence
from typing import Any

from streams.mapping.cells import Cell
from streams.mapping.oddities import UNKNOWN_CODE, Tell


class Table:
    """A table of meanings, and what to do with what it does not hold."""

    def __init__(self, meanings: Mapping[str, str | None], strip: Sequence[str], otherwise: str | None) -> None:
        """`strip` are beginnings that mean nothing; without `otherwise` an unknown text is kept."""
        self._meanings = meanings
        self._strip = tuple(strip)
        self._otherwise = otherwise

    def of_one(self, cell: Cell, tell: Tell) -> Cell:
        """What the text of a cell means; `tell` takes what is unknown."""

        def meaning(row: Any) -> str | None:
            text = self._bare(cell(row))
            return None if text is None else self._found((text,), text, tell)

        return meaning

    def of_two(self, first: Cell, second: Cell, tell: Tell) -> Cell:
        """What the texts of two cells mean together: `a/b`, `*/b`, `a/*` or `a`, the earlier of these."""

        def meaning(row: Any) -> str | None:
            one, other = self._bare(first(row)), self._bare(second(row))
            if one is None:
                return None
            keys = (one,) if other is None else (f"{one}/{other}", f"*/{other}", f"{one}/*", one)
            return self._found(keys, one, tell)

        return meaning

    def _bare(self, text: str | None) -> str | None:
        if text is not None:
            for beginning in self._strip:
                if text.startswith(beginning):
                    return text[len(beginning) :]
        return text

    def _found(self, keys: Sequence[str], text: str, tell: Tell) -> str | None:
        for key in keys:
            if key in self._meanings:
                return self._meanings[key]
        if self._otherwise is not None:
            return self._otherwise
        tell(UNKNOWN_CODE, text)
        return text
