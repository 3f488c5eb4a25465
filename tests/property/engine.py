"""Drives the core of a partition through arrivals, polls, commits and crashes, as a test wants them."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from streams.partition.core import Core
from streams.partition.job import CONTROL, SIGHTINGS, CoreSettings
from streams.partition.judging import SOURCES, judging
from streams.partition.lanes import TimeSource
from streams.partition.meta import KEY
from streams.partition.output import Output
from streams.partition.outputs import BY_CUSTOMER
from streams.partition.ports import CaughtUp, ChangelogEntry, SourceBatch
from streams.partition.record import Record
from streams.sla.instants import rfc3339
from streams.sla.policy import Policy

Decision = dict[str, Any]
NAMESPACE = "ns"


class Arrival(NamedTuple):
    """A record on its way into a source topic."""

    topic: str
    timestamp: int
    key: bytes | None
    value: bytes | None


def arrival(topic: str, timestamp: int, body: dict[str, Any]) -> Arrival:
    """A record of a shipment or a scan."""
    return Arrival(topic, timestamp, body["shipment_id"].encode(), msgspec.json.encode(body))


def tick(at: int) -> Arrival:
    """A record that says that all records before `at` have been written."""
    return Arrival(CONTROL, at, b"tick", msgspec.json.encode({"type": "tick", "at": rfc3339(at)}))


def settings(time: TimeSource, *, deadlines_per_unit: int = 2000, unit_bytes: int = 32_000_000) -> CoreSettings:
    return CoreSettings(
        NAMESPACE,
        0,
        1,
        time,
        reject_limit=1.0,
        deadlines_per_unit=deadlines_per_unit,
        unit_bytes=unit_bytes,
    )


class Player:
    """One partition and its source topics, with a wall clock that moves by one with everything that is done."""

    def __init__(
        self,
        policy: Policy,
        time: TimeSource = TimeSource.REPLAY,
        *,
        deadlines_per_unit: int = 2000,
        unit_bytes: int = 32_000_000,
        sightings: bool = False,
    ) -> None:
        self._policy = policy
        self._sightings = sightings
        self._settings = settings(time, deadlines_per_unit=deadlines_per_unit, unit_bytes=unit_bytes)
        self.topics: dict[str, list[Record]] = {topic: [] for topic in SOURCES}
        self.changelog: list[ChangelogEntry] = []
        self.outputs: list[Output] = []
        """Of committed units of work."""
        self.wall = 0
        self.core: Core
        self._read: dict[str, int]
        self.restart()

    # --- the world

    def append(self, records: Iterable[Arrival]) -> None:
        """Records are written to their topics."""
        for record in records:
            log = self.topics[record.topic]
            log.append(Record(len(log), record.timestamp, record.key, record.value))
            self.wall += 1

    # --- the partition

    def restart(self) -> None:
        """Whatever was not committed is lost, and read again."""
        self.core = Core(judging(self._policy, sightings=self._sightings), self._settings)
        self.core.load(self.changelog)
        offsets = self.core.restored(len(self.changelog))
        self._read = {topic: max(offset, 0) for topic, offset in offsets.items()}
        self.wall += 1

    def fetch(self, topic: str, most: int) -> None:
        """Up to so many records of a topic arrive."""
        first = self._read[topic]
        records = self.topics[topic][first : first + most]
        self.wall += 1
        if records:
            self._read[topic] += len(records)
            self.core.offer(SourceBatch(topic, records, self.wall))

    def poll(self, topic: str) -> None:
        """The end of a topic is looked up."""
        self.wall += 1
        self.core.caught_up(CaughtUp(topic, len(self.topics[topic]), self.wall))

    def work(self, most: int) -> bool:
        return self.core.work(most)

    def commit(self) -> None:
        """The unit of work becomes durable."""
        unit = self.core.take()
        for key, value in [*unit.changelog.items(), (KEY, unit.meta)]:
            self.changelog.append(ChangelogEntry(len(self.changelog), key, value))
        self.core.changelog_end = len(self.changelog)
        self.outputs.extend(unit.outputs)

    def finish(self) -> list[Output]:
        """Read, handle and commit everything that is there."""
        for topic in SOURCES:
            self.fetch(topic, len(self.topics[topic]))
        for topic in SOURCES:
            self.poll(topic)
        more = True
        while more:
            more = self.core.work(1000)
            self.commit()
        return self.outputs


def replay(policy: Policy, records: Sequence[Arrival], *, chunk: int | None = None) -> list[Output]:
    """What a partition says to records that arrive in this order, read in chunks of this many."""
    player = Player(policy)
    waiting = iter(records)
    while some := list(islice(waiting, chunk)):
        player.append(some)
        player.finish()
    return player.outputs


def bodies(outputs: Iterable[Output], topic: str | None = None) -> list[Decision]:
    """The bodies of decisions, in order; a tombstone is none."""
    return [
        msgspec.json.decode(output.value)
        for output in outputs
        if output.topic not in ("scan-rejects", BY_CUSTOMER, SIGHTINGS)
        and topic in (None, output.topic)
        and output.value is not None
    ]


def newest(outputs: Iterable[Output]) -> dict[tuple[str, str, str | None], Decision]:
    """The newest outcome of every (shipment, clock, instance)."""
    found: dict[tuple[str, str, str | None], Decision] = {}
    for body in bodies(outputs, "sla-outcomes"):
        key = (body["shipment_id"], body["clock"], body.get("instance"))
        if key not in found or found[key]["revision"] < body["revision"]:
            found[key] = body
    return found


Choose = Callable[[int], int]
"""Gives a number from 0 up to, and not including, its argument."""
