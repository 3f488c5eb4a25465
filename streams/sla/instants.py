"""Instants: `int` UTC milliseconds inside, RFC 3339 with `Z` and milliseconds outside."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final

from librt.strings import BytesWriter, read_i16_be, read_i64_be, write_i16_be, write_i64_be
from librt.vecs import vec
from mypy_extensions import i16, i64

from streams.sla.digits import write_decimal
from streams.sla.zone_names import zone_info

MINUTE_MS: Final = 60_000
DAY_MS: Final = 86_400_000
LONGEST_MS: Final = 3_653 * DAY_MS
"""Ten years: no promise is longer.  What is longer is a slip of the pen, and may lie beyond the end of the calendar."""
NEVER: Final = 2**62 - 1
"""An instant that does not come, or how long it lies ahead.  Native code needs an object for a greater number."""
FOREVER: Final = "9999-12-31T23:59:59.999Z"
"""How an instant is written that does not come."""
BEGINNING: Final = "0001-01-01T00:00:00.000Z"
"""How an instant is written that lies before the calendar."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = -62_135_596_800_000
_LAST: Final = 253_402_300_799_999
_MINUTES: Final = b"".join(b"\0\0T%02d:%02d" % divmod(minute, 60) for minute in range(1440))
_SECONDS: Final = b"".join(b":%02d.\0\0\0Z" % second for second in range(60))
_MILLISECONDS: Final = b"".join(b"\0\0\0\0%03d\0" % millisecond for millisecond in range(1000))
"""Parts of an instant, eight bytes each: three words make one, and where two parts share a word the other has zeros."""
_WORD: Final = 8
_UNITS: Final[list[bytes]] = [b" d", b" h", b" min", b" s"]
_LENGTHS: Final[list[i64]] = [86_400, 3_600, 60, 1]
_SPACE: Final = 32
_MOST_ZONES: Final = 4096
_PLACES: Final = 1024
_NO_DAY: Final = 1 << 40

_epochs: Final[dict[tzinfo | None, datetime]] = {}


def from_datetime(moment: datetime) -> int:
    """UTC milliseconds of an aware datetime, rounded down.

    Reckoned from the epoch as the datetime's own offset has it: between two of one zone no offset need be asked for.
    """
    zone = moment.tzinfo
    epoch = _epochs.get(zone)
    since = moment - (_epoch(zone) if epoch is None else epoch)
    return from_timedelta(since)


def from_timedelta(duration: timedelta) -> int:
    """Whole milliseconds of a duration, rounded down."""
    days: i64 = duration.days
    seconds: i64 = duration.seconds
    microseconds: i64 = duration.microseconds
    return days * 86_400_000 + seconds * 1000 + microseconds // 1000


def _epoch(zone: tzinfo | None) -> datetime:
    """The epoch in a zone of a fixed offset; in any other, one zone's difference may not be that of the instants."""
    if not isinstance(zone, timezone):
        return _EPOCH
    if len(_epochs) >= _MOST_ZONES:
        _epochs.clear()
    epoch = _epochs[zone] = _EPOCH.astimezone(zone)
    return epoch


def rfc3339(instant: int) -> str:
    """`2026-11-01T08:30:00.000Z`; what lies before the year 1 or after 9999 is written as their first or last."""
    to = BytesWriter()
    write_instant(to, instant)
    return to.getvalue().decode()


def write_instant(to: BytesWriter, instant: int) -> None:
    """Append what `rfc3339` gives, in three words of eight bytes from small tables."""
    if instant > _LAST or instant < _FIRST:
        to.write(FOREVER.encode() if instant > 0 else BEGINNING.encode())
        return
    at: i64 = instant
    day: i64 = at // 86_400_000
    rest: i64 = at - day * 86_400_000
    minute: i64 = rest // 60_000
    rest -= minute * 60_000
    second: i64 = rest // 1000
    place = _dates.place(day)
    write_i64_be(to, _dates.months[place])
    write_i64_be(to, _dates.days[place] << 48 | read_i64_be(_MINUTES, minute * _WORD))
    write_i64_be(to, read_i64_be(_SECONDS, second * _WORD) | read_i64_be(_MILLISECONDS, (rest - second * 1000) * _WORD))


def write_date(to: BytesWriter, day: i64) -> None:
    """Append a day since 1970: `2026-11-01`."""
    place = _dates.place(day)
    write_i64_be(to, _dates.months[place])
    write_i16_be(to, i16(_dates.days[place]))


class _Dates:
    """Dates that have been written.  Each has one place where it can be, and takes it from the one before."""

    def __init__(self) -> None:
        self._known = vec[i64]([_NO_DAY] * _PLACES)
        """Days since 1970."""
        self.months = vec[i64]([0] * _PLACES)
        """The eight bytes of `2026-11-`."""
        self.days = vec[i64]([0] * _PLACES)
        """The two bytes of the day."""

    def place(self, day: i64) -> i64:
        """Where the date of a day is."""
        place = day & (_PLACES - 1)
        if self._known[place] != day:
            date = (_EPOCH + timedelta(days=int(day))).date().isoformat().encode()
            self.months[place] = read_i64_be(date, 0)
            self.days[place] = i64(read_i16_be(date, _WORD))
            self._known[place] = day
        return place


_dates: Final = _Dates()


@lru_cache(maxsize=65_536)
def end_of_local_day(ordinal: int, time_zone: str) -> int:
    """The last millisecond of a local date (a proleptic ordinal, as `date.toordinal`) in an IANA time zone.

    The last day of all, which many systems write for "never", ends with the last instant that can be written.
    Raises `zoneinfo.ZoneInfoNotFoundError` for a zone that does not exist.
    """
    if ordinal >= date.max.toordinal():
        return _LAST
    tomorrow = date.fromordinal(ordinal + 1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone_info(time_zone))
    return from_datetime(midnight) - 1


def describe(duration: int) -> str:
    """A duration for people: `3 h 20 min`, `45 s`; at most two units."""
    to = BytesWriter()
    write_description(to, duration)
    return to.getvalue().decode()


def write_description(to: BytesWriter, duration: int) -> None:
    """Append what `describe` gives."""
    rest: i64 = abs(duration) // 1000
    begun = False
    for place in range(4):
        length = _LENGTHS[place]
        count: i64 = rest // length
        if count:
            if begun:
                to.append(_SPACE)
            write_decimal(to, count)
            to.write(_UNITS[place])
            if begun:
                return
            begun = True
            rest -= count * length
    if not begun:
        write_decimal(to, abs(duration))
        to.write(b" ms")
