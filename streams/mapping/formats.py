"""Formats of times: `iso`, `unix`, `unix-ms` and those of strptime, of which the plain ones are read faster here."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

Parse = Callable[[str], datetime | None]
"""Reads a text; None when it is not of the format.  What it gives is naive where the format has no offset."""

_FIELDS: Final = {
    "%Y": ("year", r"(?P<year>\d{4})"),
    "%m": ("month", r"(?P<month>\d{2})"),
    "%d": ("day", r"(?P<day>\d{2})"),
    "%H": ("hour", r"(?P<hour>\d{2})"),
    "%M": ("minute", r"(?P<minute>\d{2})"),
    "%S": ("second", r"(?P<second>\d{2})"),
}
_DIRECTIVE = re.compile(r"%.|[^%]+")


def parser(form: str) -> Parse:
    """The parser of a format.  Raises `ValueError` for one that strptime does not know."""
    if form == "iso":
        return _iso
    if form == "unix":
        return _since_1970(1)
    if form == "unix-ms":
        return _since_1970(1000)
    plain = _pattern(form)
    datetime.strptime(datetime(2000, 2, 1, tzinfo=UTC).strftime(form), form)  # noqa: DTZ007 - a trial
    return _strptime(form) if plain is None else _digits(plain, form)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _since_1970(fraction: int) -> Parse:
    def parse(text: str) -> datetime | None:
        try:
            return datetime.fromtimestamp(float(text) / fraction, UTC)
        except (ValueError, OverflowError, OSError):
            return None

    return parse


def _strptime(form: str) -> Parse:
    def parse(text: str) -> datetime | None:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the caller's
        except ValueError:
            return None

    return parse


def _pattern(form: str) -> re.Pattern[str] | None:
    """The pattern of a format of digits alone that has year, month and day, each once."""
    pieces = _DIRECTIVE.findall(form)
    fields = [piece for piece in pieces if piece in _FIELDS]
    if len(set(fields)) < len(fields) or not {"%Y", "%m", "%d"} <= set(fields):
        return None
    if any(piece.startswith("%") and piece not in _FIELDS for piece in pieces) or re.search(r"\s{2}", form):
        return None
    return re.compile(
        "".join(_FIELDS[piece][1] if piece in _FIELDS else re.escape(piece) for piece in pieces), re.ASCII
    )


def _digits(pattern: re.Pattern[str], form: str) -> Parse:
    """Where a text has all its digits; what else strptime takes, as a day of one digit, is left to it."""
    order = [name for name in ("year", "month", "day", "hour", "minute", "second") if name in pattern.groupindex]
    match, strptime = pattern.fullmatch, _strptime(form)

    def parse(text: str) -> datetime | None:
        found = match(text)
        if found is None:
            return strptime(text)
        parts = {name: int(part) for name, part in zip(order, found.group(*order), strict=True)}
        try:
            return datetime(**parts)  # type: ignore[arg-type]  # noqa: DTZ001 - the zone is the caller's
        except ValueError:
            return None

    return parse
