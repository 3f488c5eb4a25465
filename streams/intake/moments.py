"""Instants of records, read from their texts.

A `datetime` costs more to make and to take apart again than the text does to read.  What is not written in one of the
common forms - whole seconds or milliseconds, with `Z` or an offset - is read, or refused, as the contract's decoder
does; but after the rest of the record, so that of two faults the other one is told.
"""

import re
from datetime import date, datetime
from typing import Final

import msgspec
from librt.strings import read_i16_be, read_i64_be
from librt.vecs import vec
from mypy_extensions import i64

from schemas.records.inputs import Moment
from streams.intake.rejection import INVALID, Rejected
from streams.sla.instants import DAY_MS, from_datetime

UNCOMMON: Final = -(1 << 60)
"""Instead of an instant that is not written in a common form."""
_NO_DIGIT: Final = 1_000
"""Instead of a digit; larger than whatever digits may mean here, and so is what is reckoned with it."""
_DATE: Final = 10
"""Characters of a date."""
_SECONDS: Final = 19
"""And of what goes up to the seconds."""
_MILLISECONDS: Final = 23
_ZULU: Final = 1
_OFFSET: Final = 6
_PLACES: Final = 1_024
_EPOCH: Final = date(1970, 1, 1).toordinal()
_DATE_FORM: Final = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_TEXT: Final = -1
_ZERO: Final = 0x30
_NINE: Final = 9
_T: Final = 0x54
_Z: Final = 0x5A
_COLON: Final = 0x3A
_POINT: Final = 0x2E
_PLUS: Final = 0x2B
_MINUS: Final = 0x2D


def moment_of(text: str, path: str) -> datetime:
    """The instant of an RFC 3339 text.  Raises `Rejected`, which names the path."""
    try:
        return msgspec.convert(text, Moment)
    except msgspec.ValidationError as error:
        raise Rejected(INVALID, str(error), path) from None


def instant_of(text: str, path: str) -> i64:
    """UTC milliseconds of an RFC 3339 text, rounded down.  Raises `Rejected`, which names the path."""
    common = common_instant(text)
    if common == UNCOMMON:
        return from_datetime(moment_of(text, path))
    return common


def common_instant(text: str) -> i64:
    """UTC milliseconds of a text in a common form; else `UNCOMMON`."""
    spelt = text.encode()
    if len(spelt) <= _SECONDS:
        return UNCOMMON
    end: i64 = _MILLISECONDS if spelt[_SECONDS] == _POINT and len(spelt) > _MILLISECONDS else _SECONDS
    midnight, time, ahead = _midnights.of(spelt), _time(spelt, end), _ahead(spelt, end)
    if midnight == UNCOMMON or time == UNCOMMON or ahead == UNCOMMON:  # noqa: PLR1714 - faster
        return UNCOMMON
    return midnight + time - ahead


def _time(spelt: bytes, end: i64) -> i64:
    """Milliseconds since midnight, of a time of day that ends there."""
    if spelt[_DATE] != _T or spelt[13] != _COLON or spelt[16] != _COLON:
        return UNCOMMON
    hour, minute, second = _two(spelt, 11), _two(spelt, 14), _two(spelt, 17)
    millisecond: i64 = 0
    if end == _MILLISECONDS:
        millisecond = _two(spelt, 20) * 10 + _digit(spelt, 22)
    if hour > 23 or minute > 59 or second > 59 or millisecond > 999:  # noqa: PLR2004 - as clocks go
        return UNCOMMON
    return hour * 3_600_000 + minute * 60_000 + second * 1_000 + millisecond


def _ahead(spelt: bytes, place: i64) -> i64:
    """Milliseconds that local time is ahead of UTC, by the offset with which a text ends."""
    sign, size = spelt[place], len(spelt)
    if sign == _Z:
        return 0 if size == place + _ZULU else UNCOMMON
    if (sign != _PLUS and sign != _MINUS) or size != place + _OFFSET or spelt[place + 3] != _COLON:  # noqa: PLR1714 - faster
        return UNCOMMON
    hour, minute = _two(spelt, place + 1), _two(spelt, place + 4)
    if hour > 23 or minute > 59:  # noqa: PLR2004 - as clocks go
        return UNCOMMON
    ahead = hour * 3_600_000 + minute * 60_000
    return ahead if sign == _PLUS else -ahead


def _two(spelt: bytes, at: i64) -> i64:
    """The number of two digits."""
    return _digit(spelt, at) * 10 + _digit(spelt, at + 1)


def _digit(spelt: bytes, at: i64) -> i64:
    digit: i64 = i64(spelt[at]) - _ZERO
    if digit < 0 or digit > _NINE:
        return _NO_DIGIT
    return digit


class _Midnights:
    """Dates that have been read.  Each has one place where it can be, and takes it from the one before."""

    def __init__(self) -> None:
        self._months = vec[i64]([_NO_TEXT] * _PLACES)
        """The eight bytes of `2026-11-`."""
        self._days = vec[i64]([0] * _PLACES)
        """The two bytes of the day."""
        self._instants = vec[i64]([0] * _PLACES)
        """UTC milliseconds at which they begin."""

    def of(self, spelt: bytes) -> i64:
        """When the date with which a text begins begins, UTC milliseconds; `UNCOMMON` for what is no date."""
        month = read_i64_be(spelt, 0)
        day: i64 = i64(read_i16_be(spelt, 8))
        place = (month >> 8 ^ month >> 3 ^ month >> 29 ^ day ^ day >> 3) & (_PLACES - 1)
        if self._months[place] == month and self._days[place] == day:
            return self._instants[place]
        if not _DATE_FORM.match(spelt):
            return UNCOMMON
        try:
            ordinal = date.fromisoformat(spelt[:_DATE].decode()).toordinal()
        except ValueError:
            return UNCOMMON
        self._months[place], self._days[place] = month, day
        self._instants[place] = midnight = (ordinal - _EPOCH) * DAY_MS
        return midnight


_midnights: Final = _Midnights()
