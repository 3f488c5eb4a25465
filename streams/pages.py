"""YAML pages whose every value knows the file, line and column it was written at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from streams.errors import PolicyError

T = TypeVar("T")

_TEXT_TAGS = ("tag:yaml.org,2002:timestamp",)
_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]+)`)?$", re.DOTALL)


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
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file}: cannot be read as a {what}: {error}"
        raise PolicyError(message) from error
    return parse_page(text, str(file))


def parse_page(text: str, source: str) -> Value:
    """The page of a text.  Raises `PolicyError` naming line and column when it is no YAML, or has a key twice."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        return _value(root, source) if root is not None else Value(None, Place(source, 1, 1))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(source, mark.line + 1, mark.column + 1) if mark else source
        message = f"{place}: this is not YAML: {error.problem}"
        raise PolicyError(message) from error


def convert(page: Value, type_: type[T]) -> T:
    """The document of a page.  Raises `PolicyError` naming the place and path of what does not fit."""
    try:
        return msgspec.convert(page.plain(), type_)
    except msgspec.ValidationError as error:
        raise located(page, *misfit(error)) from error


def misfit(error: msgspec.ValidationError) -> tuple[str, str]:
    """The path of what does not fit, and what is wrong with it."""
    matched = _PATH.match(str(error))
    return (matched and matched["path"]) or "$", matched["what"] if matched else str(error)


def located(page: Value, path: str, what: str) -> PolicyError:
    """The error that tells what is wrong at a path of a page."""
    return PolicyError(f"{page.locate(path)}: {path}: {what}")


def _value(node: Node, source: str) -> Value:
    place = Place(source, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, MappingNode):
        content: dict[str, Value] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in content:
                raise MarkedYAMLError(problem=f"the key {name!r} is there twice", problem_mark=key.start_mark)
            content[name] = _value(value, source)
        return Value(content, place)
    if isinstance(node, SequenceNode):
        return Value([_value(item, source) for item in node.value], place)
    if node.tag in _TEXT_TAGS:
        return Value(node.value, place)
    return Value(YAML(typ="safe", pure=True).constructor.construct_object(node, deep=True), place)
