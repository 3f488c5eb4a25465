"""From a `Text` of the page to a function that reads it from a row."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from streams.mapping.cells import Cell, Layout
from streams.mapping.document import Text, ValueDocument
from streams.mapping.oddities import BAD_NUMBER, BAD_VALUE, MISSING, Tell, Unreadable
from streams.mapping.problems import Problem
from streams.mapping.tables import Table
from streams.vocabularies import NoVocabulary, load_vocabulary

T = TypeVar("T")

_LARGEST: Final = 10**15
_FIELD = re.compile(r"\{([^{}]+)\}")
_YES = frozenset({"true", "yes", "y", "1", "t"})
_NO = frozenset({"false", "no", "n", "0", "f"})


class Values:
    """Compiles values for one layout of rows."""

    def __init__(self, layout: Layout, tell: Tell, folder: str) -> None:
        """`tell` takes what is odd about a row; `folder` is where vocabularies beside the page are."""
        self.layout = layout
        self._tell = tell
        self._folder = folder

    def text(self, text: Text, path: str) -> Cell:
        """A value that may not be there.  Raises `Problem`."""
        if isinstance(text, ValueDocument):
            return self._value(text, path)
        if "{" in text:
            return self._template(text, path)
        return self.layout.cell(text, path)

    def optional(self, text: Text | None, path: str) -> Cell:
        """A value that the page may not speak of."""
        return _nothing if text is None else self.text(text, path)

    def constant_or(self, text: Text, path: str) -> Cell:
        """A value that is meant as it stands when it is a plain text: a code, the kind of a case."""
        if isinstance(text, str) and "{" not in text:
            return constant(text)
        return self.text(text, path)

    def _template(self, text: str, path: str) -> Cell:
        """All fields filled in; nothing where one of them holds nothing."""
        pieces = _FIELD.split(text)
        cells = [self.layout.cell(name, path) for name in pieces[1::2]]
        fixed = pieces[::2]

        def template(row: Any) -> str | None:
            parts = [fixed[0]]
            for cell, after in zip(cells, fixed[1:], strict=True):
                found = cell(row)
                if found is None:
                    return None
                parts += (found, after)
            return "".join(parts)

        return template

    def _value(self, value: ValueDocument, path: str) -> Cell:
        given = [name for name in ("column", "first", "constant") if getattr(value, name) not in (None, [])]
        if len(given) != 1:
            raise Problem(path, "give one of column, first and constant")
        if value.constant is not None:
            return constant(spelled(value.constant))
        if value.column is not None:
            cell = self.text(value.column, f"{path}.column")
        else:
            cell = _first([self.text(name, f"{path}.first[{n}]") for n, name in enumerate(value.first)])
        table = self._table(value, path)
        if table is None:
            if value.beside is not None:
                raise Problem(f"{path}.beside", "only a table or a vocabulary can say what two values mean together")
            return cell
        if value.beside is not None:
            return table.of_two(cell, self.text(value.beside, f"{path}.beside"), self._tell)
        return table.of_one(cell, self._tell)

    def _table(self, value: ValueDocument, path: str) -> Table | None:
        otherwise = None if value.otherwise is None else spelled(value.otherwise)
        if value.vocabulary is None:
            meanings = {name: None if meant is None else spelled(meant) for name, meant in value.table.items()}
            return Table(meanings, (), otherwise) if meanings else None
        if value.table:
            raise Problem(f"{path}.vocabulary", "there is a table, too: give one of them")
        try:
            vocabulary = load_vocabulary(value.vocabulary, self._folder)
        except NoVocabulary as missing:
            raise Problem(f"{path}.vocabulary", str(missing)) from missing
        return Table(vocabulary.table(), vocabulary.strip, otherwise)


def _first(cells: Sequence[Cell]) -> Cell:
    def first(row: Any) -> str | None:
        for cell in cells:
            found = cell(row)
            if found is not None:
                return found
        return None

    return first


def _nothing(row: Any) -> str | None:
    del row
    return None


def constant(text: str) -> Cell:
    """The same for every row."""

    def always(row: Any) -> str | None:
        del row
        return text

    return always


def spelled(value: str | float | bool) -> str:  # noqa: FBT001 - a scalar of the page
    """A scalar as cells spell it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def needed(cell: Cell, what: str) -> Callable[[Any], str]:
    """The value, which a record of ours cannot do without."""

    def need(row: Any) -> str:
        found = cell(row)
        if found is None:
            raise Unreadable(MISSING, what)
        return found

    return need


def number(cell: Cell, what: str, type_: Callable[[str], T]) -> Callable[[Any], T | None]:
    """A number of some type, None where the cell holds nothing."""

    def read(row: Any) -> T | None:
        found = cell(row)
        if found is None:
            return None
        try:
            return type_(found)
        except (ValueError, ArithmeticError):
            raise Unreadable(BAD_NUMBER, f"{what}: {found!r}") from None

    return read


def measured(cell: Cell, what: str, type_: Callable[[str], float | Decimal]) -> Callable[[Any], Any]:
    """A number of something that can be weighed or paid: finite, and not below 0."""

    def within(text: str) -> float | Decimal:
        value = type_(text)
        if not 0 <= value <= _LARGEST:
            raise ValueError(text)
        return value

    return number(cell, f"{what} is not from 0 to 1e15", within)


def truth(cell: Cell, what: str) -> Callable[[Any], bool]:
    """A truth value; a cell that holds nothing means no."""

    def read(row: Any) -> bool:
        found = cell(row)
        text = "no" if found is None else found.lower()
        if text in _YES:
            return True
        if text in _NO:
            return False
        raise Unreadable(BAD_VALUE, f"{what}: {found!r} is neither yes nor no")

    return read
