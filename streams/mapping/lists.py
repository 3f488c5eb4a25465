"""Lists in JSON objects: an event is read from every item."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from streams.mapping.cells import Cell, Paths, inside, steps_of
from streams.mapping.oddities import BAD_VALUE, Unreadable

WHOLE = "/"
"""Before a path: it starts at the object itself, not at the item of its list."""


class Item(NamedTuple):
    """One item of a list."""

    fields: Any
    whole: Any
    """The object that holds the list."""
    place: int
    """In the list, from 0."""


class Items:
    """The layout of the items of one list: paths are inside the item, or with `/` inside the whole object."""

    def __init__(self, each: str, nulls: Sequence[str], path: str, most: int | None = None) -> None:
        """`each` is the path of the list, `nulls` are texts that mean nothing, `most` is how long the list may be.

        Raises `Problem`.
        """
        self._most = most
        self._each = each
        self._steps = steps_of(each, path)
        self._inside = Paths(nulls)
        self._outside = Paths(nulls)
        self._place: int | None = None
        """Of the item that was read last; None where the whole object was."""

    def rows(self, row: Any) -> Iterator[Item]:
        """The items of an object, none where it has no such list.

        Raises `Unreadable` when there is something else in its place, or a longer list than there may be.
        """
        found = inside(row, self._steps)
        if found is None:
            return iter(())
        if not isinstance(found, list):
            self._outside.last, self._place = f"$.{self._each}", None
            raise Unreadable(BAD_VALUE, f"{self._each} is no list")
        if self._most is not None and len(found) > self._most:
            self._outside.last, self._place = f"$.{self._each}", None
            raise Unreadable(BAD_VALUE, f"{self._each} has {len(found)} items, more than {self._most}")
        return (Item(fields, row, place) for place, fields in enumerate(found))

    def has(self, name: str) -> bool:
        """Always: each item has fields of its own."""
        return bool(name)

    @property
    def last(self) -> str:
        """JSON path of the field that was read last."""
        if self._place is None:
            return self._outside.last
        return f"$.{self._each}.{self._place}{self._inside.last[1:]}"

    def cell(self, name: str, path: str) -> Cell:
        """The field of a path; numbers and truth values give their text.  Raises `Problem`."""
        if name.startswith(WHOLE):
            outside = self._outside.cell(name.removeprefix(WHOLE), path)

            def of_all(row: Item) -> str | None:
                self._place = None
                return outside(row.whole)

            return of_all
        found = self._inside.cell(name, path)

        def of_item(row: Item) -> str | None:
            self._place = row.place
            return found(row.fields)

        return of_item
