"""What is wrong or strange about a row: told by row, counted by kind, never hidden."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

SHORT_ROW: Final = "short-row"
"""A row has fewer cells than the header names."""
LONG_ROW: Final = "long-row"
"""A row has more cells than the header names, and they hold something."""
MANY_LINES: Final = "many-lines"
"""A row runs over several lines: so does a text with line breaks, and so does all after a quote that is not closed."""
REPEATED_SHIPMENT: Final = "repeated-shipment"
"""A row says again what an earlier one says."""
CONFLICTING_SHIPMENT: Final = "conflicting-shipment"
"""A row says something else about a shipment than an earlier one, and both count."""
MISSING: Final = "missing-value"
"""A value that the record cannot do without is not there."""
BAD_TIME: Final = "bad-time"
"""A text is no time of the declared formats."""
BAD_NUMBER: Final = "bad-number"
BAD_VALUE: Final = "bad-value"
"""A value is of a kind that does not fit: a list where a text is needed, an unknown time zone."""
NOT_JSON: Final = "not-json"
UNKNOWN_CODE: Final = "unknown-code"
"""A code that the table does not hold; it is kept as it is."""
SKIPPED_HOUR: Final = "skipped-hour"
"""A local time that did not exist: clocks were put forward over it.  It counts as if they had not been."""
REPEATED_HOUR: Final = "repeated-hour"
"""A local time that came twice: clocks were put back over it.  It counts as the first one."""

LOST: Final = frozenset({SHORT_ROW, LONG_ROW, MISSING, BAD_TIME, BAD_NUMBER, BAD_VALUE, NOT_JSON})
"""Kinds that cost a record; the others are only told."""


Tell = Callable[[str, str], None]
"""Takes kind and detail of something odd about the row under way."""


class Oddity(Struct, frozen=True, gc=False):
    """One thing that is wrong or strange about a row."""

    line: int
    """Of the file where the row begins, from 1; 0 for messages of a topic."""
    kind: str
    """One of this module, or a name that the mapping gives."""
    detail: str = ""
    path: str = "$"
    """Of the field: `$.events.2.time` in a JSON object, `$.promised` for a column; `$` for the row itself."""


class Unreadable(Exception):
    """A value of a row cannot be read."""

    def __init__(self, kind: str, detail: str) -> None:
        """`kind` of this module; `detail` names column and value."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
