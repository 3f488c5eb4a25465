"""From a `Time` of the page to a function that reads it from a row."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfoNotFoundError

from streams.mapping.cells import Cell
from streams.mapping.document import Time, TimeDocument, TimesDocument
from streams.mapping.local_times import LONGEST_KNOWN, MOST_KNOWN, LocalTimes, later
from streams.mapping.oddities import BAD_NUMBER, BAD_VALUE, Tell, Unreadable
from streams.mapping.problems import Problem
from streams.mapping.values import Values, constant
from streams.sla.zone_names import zone_info

_LONGEST: Final = timedelta(days=36_525)
_MOST_ZONES: Final = 100
"""Zones that rows name and that are remembered, as there are jobs that never end."""
_MOST_IN_A_ZONE: Final = 5_000
"""Texts that are remembered of each of them."""

Instant = Callable[[Any, "Moments"], datetime | None]
"""Reads an instant, in UTC, from a row; None where there is none.  Raises `Unreadable`."""


class Moments:
    """Of one row: when its journey started, and its latest event so far."""

    __slots__ = ("previous", "start")

    def __init__(self, start: datetime | None) -> None:
        self.start = start
        self.previous = start


def plain(cell: Callable[[Any], Any]) -> Callable[[Any, Moments], Any]:
    """A value that does not depend on the row's moments, beside those that do."""
    return lambda row, moments: cell(row)  # noqa: ARG005 - it takes both


class Times:
    """Compiles times for one layout of rows."""

    def __init__(self, usual: TimesDocument, values: Values, tell: Tell) -> None:
        """`usual` is how times are written where nothing else is said.  Raises `Problem`."""
        self._usual = usual
        self._values = values
        self._tell = tell
        self._readers: dict[tuple[tuple[str, ...], str], LocalTimes] = {}
        if not usual.formats:
            raise Problem("$.times.formats", "no text is a time of no format: give one such as iso, or leave it out")
        self.local(usual.formats, usual.zone, "$.times.zone")

    def local(self, formats: Sequence[str], zone: str, path: str, most: int = MOST_KNOWN) -> LocalTimes:
        """The reader of a zone, which remembers at `most` so many texts.

        Raises `Problem` for a zone or a format that does not exist.
        """
        key = (tuple(formats), zone)
        if key not in self._readers:
            try:
                known = zone_info(zone)
            except ZoneInfoNotFoundError as error:
                raise Problem(path, f"there is no time zone {zone!r}; give one such as Asia/Shanghai") from error
            if len(self._readers) >= _MOST_ZONES:
                self._readers.clear()  # whoever reads by one that the page names keeps it
            try:
                self._readers[key] = LocalTimes(formats, known, most)
            except ValueError as error:
                raise Problem(path, f"{error}; give iso, unix, unix-ms or a format of strptime") from error
        return self._readers[key]

    def constant(self, text: str, path: str) -> datetime:
        """An instant that stands on the page.  Raises `Problem`."""
        for formats in (self._usual.formats, ["iso"]):
            try:
                return self.local(formats, self._usual.zone, path).read(text, self._tell)
            except Unreadable:
                continue
        raise Problem(path, f"{text!r} is no time; write it as the file does, or as 2026-11-01T08:00:00Z")

    def instant(self, time: Time, path: str) -> Instant:
        """A time.  Raises `Problem`."""
        document = TimeDocument(column=time) if isinstance(time, str) else time
        given = [n for n in ("column", "first", "earliest", "latest", "constant") if getattr(document, n)]
        if document.after is not None:
            if given not in ([], ["column"]):
                raise Problem(path, "after goes with a column that holds a duration, or with none")
            return self._after(document, path)
        if len(given) != 1:
            raise Problem(path, "give one of column, first, earliest, latest and constant")
        if document.constant is not None:
            fixed = self.constant(document.constant, f"{path}.constant")
            return lambda row, moments: fixed  # noqa: ARG005 - every row has it
        names = [document.column] if document.column else document.first or document.earliest or document.latest
        cells = [
            self._values.text(name, path if document.column else f"{path}.{given[0]}[{n}]")
            for n, name in enumerate(names)
        ]
        read = self._reading(document, path)
        if len(cells) == 1:
            return _one(cells[0], read)
        if document.first:
            return _first(cells, read)
        return _extreme(cells, read, min if document.earliest else max)

    def local_day(self, time: Time, path: str) -> Callable[[Any, Moments], date | None]:
        """The local date of a time, in the zone that it is written in.  Raises `Problem`."""
        instant = self.instant(time, path)
        document = TimeDocument(column=time) if isinstance(time, str) else time
        zone = document.zone if isinstance(document.zone, str) and "/" in document.zone else self._usual.zone
        local = self.local(self._usual.formats, zone, f"{path}.zone")

        def read(row: Any, moments: Moments) -> date | None:
            found = instant(row, moments)
            return None if found is None else local.local_date(found)

        return read

    def _reading(self, document: TimeDocument, path: str) -> Callable[[str, Any], datetime]:
        """From the text of a cell, and its row, to an instant."""
        formats, tell, zone = document.formats or self._usual.formats, self._tell, document.zone
        if zone is None or (isinstance(zone, str) and ("/" in zone or zone == "UTC")):
            local = self.local(formats, zone or self._usual.zone, f"{path}.zone")
            return lambda text, row: local.read(text, tell)  # noqa: ARG005 - all rows have one zone
        where = self._values.text(zone, f"{path}.zone")

        def read(text: str, row: Any) -> datetime:
            name = where(row) or self._usual.zone
            try:
                return self.local(formats, name, path, _MOST_IN_A_ZONE).read(text, tell)
            except Problem as problem:
                raise Unreadable(BAD_VALUE, problem.what) from None

        return read

    def _after(self, document: TimeDocument, path: str) -> Instant:
        cell = self._values.text(document.column, f"{path}.column") if document.column else constant("0")
        duration = lasting(cell, document.unit, document.column or "")
        from_start = document.after == "start"

        def after(row: Any, moments: Moments) -> datetime | None:
            begun = moments.start if from_start else moments.previous
            length = duration(row)
            return None if begun is None or length is None else later(begun, length)

        return after


def _one(cell: Cell, read: Callable[[str, Any], datetime]) -> Instant:
    def one(row: Any, moments: Moments) -> datetime | None:
        del moments
        text = cell(row)
        return None if text is None else read(text, row)

    return one


def _first(cells: Sequence[Cell], read: Callable[[str, Any], datetime]) -> Instant:
    def first(row: Any, moments: Moments) -> datetime | None:
        del moments
        return next((read(text, row) for cell in cells if (text := cell(row)) is not None), None)

    return first


def _extreme(cells: Sequence[Cell], read: Callable[[str, Any], datetime], choose: Callable[..., datetime]) -> Instant:
    def extreme(row: Any, moments: Moments) -> datetime | None:
        del moments
        found = [read(text, row) for cell in cells if (text := cell(row)) is not None]
        return choose(found) if found else None

    return extreme


def lasting(cell: Cell, unit: str, what: str) -> Callable[[Any], timedelta | None]:
    """A duration, None where the cell holds nothing."""
    one = timedelta(**{unit: 1})
    known: dict[str, timedelta] = {}

    def read(row: Any) -> timedelta | None:
        text = cell(row)
        if text is None:
            return None
        found = known.get(text)
        if found is None:
            try:
                found = float(text) * one
            except (ValueError, OverflowError):
                raise Unreadable(BAD_NUMBER, f"{what}: {text!r}") from None
            if not -_LONGEST <= found <= _LONGEST:
                raise Unreadable(BAD_NUMBER, f"{what}: {text!r} {unit} are more than a hundred years")
            if len(known) < MOST_KNOWN and len(text) <= LONGEST_KNOWN:
                known[text] = found
        return found

    return read
