"""Finding a named cell in a row of a CSV file, or in a JSON object."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from streams.mapping.oddities import BAD_VALUE, Unreadable
from streams.mapping.problems import Problem, hint

Cell = Callable[[Any], str | None]
"""Gives the text of a cell, None where it holds nothing.  Raises `Unreadable`."""


class Layout(Protocol):
    """Where the cells of a row are."""

    def cell(self, name: str, path: str) -> Cell:
        """The cell of a name that stands at `path` of the page.  Raises `Problem`."""

    def has(self, name: str) -> bool:
        """Whether there may be such a cell."""

    @property
    def last(self) -> str:
        """Path of the field that was read last, `$.promised` for a column: where a row cannot be read."""


class Columns:
    """The columns of a CSV file, by its header."""

    def __init__(self, header: Sequence[str], nulls: Sequence[str]) -> None:
        """`nulls` are texts that mean that a cell holds nothing."""
        self._header = [name.strip() for name in header]
        self._nulls = frozenset(nulls) | {""}
        self.last = "$"

    def has(self, name: str) -> bool:
        """Whether the file has such a column."""
        return name in self._header

    def cell(self, name: str, path: str) -> Cell:
        """The cell of a column.  Raises `Problem` when the file has no such column."""
        if name not in self._header:
            raise Problem(path, f"the file has no column {name!r}; {hint(name, self._header)}")
        place, nulls, last = self._header.index(name), self._nulls, f"$.{name}"

        def cell(row: Sequence[str]) -> str | None:
            self.last = last
            text = row[place].strip()
            return None if text in nulls else text

        return cell


class Paths:
    """The fields of JSON objects, by paths such as `parcel.dates.0.at`."""

    def __init__(self, nulls: Sequence[str]) -> None:
        """`nulls` are texts that mean nothing, beside null."""
        self._nulls = frozenset(nulls) | {""}
        self.last = "$"

    def has(self, name: str) -> bool:
        """Always: each object has fields of its own."""
        return bool(name)

    def cell(self, name: str, path: str) -> Cell:
        """The field of a path; numbers and truth values give their text."""
        steps, nulls = steps_of(name, path), self._nulls
        place = f"$.{name}"

        def cell(row: Any) -> str | None:
            self.last = place
            found = inside(row, steps)
            if found is None:
                return None
            if isinstance(found, bool):
                return "true" if found else "false"
            if isinstance(found, dict | list):
                raise Unreadable(BAD_VALUE, f"{name} holds more than one value")
            text = str(found).strip()
            return None if text in nulls else text

        return cell


def steps_of(name: str, path: str) -> list[str]:
    """The steps of a path into an object.  Raises `Problem`."""
    steps = name.split(".")
    if not all(steps):
        raise Problem(path, f"{name!r} is no path; give one such as parcel.dates.0.at")
    return steps


def inside(row: Any, steps: Sequence[str]) -> Any:
    """What an object holds at a path; None where it ends before that."""
    found = row
    for step in steps:
        found = _inside(found, step)
    return found


def _inside(found: Any, step: str) -> Any:
    if isinstance(found, dict):
        return found.get(step)
    if isinstance(found, list) and step.isdigit() and int(step) < len(found):
        return found[int(step)]
    return None
