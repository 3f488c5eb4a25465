"""A batch on its way through Faust: from the consumer by way of an agent to the partition task."""

from typing import Protocol

from streams.kafka.errors import DeliveryLost
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
    sent: int
    taken: int
    receiver: Receiver


class Delivery:
    """The value of the one Faust message that stands for a partition batch."""

    __slots__ = ("_generation", "_hop", "_number", "batch")

    def __init__(self, batch: SourceBatch, hop: Hop) -> None:
        self.batch = batch
        self._hop = hop
        self._generation = hop.generation
        self._number = hop.sent
        hop.sent += 1

    def hand_over(self) -> None:
        """Give the batch to its partition task, unless reading has begun anew since it was fetched.

        Raises `DeliveryLost` when the one before it was not handed over: who took this one would lose records.
        """
        hop = self._hop
        if self._generation != hop.generation:
            return
        if self._number != hop.taken:
            raise DeliveryLost(
                f"Of {self.batch.topic} the batch {self._number} of a reading came, and {hop.taken} before it never did"
            )
        hop.taken += 1
        hop.receiver.offer(self.batch)
