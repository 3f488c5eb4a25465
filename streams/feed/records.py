"""Records on their way to a source topic."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

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
