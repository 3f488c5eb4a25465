"""The errors of Shipclock.  Each says what is wrong, where, and what to do."""

from collections.abc import Iterable


class ShipclockError(Exception):
    """Base of all errors that a user can act on; the command line prints them in one line."""

    exit_code = 1


class SettingsError(ShipclockError):
    """A setting is missing or wrong."""

    exit_code = 2


class PolicyError(ShipclockError):
    """A policy file is wrong; the message has file, line, column and field path."""

    exit_code = 2


class TopicMismatch(ShipclockError):
    """A topic is missing, or is configured in a way that would corrupt state."""

    exit_code = 3


def no_topic(name: str) -> str:
    """Say that a topic is missing, and what to do."""
    return f"there is no topic {name}: run shipclock topics apply"


class NotAllowed(ShipclockError):
    """The brokers know who asks, and refuse: a right is missing."""

    exit_code = 3


def not_granted(operations: str, kind: str, name: str) -> str:
    """Say which right is missing; `kind` is what Kafka calls the thing, several names are separated by commas."""
    return f"Not allowed: grant {operations} on {kind} {name} to this user"


class KafkaUnavailable(ShipclockError):
    """No broker answers, or none lets us in."""

    exit_code = 4


def no_answer(servers: str | Iterable[str], cause: object) -> str:
    """Say that no broker answers, and what to do; `servers` are host:port, in one text separated by commas."""
    return (
        f"No Kafka broker answers at {_listed(servers)} ({cause}): check the address, that Kafka runs and that the"
        " security settings are those of the listener"
    )


def not_let_in(servers: str | Iterable[str], reason: str) -> str:
    """Say that a broker has answered and turned us down; `servers` as above, the reason with what to do."""
    return f"Kafka at {_listed(servers)} does not let us in: {reason}"


def _listed(servers: str | Iterable[str]) -> str:
    return servers if isinstance(servers, str) else ",".join(servers)


class TransactionFailed(ShipclockError):
    """A transaction was not, or not surely, committed: what the partition holds in memory is void."""


class Disconnected(TransactionFailed, KafkaUnavailable):
    """The same, because no broker answers."""


class Forbidden(TransactionFailed, NotAllowed):
    """The same, because a right is missing."""


class Fenced(TransactionFailed):
    """Another worker owns the partition now."""


class ChangelogTruncated(ShipclockError):
    """An offset that is needed is no longer in the log."""


class SourceReplaced(ShipclockError):
    """A source topic is not the one that was read: an offset of the one says nothing of the other."""

    exit_code = 5


class PartitionParked(ShipclockError):
    """Something that concerns this partition's data alone: it stops and says why, the others go on."""


class RejectStorm(PartitionParked):
    """Too many records are bad; what was handled so far is sound and can be committed."""
