"""A batch on its way through Faust: from the consumer by way of an agent to the partition task."""

from typing import Protocol

from streams.partition.ports import CaughtUp, SourceBatch


class Receiver(Protocol):
    """Who reads a partition; the partition task is one."""

    def offer(self, batch: SourceBatch) -> None:
        """Take a batch.  Never blocks."""

    def caught_up(self, mark: CaughtUp) -> None:
        """Take a mark.  Never blocks."""

    def has_room(self, topic: str) -> bool:
        """Return False while no more records of a topic should be delivered."""


class Hop(Protocol):
    """What a delivery must know of the reading that it belongs to."""

    generation: int
    in_flight: int
    receiver: Receiver


class Delivery:
    """The value of the one Faust message that stands for a partition batch."""

    __slots__ = ("_generation", "_hop", "batch")

    def __init__(self, batch: SourceBatch, hop: Hop) -> None:
        self.batch = batch
        self._hop = hop
        self._generation = hop.generation
        hop.in_flight += 1

    def hand_over(self) -> None:
        """Give the batch to its partition task, unless reading has begun anew since it was fetched."""
        hop = self._hop
        if self._generation == hop.generation:
            hop.in_flight -= 1
            hop.receiver.offer(self.batch)
