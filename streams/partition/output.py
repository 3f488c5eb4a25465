"""A record for an output topic."""

from collections.abc import Iterable

from mypy_extensions import mypyc_attr

Headers = Iterable[tuple[str, bytes]]


@mypyc_attr(acyclic=True)
class Output:
    """One record for an output topic; nobody changes it."""

    __slots__ = ("headers", "key", "partition", "timestamp", "topic", "value")

    def __init__(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers,
        partition: int | None = None,
        timestamp: int | None = None,
    ) -> None:
        self.topic = topic
        """Short name, without the namespace: `breach-alerts`."""
        self.key = key
        self.value = value
        self.headers = headers
        self.partition = partition
        """Where it goes; None is the partition of the task."""
        self.timestamp = timestamp
        """Create time, UTC milliseconds; None is when it is written.  Topics with append time override both."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Output) and self._fields() == other._fields()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Output{self._fields()!r}"

    def _fields(self) -> tuple[object, ...]:
        return (self.topic, self.key, self.value, self.headers, self.partition, self.timestamp)
