"""Records on their way to a source topic."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class FeedRecord(NamedTuple):
    """One record for a source topic."""

    topic: str
    """Short name, without the namespace: `parcel-scans`."""
    key: bytes | None
    value: bytes | None
    timestamp: int
    """UTC milliseconds."""


def instant(ms: int) -> datetime:
    """The moment, in UTC, that lies `ms` milliseconds after 1970."""
    return EPOCH + ms * _MILLISECOND


def milliseconds(moment: datetime) -> int:
    """UTC milliseconds of an aware moment, rounded down."""
    return (moment - EPOCH) // _MILLISECOND


def encode(record: msgspec.Struct) -> bytes:
    """JSON without the fields that say nothing."""
    return msgspec.json.encode(_stated(msgspec.to_builtins(record)))


def _stated(value: object) -> object:
    if isinstance(value, dict):
        return {name: _stated(field) for name, field in value.items() if field not in (None, [], {})}
    if isinstance(value, list | tuple):
        return [_stated(item) for item in value]
    return value
