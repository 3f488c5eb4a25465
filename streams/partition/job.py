"""What an engine needs to know of the job it does: what to do with a record, and what is due when.

The engine (`streams.partition.core`) has time, order, deadlines and units of work; a job has the rest.  One job is done
by one consumer group, whose partitions have a changelog and a transactional producer each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from streams.partition.deadlines import DeadlineIndex
from streams.partition.lanes import TimeSource
from streams.partition.meta import Meta
from streams.partition.output import Output
from streams.partition.partitioners import Partitioner, murmur2
from streams.partition.ports import Tally
from streams.partition.record import Record
from streams.partition.reject_guard import RejectGuard

CONTROL: Final = "control"
"""The source topic whose records hold for a whole partition.  Any job may read it; its ticks move replay time."""
SIGHTINGS: Final = "feed-sightings"
"""What the main job tells of facilities, and the job `feeds` reads."""
TURNING: Final = (CONTROL, SIGHTINGS)
"""Source topics one record of which may change what holds for all keys: after each there may be something to sweep."""

Handler = Callable[[Record, int], None]
"""Handles one record at a partition time (UTC milliseconds)."""


class Done(NamedTuple):
    """What a job has done in a unit of work."""

    changelog: dict[bytes, bytes | None]
    """State that changed; None is a tombstone."""
    outputs: Sequence[Output]
    tally: Tally


class OtherPolicy(NamedTuple):
    """The policy that the worker was given is not in force."""

    in_force: str
    configured: str


class Job(Protocol):
    """A job at one partition.  A new one knows nothing; it is given its changelog before anything else."""

    handlers: Mapping[str, Handler]
    """By short name of the source topic, in the order in which records of the same timestamp are handled."""

    @property
    def tally(self) -> Tally:
        """Of the unit of work under way."""

    def told(self) -> Sequence[Output]:
        """Give away the output records of the unit of work under way: those that it has so far."""

    # --- restoring

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take over one record of the changelog, in order; the meta record is not among them."""

    def restored(self, meta: Meta | None) -> None:
        """The changelog has been read; `meta` is its meta record, None where nothing was ever committed.

        Raises `PartitionParked` when something of it cannot be used.
        """

    @property
    def other_policy(self) -> OtherPolicy | None:
        """What an operator should hear when the job goes on under another policy than it was given."""

    # --- working

    @property
    def index(self) -> DeadlineIndex:
        """The keys by what is due."""

    def fire(self, key: bytes, deadline: int) -> None:
        """Attend to a key: partition time has passed its deadline (UTC milliseconds)."""

    @property
    def sweeping(self) -> bool:
        """Whether something has changed that holds for all keys; while it does, only `sweep` is called."""

    def sweep(self, most: int, time: int) -> int:
        """Look at up to `most` keys again; gives how many."""

    def look_ahead(self, keys: list[bytes]) -> None:
        """Get ready for records with these keys: they come next."""

    def examine(self) -> None:
        """Raise `PartitionParked` when the state that was looked at last is broken, now that handling it has failed."""

    # --- committing

    def meta(self, offsets: dict[str, int], time: int) -> Meta:
        """The meta record at this place, with what the job wants to find in it when it is restored."""

    @property
    def changed_bytes(self) -> int:
        """Bytes of the state that has changed in the unit of work under way, or more, where some has changed often."""

    def take(self) -> Done:
        """Give what has been done since the last time, and begin anew."""

    def gauges(self) -> Mapping[str, Mapping[str, int]]:
        """What there is to be counted now, by kind and label."""

    def __len__(self) -> int:
        """How many keys are kept."""


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """What a partition has to know of its surroundings."""

    namespace: str
    partition: int
    partitions: int
    time: TimeSource
    partitioner: Partitioner = murmur2
    reject_window: int = 1000
    """Records over which the share of rejects is taken."""
    reject_limit: float = 0.5
    deadlines_per_unit: int = 2000
    """How many deadlines one unit of work fires at most; time waits for the rest."""
    unit_bytes: int = 32_000_000
    """Bytes of changed state and output records with which a unit of work is full; it may have those of the record, or
    of the slice of records, that filled it."""
    lane_limit: int = 2_000
    """How many records of one topic wait before no more are asked for."""
    topic_ids: Mapping[str, str] = field(default_factory=dict)
    """The cluster's ids of the source topics, by short name; nothing of those that it gives none."""


MakeJob = Callable[[CoreSettings, RejectGuard], Job]
"""Makes the job of one partition; the guard wants to hear of every rejected record."""
