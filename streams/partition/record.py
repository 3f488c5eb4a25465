"""A record of a source topic."""

from mypy_extensions import i64, mypyc_attr


@mypyc_attr(acyclic=True, allow_interpreted_subclasses=True)
class Record:
    """One record of a log; nobody changes it."""

    __slots__ = ("key", "offset", "timestamp", "value")

    def __init__(self, offset: i64, timestamp: i64, key: bytes | None, value: bytes | None) -> None:
        self.offset = offset
        """Place in the partition of its topic."""
        self.timestamp = timestamp
        """UTC milliseconds; append time or create time, as the topic says."""
        self.key = key
        """The bytes that chose the partition."""
        self.value = value
        """The body; None is a tombstone."""


@mypyc_attr(acyclic=True, allow_interpreted_subclasses=True)
class CreatedRecord(Record):
    """One whose timestamp its sender gave it: that proves nothing about when it was appended."""

    __slots__ = ()
