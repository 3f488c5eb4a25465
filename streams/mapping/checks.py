"""Rows that the page calls odd, and pages that a topic cannot be read with."""

from collections.abc import Callable
from typing import Any

from streams.mapping.conditions import condition
from streams.mapping.document import MappingDocument, OddityDocument
from streams.mapping.problems import Problem
from streams.mapping.times import Moments, Times
from streams.mapping.values import Values

Check = Callable[[Any, Moments], bool]


def check(document: OddityDocument, values: Values, times: Times, path: str) -> Check:
    """Whether a row is odd in this way.  Raises `Problem`."""
    holds = condition(document.when, values, f"{path}.when")
    if not document.before:
        if holds is None:
            raise Problem(path, "give when, or before with two columns")
        return lambda row, moments: holds(row)  # noqa: ARG005 - a check takes both
    if len(document.before) != 2:  # noqa: PLR2004 - one and the other
        raise Problem(f"{path}.before", "give two columns: odd is a row where the first lies before the second")
    early = times.instant(document.before[0], f"{path}.before[0]")
    late = times.instant(document.before[1], f"{path}.before[1]")

    def before(row: Any, moments: Moments) -> bool:
        if holds is not None and not holds(row):
            return False
        one, other = early(row, moments), late(row, moments)
        return one is not None and other is not None and one < other

    return before


def check_for_topics(document: MappingDocument) -> None:
    """Raises `Problem` when messages of a topic, each by itself, cannot be read so."""
    if document.format != "json":
        raise Problem("$", "messages of a topic are JSON objects: write format: json")
    if document.rows == "events" and document.shipment is not None and not document.shipment.when:
        raise Problem("$.shipment", "a topic has no first row that registers a shipment: say `when` a message does")
    if document.start is not None and document.start.base is not None:
        raise Problem("$.start.base", "messages of a topic are not counted: give at")
    if not is_text_encoding(document.encoding):
        raise Problem("$.encoding", f"there is no encoding {document.encoding!r}; give one such as utf-8")


def is_text_encoding(name: str) -> bool:
    """Whether bytes can be read as texts by this name; `hex` and `rot13` are codecs, but none of texts."""
    try:
        "".encode(name)  # of no bytes, `decode` does not look at the name
    except (LookupError, ValueError):
        return False
    return True
