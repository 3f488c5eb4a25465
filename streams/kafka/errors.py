"""Errors of Kafka that a user can act on."""

from streams.errors import ShipclockError


class SourceTruncated(ShipclockError):
    """The next record to read is no longer in the log, or not in it at all: reading on would lose records."""

    exit_code = 5


class StateLost(ShipclockError):
    """The group has read on from an offset that no state is known for."""

    exit_code = 5


class PartitionsApart(ShipclockError):
    """The group gave this worker a partition that is not there of every source topic, or was not when it started."""

    exit_code = 3


class DeliveryStalled(RuntimeError):
    """An agent has not taken a batch for a long time: a programming error."""


class DeliveryLost(RuntimeError):
    """Faust has dropped a batch on its way to a task, which cannot go on without it: a programming error."""


class FetchingEnded(RuntimeError):
    """The routine of aiokafka that fetches has ended by itself: a programming error, told to nobody but the log."""
