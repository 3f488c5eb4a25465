"""When the journey of a row starts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from streams.mapping.document import MappingDocument
from streams.mapping.problems import Problem
from streams.mapping.times import Instant, Moments, Times

Start = Callable[[Any, int], datetime | None]
"""Takes a row and its number."""


class _Every:
    """Row after row starts so much later."""

    def __init__(self, base: datetime, step: timedelta) -> None:
        self._base = base
        self._step = step

    def __call__(self, row: Any, number: int) -> datetime:
        del row
        return self._base + (number - 1) * self._step


class _At:
    """A row says when it starts."""

    def __init__(self, at: Instant) -> None:
        self._at = at

    def __call__(self, row: Any, number: int) -> datetime | None:
        del number
        return self._at(row, Moments(None))


def start_of(document: MappingDocument, times: Times) -> Start | None:
    """What a page says of it, None where it says nothing.  Raises `Problem`."""
    start = document.start
    if start is None:
        return None
    if (start.at is None) == (start.base is None):
        raise Problem("$.start", "give at, or base with every")
    if start.at is not None:
        return _At(times.instant(start.at, "$.start.at"))
    assert start.base is not None  # noqa: S101 - one of them is there
    try:
        step = msgspec.convert(start.every, timedelta)
    except msgspec.ValidationError as error:
        raise Problem("$.start.every", f"{start.every!r} is not a duration; give one such as PT11M") from error
    return _Every(times.constant(start.base, "$.start.base"), step)
