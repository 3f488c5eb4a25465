"""How long partitions stand still while they are shared out anew: a worker comes, and goes again as it was told to.

Meanwhile live parcels come at a steady rate, and all that must be said of them, and nothing else, has to be said.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.live_feed import LiveFeed
from bench.live_truth import POLICY, all_told, listening
from bench.pinned import PinnedWorker
from bench.site import Site
from streams.demo.conditions import holds_within
from streams.kafka.names import STATE_TOPIC, Names
from streams.partition.meta import KEY

PER_SECOND = 240.0
"""Parcels that begin: of each partition enough for a commit whenever it may commit."""
_LONGEST_S = 120.0
_NEVER = 2**63
_SETTLED_S = 2.0
"""Seconds of steady commits that a measurement begins and ends with."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Milliseconds between the last commit of a partition before a rebalance and the first after it."""

    staying: tuple[int, ...]
    """Of partitions that stay where they are."""
    moving: tuple[int, ...]
    """Of those that change their worker, the restoring of their state included."""
    steady: int
    """The longest time between two commits of a partition just before: what a pause is to be compared with."""


async def measure(site: Site) -> Pauses:
    """Let a second worker join the first, and leave it again, while parcels come at a steady rate.

    Raises:
        ShipclockError: a worker ended, the partitions were not shared out in time, or what was said is not true.
    """
    names = Names("bench-rebalance")
    site.console.print("rebalance: a second worker comes and goes …", style="dim")
    async with site.topics(names.namespace, "live"):
        with (
            site.worker(names.namespace, "live", POLICY) as first,
            site.worker(names.namespace, "live", POLICY, name="second") as second,
        ):
            first.start()
            await first.restored(site.partitions)
            async with listening(site, names) as subscriber, Commits.followed(site, names) as commits:
                feed = LiveFeed(site.servers, names, site.partitions)
                async with asyncio.TaskGroup() as group:
                    feeding = group.create_task(feed.run(int(_LONGEST_S * PER_SECOND), PER_SECOND))
                    pauses = await _pauses(site.partitions, first, second, commits)
                    feed.end()
                await all_told(subscriber, feeding.result())
    return pauses


async def _pauses(partitions: int, first: PinnedWorker, second: PinnedWorker, commits: "Commits") -> Pauses:
    """Let the second worker come and go while the partitions commit."""
    everything = frozenset(range(partitions))
    begun = _now()
    await commits.steady()
    came = _now()
    second.start()

    async def shared() -> bool:
        first.require_running()
        second.require_running()
        mine, others = await first.partitions(), await second.partitions()
        return bool(others) and mine | others == everything

    await holds_within(_LONGEST_S, "the second worker has its part of the partitions", shared)
    kept = await first.partitions()
    await commits.steady()
    went = _now()
    second.terminate()

    async def back() -> bool:
        first.require_running()
        return await first.partitions() == everything

    await holds_within(_LONGEST_S, "the first worker has all partitions again", back)
    await commits.steady()
    return commits.pauses(kept, begun, came, went)


@dataclass
class Commits:
    """When each partition committed, by the timestamps of its meta records (UTC milliseconds)."""

    partitions: int
    at: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    @asynccontextmanager
    async def followed(cls, site: Site, names: Names) -> AsyncIterator["Commits"]:
        """All commits, until the end."""
        commits = cls(site.partitions)
        listening = asyncio.create_task(commits.follow(site.servers, names.topic(STATE_TOPIC)))
        try:
            yield commits
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def follow(self, servers: str, topic: str) -> None:
        """Listen until cancelled."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            consumer.assign([TopicPartition(topic, number) for number in range(self.partitions)])
            while True:
                for tp, records in (await consumer.getmany(timeout_ms=200)).items():
                    self.at[tp.partition] += [record.timestamp for record in records if record.key == KEY]
        finally:
            await consumer.stop()

    async def steady(self) -> None:
        """Wait until every partition has committed for some time from now on."""
        until = _now() + int(_SETTLED_S * 1000)
        await holds_within(
            _LONGEST_S,
            "every partition commits",
            lambda: len(self.at) == self.partitions and min(stamps[-1] for stamps in self.at.values()) >= until,
        )

    def pauses(self, kept: Collection[int], begun: int, came: int, went: int) -> Pauses:
        """What there was from the instant at which a worker was started, and from that at which it was told to go."""
        staying: list[int] = []
        moving: list[int] = []
        for since, until in ((came, went), (went, _NEVER)):
            for partition, pause in self.longest(since, until).items():
                (staying if partition in kept else moving).append(pause)
        return Pauses(tuple(staying), tuple(moving), max(self.longest(begun, came).values()))

    def longest(self, since: int, until: int) -> Mapping[int, int]:
        """The longest time between two commits of each partition, the later of them between two instants."""
        gaps = {
            partition: [later - earlier for earlier, later in pairwise(stamps) if since <= later < until]
            for partition, stamps in self.at.items()
        }
        return {partition: max(own) for partition, own in gaps.items() if own}


def _now() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000
