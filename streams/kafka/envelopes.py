"""Records packed into producer batches, for one partition of one topic."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

HeaderList = list[tuple[str, bytes]]
"""aiokafka's packer takes no other sequence."""

Entry = tuple[bytes | None, bytes | None, HeaderList]
"""Key, value and headers of a record."""

NO_HEADERS: HeaderList = []
"""Shared by all records without headers; never changed."""


class Batch(Protocol):
    """aiokafka's `BatchBuilder`."""

    def append(
        self, *, timestamp: int | None, key: bytes | None, value: bytes | None, headers: HeaderList
    ) -> object | None:
        """Take a record; None when it does not fit."""

    def close(self) -> None:
        """Take no more."""

    def record_count(self) -> int:
        """Return how many records it holds."""


def pack(entries: Iterable[Entry], new_batch: Callable[[], Batch], timestamp: int) -> Sequence[Batch]:
    """Return closed batches that hold the entries in order.

    A batch takes records up to the producer's batch size; a record above it travels alone, and it is the broker that
    knows whether the topic allows its size.  `timestamp` is UTC milliseconds.
    """
    batches: list[Batch] = []
    batch: Batch | None = None
    for key, value, headers in entries:
        if batch is None or batch.append(timestamp=timestamp, key=key, value=value, headers=headers) is None:
            batch = new_batch()
            batches.append(batch)
            if batch.append(timestamp=timestamp, key=key, value=value, headers=headers) is None:
                raise ValueError("An empty batch refused its first record")
    for full in batches:
        full.close()
    return batches
