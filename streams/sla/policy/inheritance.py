"""One page on top of another: `extends`."""

from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

from streams.errors import PolicyError
from streams.pages import Value, located, read_page

Finder = Callable[[str, Value], Value]
"""From a name after `extends`, and the page that names it, to the page that is meant."""


class Kind(NamedTuple):
    """Pages of one kind."""

    name: str
    shipped: str
    """The folder of `streams` with those that come with Shipclock."""


class Library:
    """Where pages that are extended are found: beside the page that names them, or among those of Shipclock.

    A page may extend the one of Shipclock that has its own name.
    """

    def __init__(self, kind: Kind, folder: Path, page: Path | None = None) -> None:
        """`page` is the one to begin with, where it is a file."""
        self._kind = kind
        self._folder = folder
        self._seen = [] if page is None else [page.resolve()]

    def find(self, name: str, named: Value) -> Value:
        """The page of a name.  Raises `PolicyError`."""
        file_name = name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"
        beside = self._folder / file_name
        if beside.is_file() and beside.resolve() not in self._seen[-1:]:
            return self._read(beside, named)
        with as_file(files("streams") / self._kind.shipped) as shipped:
            if (shipped / file_name).is_file():
                return self._read(shipped / file_name, named)
            if beside.is_file():
                return self._read(beside, named)
            known = ", ".join(sorted(page.stem for page in shipped.glob("*.yaml")))
        message = f"{named.place}: $.extends: no {file_name} in {self._folder.resolve()}; with Shipclock come {known}"
        raise PolicyError(message)

    def _read(self, file: Path, named: Value) -> Value:
        if file.resolve() in self._seen:
            message = f"{named.place}: $.extends: {file.name} extends itself by way of this page: break the circle"
            raise PolicyError(message)
        self._seen.append(file.resolve())
        self._folder = file.parent
        return read_page(file, self._kind.name)


def inherited(page: Value, find: Finder) -> Value:
    """A page with everything that it takes over.

    Mappings merge, clocks merge by their name, `null` takes something away, everything else is replaced.  Raises
    `PolicyError` where `extends` is no name.  What `find` raises passes through; it also sees to it that pages do not
    extend each other in a circle.
    """
    content = page.content
    if not isinstance(content, dict) or "extends" not in content:
        return page
    name = content["extends"]
    if not isinstance(name.content, str):
        raise located(page, "$.extends", "a page extends one other: give its name")
    base = inherited(find(name.content, name), find)
    rest = Value({key: value for key, value in content.items() if key != "extends"}, page.place)
    return merged(base, rest)


def merged(base: Value, own: Value) -> Value:
    """`own` on top of `base`."""
    if isinstance(base.content, dict) and isinstance(own.content, dict):
        content = dict(base.content)
        for key, value in own.content.items():
            if value.content is None:
                content.pop(key, None)
            elif key in content:
                content[key] = merged(content[key], value)
            else:
                content[key] = value
        return Value(content, own.place)
    if _named(base) and _named(own):
        return _by_name(base, own)
    return own


def _named(value: Value) -> bool:
    """Whether it is a list of things that have a name."""
    content = value.content
    return isinstance(content, list) and all(isinstance(one.content, dict) and "name" in one.content for one in content)


def _name(one: Value) -> str | None:
    """What a thing is called; None where that is no text, which reading the page tells."""
    name = one.content["name"].content
    return name if isinstance(name, str) else None


def _by_name(base: Value, own: Value) -> Value:
    """Two lists of named things: what has the same name is merged in its place, what is new follows.

    A thing that is nothing but a name and `remove: true` is taken away.
    """
    changes = {name: one for one in own.content if (name := _name(one)) is not None}
    kept: list[Value] = []
    for one in base.content:
        name = _name(one)
        change = None if name is None else changes.pop(name, None)
        if change is None:
            kept.append(one)
        elif "remove" not in change.content:
            kept.append(merged(one, change))
    kept.extend(changes.values())
    kept.extend(one for one in own.content if _name(one) is None)
    return Value(kept, own.place)
