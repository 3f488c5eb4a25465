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
LONGEST_KNOWN: Final = 64
"""Characters of a text that is remembered: times are shorter, and of longer ones many would fill the memory."""


def later(moment: datetime, length: timedelta) -> datetime:
    """The instant that lies `length` after a moment.  Raises `Unreadable` where no calendar has it."""
    try:
        return moment + length
    except OverflowError as error:
        raise Unreadable(BAD_TIME, f"{moment.isoformat()} and {length}: {error}") from None


class LocalTimes:
    """Reads texts of some formats as times of one zone."""

    def __init__(self, formats: Sequence[str], zone: ZoneInfo, most: int = MOST_KNOWN) -> None:
        """At `most` so many texts are remembered.  Raises `ValueError` for a format that there is not."""
        self._formats = tuple(formats)
        self._parsers = [parser(form) for form in formats]
        self._zone = zone
        self._most = most
        self._known: dict[str, datetime] = {}
        self._odd: dict[str, str] = {}

    def read(self, text: str, tell: Tell) -> datetime:
        """The instant, in UTC.  Raises `Unreadable`."""
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= self._most:
                self._known.clear()
                self._odd.clear()
            found, odd = self._work_out(text)
            if len(text) > LONGEST_KNOWN:
                if odd is not None:
                    tell(odd, f"{text} in {self._zone.key}")
                return found
            self._known[text] = found
            if odd is not None:
                self._odd[text] = odd
        if self._odd and text in self._odd:
            tell(self._odd[text], f"{text} in {self._zone.key}")
        return found

    def local_date(self, moment: datetime) -> date:
        """The date of an instant in this zone.  Raises `Unreadable` where no calendar has it."""
        try:
            return moment.astimezone(self._zone).date()
        except (OverflowError, ValueError) as error:
            raise Unreadable(BAD_TIME, f"{moment.isoformat()} in {self._zone.key}: {error}") from None

    def _work_out(self, text: str) -> tuple[datetime, str | None]:
        """The instant, and what is odd about it.  Raises `Unreadable`."""
        parsed = self._parsed(text)
        try:
            if parsed.tzinfo is not None:
                return parsed.astimezone(UTC), None
            first, second = parsed.replace(tzinfo=self._zone), parsed.replace(tzinfo=self._zone, fold=1)
            instant = first.astimezone(UTC)
            if first.utcoffset() == second.utcoffset():
                return instant, None
            skipped = instant.astimezone(self._zone).replace(tzinfo=None) != parsed
        except (OverflowError, ValueError) as error:
            raise Unreadable(BAD_TIME, f"{text!r}: {error}") from None
        return instant, SKIPPED_HOUR if skipped else REPEATED_HOUR

    def _parsed(self, text: str) -> datetime:
        for parse in self._parsers:
            found = parse(text)
            if found is not None:
                return found
        raise Unreadable(BAD_TIME, f"{text!r} is not {' or '.join(self._formats)}")
