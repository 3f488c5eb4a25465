"""Durations as they are written."""

from datetime import timedelta

import msgspec

from streams.sla.instants import from_timedelta
from streams.sla.policy.problems import Problem

_REMEDY = "give one such as PT72H, P3D or PT5M"


def signed(text: str, path: str) -> int:
    """Milliseconds of an ISO 8601 duration, which may be negative.  Raises `Problem`."""
    try:
        return from_timedelta(msgspec.convert(text, timedelta))
    except msgspec.ValidationError as error:
        raise Problem(path, f"{text!r} is not a duration; {_REMEDY}") from error


def duration(text: str, path: str) -> int:
    """Milliseconds of an ISO 8601 duration.  Raises `Problem`, also for a negative one."""
    length = signed(text, path)
    if length < 0:
        raise Problem(path, f"{text!r} is negative; {_REMEDY}")
    return length
