"""History as records of the source topics: a line of JSON each, as `shipclock feed --dry-run` prints them."""

from codecs import BOM_UTF8
from pathlib import Path
from typing import Final

import msgspec

from streams.backtest.history import History
from streams.backtest.spool import Event
from streams.errors import ShipclockError
from streams.partition.job import CONTROL
from streams.partition.judging import SOURCES

NO_RECORD: Final = "no-record"
"""A line is none of a record."""
OTHER_TOPIC: Final = "other-topic"
_TOPICS = tuple(topic for topic in SOURCES if topic != CONTROL)


class HistoryError(ShipclockError):
    """A file with history cannot be read."""

    exit_code = 2


class _Line(msgspec.Struct, frozen=True, gc=False):
    topic: str
    key: str
    value: str
    """JSON, as the record holds it."""
    timestamp: int
    """UTC milliseconds."""


_line = msgspec.json.Decoder(_Line).decode


def read_recording(path: Path) -> History:
    """The history of a file.  What a line holds is judged by the core; a line that is none is counted as unreadable.

    Raises `HistoryError` when the file cannot be read or holds no record at all.
    """
    made = History()
    try:
        with path.open("rb") as lines:
            for number, text in enumerate(lines, 1):
                try:
                    line = _line(text.removeprefix(BOM_UTF8) if number == 1 else text)
                except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                    made.odd.add(number, NO_RECORD, str(error))
                    continue
                _take(made, line, number)
    except OSError as error:
        raise HistoryError(f"{path} cannot be read: {error.strerror}") from error
    if not len(made):
        raise HistoryError(
            f"{path} holds no record of {', '.join(_TOPICS)}; one is a line of JSON with topic, key, value, timestamp"
        )
    return made


def _take(made: History, line: _Line, number: int) -> None:
    if line.topic not in _TOPICS:
        made.odd.add(number, OTHER_TOPIC, f"a backtest does not read {line.topic}")
        return
    made.add(Event(line.topic, line.timestamp, line.key.encode(), line.value.encode(), number))
