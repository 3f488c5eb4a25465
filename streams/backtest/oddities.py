"""What was read and gave no event, and what was odd: counted by kind and column, with examples."""

from collections import Counter
from typing import Final

from msgspec import Struct

from streams.backtest.shown import MOST_OF_SENTENCE, shown

_EXAMPLES: Final = 3
"""That are kept of each kind and column; all are counted."""


class Odd(Struct, frozen=True, kw_only=True):
    """What is odd in one way."""

    kind: str
    column: str
    """Or the path of a field, with `*` for any place in a list; empty where it is about a whole row."""
    count: int
    examples: list[str]
    """The first of them, with their lines."""


class Oddities:
    """Takes what is odd, one by one."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._examples: dict[tuple[str, str], list[str]] = {}

    def add(self, line: int, kind: str, detail: str, path: str = "$") -> None:
        """Count one; `path` is that of its field."""
        steps = path.removeprefix("$").removeprefix(".").split(".")
        key = (kind, ".".join("*" if step.isdigit() and number else step for number, step in enumerate(steps)))
        self._counts[key] += 1
        if self._counts[key] <= _EXAMPLES:
            example = f"line {line}: {shown(detail, MOST_OF_SENTENCE)}" if detail else f"line {line}"
            self._examples.setdefault(key, []).append(example)

    def totals(self) -> dict[str, int]:
        """How many there are of each kind."""
        found: Counter[str] = Counter()
        for (kind, _), count in self._counts.items():
            found[kind] += count
        return dict(found)

    def told(self) -> list[Odd]:
        """All of them, as they were first seen."""
        return [
            Odd(kind=kind, column=column, count=count, examples=self._examples[kind, column])
            for (kind, column), count in self._counts.items()
        ]
