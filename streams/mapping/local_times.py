"""From texts to instants: declared formats, in a zone.

Texts come again and again: what one means is worked out once.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from streams.mapping.formats import parser
from streams.mapping.oddities import BAD_TIME, REPEATED_HOUR, SKIPPED_HOUR, Tell, Unreadable

MOST_KNOWN: Final = 200_000
"""Texts that are remembered."""


def later(moment: datetime, length: timedelta) -> datetime:
    """The instant that lies `length` after a moment.  Raises `Unreadable` where no calendar has it."""
    try:
        return moment + length
    except OverflowError as error:
        raise Unreadable(BAD_TIME, f"{moment.isoformat()} and {length}: {error}") from None


class LocalTimes:
    """Reads texts of some formats as times of one zone."""

    def __init__(self, formats: Sequence[str], zone: ZoneInfo) -> None:
        self._formats = tuple(formats)
        self._parsers = [parser(form) for form in formats]
        self._zone = zone
        self._known: dict[str, datetime] = {}
        self._odd: dict[str, str] = {}

    def read(self, text: str, tell: Tell) -> datetime:
        """The instant, in UTC.  Raises `Unreadable`."""
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
                self._odd.clear()
            found = self._known[text] = self._work_out(text)
        if self._odd and text in self._odd:
            tell(self._odd[text], f"{text} in {self._zone.key}")
        return found

    def local_date(self, moment: datetime) -> date:
        """The date of an instant in this zone.  Raises `Unreadable` where no calendar has it."""
        try:
            return moment.astimezone(self._zone).date()
        except (OverflowError, ValueError) as error:
            raise Unreadable(BAD_TIME, f"{moment.isoformat()} in {self._zone.key}: {error}") from None

    def _work_out(self, text: str) -> datetime:
        parsed = self._parsed(text)
        try:
            if parsed.tzinfo is not None:
                return parsed.astimezone(UTC)
            first, second = parsed.replace(tzinfo=self._zone), parsed.replace(tzinfo=self._zone, fold=1)
            instant = first.astimezone(UTC)
            if first.utcoffset() != second.utcoffset():
                skipped = instant.astimezone(self._zone).replace(tzinfo=None) != parsed
                self._odd[text] = SKIPPED_HOUR if skipped else REPEATED_HOUR
        except (OverflowError, ValueError) as error:
            raise Unreadable(BAD_TIME, f"{text!r}: {error}") from None
        return instant

    def _parsed(self, text: str) -> datetime:
        for parse in self._parsers:
            found = parse(text)
            if found is not None:
                return found
        raise Unreadable(BAD_TIME, f"{text!r} is not {' or '.join(self._formats)}")
