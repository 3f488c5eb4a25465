"""Tells the job `feeds` which facilities speak, and how far this partition has read: sparingly, off the hot path."""

from datetime import datetime
from itertools import islice
from typing import Final

import msgspec

from schemas.records import FeedProgress, FeedSighting
from streams.partition.job import SIGHTINGS
from streams.partition.output import Output
from streams.partition.partitioners import Partitioner
from streams.sla.feeds import feed_of, interval, silent_at
from streams.sla.instants import rfc3339
from streams.sla.policy import Policy
from streams.sla.scan import KnownScan
from streams.sla.surroundings import Surroundings

HEARD: Final = b"\xfe"
"""With what the changelog keys of facilities begin; a shipment id is UTF-8 and never begins so."""
MOST_FACILITIES: Final = 20_000
"""Of how many it is remembered when they were told of; the one that is remembered longest is forgotten."""
MOST_PASSED_OVER: Final = 20_000
"""Of how many it is remembered for one interval that no feed is about them."""
MOST_AT_ONCE: Final = 500
"""How many facilities are let go in one unit."""

_encode = msgspec.json.Encoder().encode


class Watch:
    """What one partition has told of facilities.  Times are partition time, UTC milliseconds."""

    def __init__(self, surroundings: Surroundings, partition: int, partitions: int, partitioner: Partitioner) -> None:
        self._partition = partition
        self._partitions = partitions
        self._partitioner = partitioner
        self._told: dict[str, int] = {}
        """As the changelog has it: for these the job `feeds` may hold an instant at which they count as silent."""
        self._passed: set[str] = set()
        """No feed is about these: they are not looked at with every scan."""
        self._passed_until = 0
        self._changed: dict[bytes, bytes | None] = {}
        self._progress = 0
        self.look_at(surroundings)

    def look_at(self, surroundings: Surroundings) -> None:
        """Go on under what is in force; a facility that is silent is waited for in any case."""
        self._book = surroundings.book
        feeds = [feed for version in surroundings.book.versions for feed in version.policy.feeds]
        self._interval = interval(feeds)
        self._silent = frozenset([silence.facility for silence in surroundings.silences])
        self._passed.clear()
        self.active = bool(feeds) or bool(self._silent)
        """Whether there is anything to watch."""

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take over one record of the changelog."""
        facility = key[len(HEARD) :].decode()
        if value is None:
            self._told.pop(facility, None)
        else:
            self._told[facility] = int.from_bytes(value, "big")

    def restored(self) -> None:
        """The changelog has been read: what was told of longest comes first."""
        self._told = dict(sorted(self._told.items(), key=lambda item: item[1]))

    def heard(self, scan: KnownScan, at: int) -> Output | None:
        """A scan has arrived: what is to be told of its facility, if anything."""
        facility = scan.facility
        if not facility:
            return None
        if at >= self._passed_until:
            self._passed.clear()
            self._passed_until = at + self._interval
        if facility in self._passed:
            return None
        told = self._told.get(facility)
        if told is not None and at < told + self._interval:
            return None
        policy = self._book.at(at).policy
        feed = feed_of(policy.feeds, scan)
        if feed is None and facility not in self._silent:
            if len(self._passed) >= MOST_PASSED_OVER:
                self._passed.clear()
            self._passed.add(facility)
            return None if told is None else self._let_go(facility, at, policy)
        self._remember(facility, at)
        # Nothing more is told for one interval, so its last scan may come as late as that.
        due = None if feed is None else silent_at(feed, at + self._interval, scan)
        return self._sighting(facility, at, policy, due, 0 if feed is None else feed.catch_up)

    def _let_go(self, facility: str, at: int, policy: Policy) -> Output:
        """Tell that no feed is about a facility any more, or it would be called silent by what was told last."""
        del self._told[facility]
        self._changed[HEARD + facility.encode()] = None
        return self._sighting(facility, at, policy, None, 0)

    def _sighting(self, facility: str, at: int, policy: Policy, due: int | None, catch_up: int) -> Output:
        body = FeedSighting(
            facility=facility,
            seen_at=moment(at),
            silent_at=None if due is None else moment(due),
            catch_up_ms=catch_up,
            policy=policy.name,
            policy_version=policy.version,
            known_silent=facility in self._silent,
        )
        key = facility.encode()
        return Output(SIGHTINGS, key, _encode(body), (), self._partitioner(key, self._partitions))

    def _remember(self, facility: str, at: int) -> None:
        told = self._told
        told.pop(facility, None)
        told[facility] = at
        self._changed[HEARD + facility.encode()] = at.to_bytes(8, "big")
        if len(told) > MOST_FACILITIES:
            oldest = next(iter(told))
            del told[oldest]
            self._changed[HEARD + oldest.encode()] = None

    def farewells(self, time: int) -> list[Output]:
        """Let facilities go, some in each unit, where the version in force has no feeds at all.

        One that is silent is waited for: to name it here would say that it speaks.
        """
        if not self._told:
            return []
        policy = self._book.at(time).policy
        if policy.feeds:
            return []
        told = self._told
        gone = list(islice((one for one in told if one not in self._silent), MOST_AT_ONCE))
        return [self._let_go(facility, max(time, told[facility] + 1), policy) for facility in gone]

    def progress(self, time: int) -> list[Output]:
        """Tell every partition of the job how far this one has read, if that is much further than it was told."""
        if not self.active or time < self._progress + self._interval:
            return []
        self._progress = time
        value = _encode(FeedProgress(partition=self._partition, at=moment(time)))
        key = b"%d" % self._partition
        return [Output(SIGHTINGS, key, value, (), number) for number in range(self._partitions)]

    def flush(self) -> dict[bytes, bytes | None]:
        """Give what has changed since the last time, as changelog records."""
        changed, self._changed = self._changed, {}
        return changed


def moment(at: int) -> datetime:
    """An instant as records have it."""
    return datetime.fromisoformat(rfc3339(at))
