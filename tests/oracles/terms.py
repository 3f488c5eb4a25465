"""The words of the oracle: facts, verdicts, codes and durations."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

Json = Mapping[str, Any]
CLOSING = ["delivered", "returned", "cancelled", "lost", "destroyed"]
DAY = 86_400_000
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")


class Fact(NamedTuple):
    """A scan that holds."""

    at: int
    place: int
    scan_id: str
    code: str
    facility: str | None
    leg: str | None
    piece: str | None
    recorded: int
    """When it became known, but not before it happened."""
    case: str | None = None
    severity: str | None = None
    kind: str | None = None
    """Of the facility; so is the region."""
    region: str | None = None


class Final(NamedTuple):
    """What an instance of a clock is worth in the end.  Instants in UTC milliseconds."""

    kind: str
    """met, missed, cancelled, excused or running."""
    start: int
    due: int | None
    """None while a pause lasts that nothing has ended."""
    stopped_at: int | None = None
    reason: str | None = None


Finals = dict[tuple[str, str | None], Final]


def codes(names: str | list[str]) -> set[str]:
    """One name or several, as a set."""
    return {names} if isinstance(names, str) else set(names)


def ms(text: str) -> int:
    """UTC milliseconds of an RFC 3339 text."""
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return round(since / timedelta(milliseconds=1))


def duration(text: str) -> int:
    """Milliseconds of an ISO 8601 duration in days, hours, minutes and seconds."""
    matched = _DURATION.fullmatch(text)
    assert matched is not None, text
    sign, *parts = matched.groups()
    days, hour, minutes, seconds = (Fraction(part or 0) for part in parts)
    length = int((((days * 24 + hour) * 60 + minutes) * 60 + seconds) * 1000)
    return -length if sign else length
