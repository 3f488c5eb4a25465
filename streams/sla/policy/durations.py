"""Durations as they are written."""

from datetime import timedelta
from typing import Final

import msgspec

from streams.sla.instants import LONGEST_MS, from_timedelta
from streams.sla.policy.problems import Problem

_LONGEST: Final = timedelta(milliseconds=LONGEST_MS)
_REMEDY: Final = "give one such as PT72H, P3D or PT5M"


def signed(text: str, path: str) -> int:
    """Milliseconds of an ISO 8601 duration, which may be negative.  Raises `Problem`, also for more than ten years."""
    try:
        length = msgspec.convert(text, timedelta)
    except msgspec.ValidationError as error:
        raise Problem(path, f"{text!r} is not a duration; {_REMEDY}") from error
    if not -_LONGEST <= length <= _LONGEST:
        raise Problem(path, f"{text!r} is longer than ten years; {_REMEDY}")
    return from_timedelta(length)


def duration(text: str, path: str) -> int:
    """Milliseconds of an ISO 8601 duration.  Raises `Problem`, also for a negative one or more than ten years."""
    length = signed(text, path)
    if length < 0:
        raise Problem(path, f"{text!r} is negative; {_REMEDY}")
    return length
