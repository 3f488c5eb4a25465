"""YAML pages whose every value knows the file, line and column it was written at."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from streams.errors import PolicyError
from streams.misfits import misfit

T = TypeVar("T")

MOST_VALUES: Final = 100_000
"""How many values a page may have, each counted as often as aliases repeat it."""
DEEPEST: Final = 50
"""How many lists and mappings of a page may be within each other."""

_TEXT_TAGS = ("tag:yaml.org,2002:timestamp",)
_UNQUOTED: Final = "write `setting: value`, one a line, and a text in quotes"
_TOO_DEEP: Final = f"lists and mappings are nested too deeply; {DEEPEST} within each other are the most"


class Place(NamedTuple):
    """Where something is written."""

    source: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


@dataclass(slots=True)
class Value:
    """A value of a page: `content` is a dict or list of values, or a scalar."""

    content: Any
    place: Place

    def plain(self) -> Any:
        """The content without its places."""
        if isinstance(self.content, dict):
            return {name: value.plain() for name, value in self.content.items()}
        if isinstance(self.content, list):
            return [value.plain() for value in self.content]
        return self.content

    def places(self, path: str = "$") -> Iterator[tuple[str, Place]]:
        """Every path in it, `$.clocks[2].name`, and where that is written."""
        yield path, self.place
        if isinstance(self.content, dict):
            for name, value in self.content.items():
                yield from value.places(f"{path}.{name}")
        elif isinstance(self.content, list):
            for number, value in enumerate(self.content):
                yield from value.places(f"{path}[{number}]")

    def locate(self, path: str) -> Place:
        """Where a path is written, or the nearest part around it."""
        known = dict(self.places())
        while path not in known and path != "$":
            path = path.rpartition("[" if path.endswith("]") else ".")[0] or "$"
        return known[path]


def read_page(file: Path, what: str) -> Value:
    """The page of a file; `what` it is meant to be goes into the error.  Raises `PolicyError`."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        message = f"{file}: cannot be read as a {what}: {error.strerror}; name a YAML file"
        raise PolicyError(message) from error
    except UnicodeDecodeError as error:
        message = f"{file}: cannot be read as a {what}: byte {error.start} is no UTF-8; write it in UTF-8"
        raise PolicyError(message) from error
    return parse_page(text, str(file))


def parse_page(text: str, source: str) -> Value:
    """The page of a text.

    Raises `PolicyError` naming line and column when it is no YAML, has a key twice, is empty, or is too large to read.
    """
    page = compose(text, source)
    if page is None:
        message = f"{source}:1:1: $: the page is empty: write it, or name another"
        raise PolicyError(message)
    return page


def compose(text: str, source: str, *, quoting: bool = True) -> Value | None:
    """The page of a text, None where it is empty.

    Raises `PolicyError` as `parse_page` does; without `quoting` it shows nothing of what is written but names of keys,
    and has no cause that would.
    """
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        return None if root is None else _Reading(source, quoting=quoting).value(root, 1)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(source, mark.line + 1, mark.column + 1) if mark else source
        what = error.problem if quoting or isinstance(error, _Refusal) else _UNQUOTED
        message = f"{place}: this is not YAML: {what}"
        raise PolicyError(message) from (error if quoting else None)
    except YAMLError as error:
        what = str(error).splitlines()[0] if quoting else "some character is none of a text"
        message = f"{source}: this is not YAML: {what}; write it as text in UTF-8, without control characters"
        raise PolicyError(message) from (error if quoting else None)
    except RecursionError as error:
        message = f"{source}: {_TOO_DEEP}"
        raise PolicyError(message) from error


def convert(page: Value, type_: type[T]) -> T:
    """The document of a page.  Raises `PolicyError` naming the place and path of what does not fit."""
    content = page.plain()
    try:
        return msgspec.convert(content, type_)
    except msgspec.ValidationError as error:
        raise located(page, *misfit(error, content, type_)) from error


def located(page: Value, path: str, what: str) -> PolicyError:
    """The error that tells what is wrong at a path of a page."""
    return PolicyError(f"{page.locate(path)}: {path}: {what}")


class _Refusal(MarkedYAMLError):
    """What we say ourselves against a page, not the library."""


class _Reading:
    """From the nodes of one page to its values; what aliases repeat is read once."""

    def __init__(self, source: str, *, quoting: bool) -> None:
        self._source = source
        self._quoting = quoting
        self._constructor = YAML(typ="safe", pure=True).constructor
        self._known: dict[Node, tuple[Value, int, int]] = {}
        """Values of lists and mappings, with how many values and levels are in them."""
        self._open: set[Node] = set()

    def value(self, node: Node, depth: int) -> Value:
        """The value of a node.  Raises `MarkedYAMLError`, also for a page that is too large."""
        return self._read(node, depth)[0]

    def _read(self, node: Node, depth: int) -> tuple[Value, int, int]:
        """A value, how many values it is with all within it, and how many levels."""
        place = Place(self._source, node.start_mark.line + 1, node.start_mark.column + 1)
        if not isinstance(node, MappingNode | SequenceNode):
            return Value(self._scalar(node), place), 1, 0
        if node in self._open:
            raise _refused(node, "it contains itself by way of an alias: write out what is meant")
        found = self._known.get(node)
        if depth + (0 if found is None else found[2] - 1) > DEEPEST:
            raise _refused(node, _TOO_DEEP)
        if found is None:
            self._open.add(node)
            found = self._known[node] = self._collection(node, place, depth)
            self._open.remove(node)
        return found

    def _collection(self, node: Node, place: Place, depth: int) -> tuple[Value, int, int]:
        names: dict[str, None] = {}
        values: list[Value] = []
        size, levels = 1, 0
        for item in node.value:
            key, node_of_value = item if isinstance(node, MappingNode) else (None, item)
            if key is not None:
                names[_name(key, names)] = None
            value, within, below = self._read(node_of_value, depth + 1)
            values.append(value)
            size, levels = size + within, max(levels, below)
            if size > MOST_VALUES:
                raise _refused(node, f"more than {MOST_VALUES:,} values, as often as aliases repeat them: repeat less")
        content = dict(zip(names, values, strict=True)) if isinstance(node, MappingNode) else values
        return Value(content, place), size, levels + 1

    def _scalar(self, node: Node) -> Any:
        if node.tag in _TEXT_TAGS:
            return node.value
        try:
            return self._constructor.construct_object(node, deep=True)
        except (ValueError, KeyError) as error:
            what = repr(node.value) if self._quoting else "this"
            raise _refused(node, f"{what} is no {str(node.tag).rpartition(':')[2]}: quote it") from error


def _name(key: Node, known: Collection[str]) -> str:
    if not isinstance(key, ScalarNode):
        raise _refused(key, "a list or a mapping is no key: write a name")
    if key.value in known:
        raise _refused(key, f"the key {key.value!r} is there twice")
    return str(key.value)


def _refused(node: Node, what: str) -> _Refusal:
    return _Refusal(problem=what, problem_mark=node.start_mark)
