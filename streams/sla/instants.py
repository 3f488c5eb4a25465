"""Instants: `int` UTC milliseconds inside, RFC 3339 with `Z` and milliseconds outside."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000
FOREVER: Final = "9999-12-31T23:59:59.999Z"
"""How an instant is written that does not come."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_PREFIX_LIMIT = 50_000
_LAST = 253_402_300_799_999
_LAST_MINUTE = _LAST // MINUTE_MS

_prefixes: dict[int, str] = {}
_suffixes: dict[int, str] = {}


def from_datetime(moment: datetime) -> int:
    """UTC milliseconds of an aware datetime, rounded down."""
    since = moment - _EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def from_timedelta(duration: timedelta) -> int:
    """Whole milliseconds of a duration."""
    return duration // _MILLISECOND


def rfc3339(instant: int) -> str:
    """`2026-11-01T08:30:00.000Z`; what lies after the year 9999 is written as its last instant.

    Cached by minute: a partition writes many instants of few minutes.
    """
    minute, rest = divmod(instant, MINUTE_MS)
    try:
        return _prefixes[minute] + _suffixes[rest]
    except KeyError:
        return _format(minute, rest)


def _format(minute: int, rest: int) -> str:
    if minute > _LAST_MINUTE:
        return FOREVER
    if minute not in _prefixes:
        if len(_prefixes) >= _PREFIX_LIMIT:
            _prefixes.clear()
        _prefixes[minute] = datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:")
    if rest not in _suffixes:
        _suffixes[rest] = f"{rest // 1000:02d}.{rest % 1000:03d}Z"
    return _prefixes[minute] + _suffixes[rest]


@lru_cache(maxsize=65_536)
def end_of_local_day(ordinal: int, time_zone: str) -> int:
    """The last millisecond of a local date (a proleptic ordinal, as `date.toordinal`) in an IANA time zone.

    The last day of all, which many systems write for "never", ends with the last instant that can be written.
    Raises `zoneinfo.ZoneInfoNotFoundError` for a zone that does not exist.
    """
    if ordinal >= date.max.toordinal():
        return _LAST
    tomorrow = date.fromordinal(ordinal + 1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(time_zone))
    return from_datetime(midnight) - 1


def describe(duration: int) -> str:
    """A duration for people: `3 h 20 min`, `45 s`; at most two units."""
    seconds = abs(duration) // 1000
    parts = []
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or f"{abs(duration)} ms"
