"""Time zones: between instants (UTC milliseconds) and what a clock on the wall reads (a date and milliseconds into it).

Dates are proleptic ordinals, as `date.toordinal`.  A wall-clock time means the first instant at which the local clock
reads that time or a later one.  So a time that daylight saving skips is the end of the gap, and of a time that comes
twice it is the first.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from mypy_extensions import i64

from streams.sla.instants import DAY_MS, NEVER, from_timedelta
from streams.sla.zone_names import zone_info

EPOCH: Final = 719_163
"""The ordinal of 1970-01-01."""
LAST_INSTANT: Final = 253_402_300_799_999
"""The last millisecond of the year 9999: what lies beyond is as good as never."""
LAST_DAY: Final = 3_652_059
"""The ordinal of 9999-12-31."""

_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = -62_000_000_000_000
_LATEST: Final = 253_370_000_000_000
_CHANGES: Final = 2**31
_MOST_DAYS: Final = 20_000


class Zone:
    """One IANA time zone.  Raises `zoneinfo.ZoneInfoNotFoundError` for a name that there is not."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._info = zone_info(name)
        self._offsets: dict[int, int] = {}
        self._last_day: i64 = NEVER
        """That was asked for last, and how far ahead the clock is all day."""
        self._last_offset: i64 = 0

    def offset(self, instant: i64) -> i64:
        """Milliseconds that the local clock is ahead of UTC."""
        day: i64 = instant // DAY_MS
        if day == self._last_day:
            return self._last_offset
        known = self._offset_on(day)
        if known == _CHANGES:
            return self._look_up(instant)
        self._last_offset, self._last_day = known, day
        return known

    def _offset_on(self, day: int) -> int:
        """The offset of a whole day after 1970-01-01 UTC; `_CHANGES` where it has two."""
        known = self._offsets.get(day)
        if known is None:
            if len(self._offsets) >= _MOST_DAYS:
                self._offsets.clear()
            known = self._look_up(day * DAY_MS)
            if known != self._look_up((day + 1) * DAY_MS):
                known = _CHANGES
            self._offsets[day] = known
        return known

    def _look_up(self, instant: int) -> int:
        moment = _START + timedelta(milliseconds=min(max(instant, _EARLIEST), _LATEST))
        return from_timedelta(moment.astimezone(self._info).utcoffset() or timedelta())

    def day(self, instant: i64) -> i64:
        """The local date of an instant."""
        return EPOCH + (instant + self.offset(instant)) // DAY_MS

    def wall(self, day: int, time: int) -> int:
        """The instant of a local date and wall-clock time; a time of 24 h or more lies on the days after."""
        reading = (day - EPOCH) * DAY_MS + time
        before, after = self.offset(reading - DAY_MS), self.offset(reading + DAY_MS)
        early = reading - before
        if before == after or self.offset(early) == before:
            return early
        late = reading - after
        if self.offset(late) == after:
            return late
        while early - late > 1:  # in the gap: the clock changes after `late`, and no later than `early`
            middle = (early + late) // 2
            if self.offset(middle) == after:
                early = middle
            else:
                late = middle
        return early

    def reading(self, instant: int) -> int:
        """Milliseconds since local midnight that the clock on the wall shows."""
        return (instant + self.offset(instant)) % DAY_MS


@lru_cache(maxsize=1024)
def zone_of(name: str) -> Zone:
    """The zone of an IANA name; one object a name."""
    return Zone(name)
