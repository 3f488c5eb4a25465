"""How long partitions stand still while they are shared out anew: a worker comes, and goes again as it was told to."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.latency import POLICY
from bench.live_feed import LiveFeed
from bench.pinned import PinnedWorker
from bench.site import Site
from streams.demo.conditions import holds_within
from streams.kafka.names import STATE_TOPIC, Names
from streams.partition.meta import KEY

PER_SECOND = 240.0
"""Parcels that begin: of each partition enough for a commit whenever it may commit."""
_LONGEST_S = 120.0
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
        ShipclockError: a worker ended, or the partitions were not shared out in time.
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
            async with _feeding(site, names), Commits.followed(site, names) as commits:
                everything = frozenset(range(site.partitions))
                begun = time.time_ns() // 1_000_000
                await commits.steady()
                came = time.time_ns() // 1_000_000
                second.start()
                await _shared(first, second, lambda mine, others: bool(others) and mine | others == everything)
                kept = await first.partitions()
                await commits.steady()
                went = time.time_ns() // 1_000_000
                second.terminate()
                await _shared(first, None, lambda mine, _: mine == everything)
                await commits.steady()
    staying: list[int] = []
    moving: list[int] = []
    for since, until in ((came, went), (went, 2**63)):
        for partition, pause in commits.longest(since, until).items():
            (staying if partition in kept else moving).append(pause)
    return Pauses(tuple(staying), tuple(moving), max(commits.longest(begun, came).values()))


async def _shared(
    first: PinnedWorker, second: PinnedWorker | None, done: Callable[[frozenset[int], frozenset[int]], bool]
) -> None:
    """Wait until the partitions that the workers have are as they should be."""

    async def holds() -> bool:
        first.require_running()
        return done(await first.partitions(), frozenset() if second is None else await second.partitions())

    await holds_within(_LONGEST_S, "the partitions are shared out anew", holds)


@asynccontextmanager
async def _feeding(site: Site, names: Names) -> AsyncIterator[None]:
    """Parcels come, until the end."""
    feed = LiveFeed(site.servers, names, site.partitions)
    feeding = asyncio.create_task(feed.run(int(_LONGEST_S * PER_SECOND), PER_SECOND))
    try:
        yield
    finally:
        feeding.cancel()
        with suppress(asyncio.CancelledError):
            await feeding


@dataclass
class Commits:
    """When each partition committed, by the timestamps of its meta records (UTC milliseconds)."""

    partitions: int
    at: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    @asynccontextmanager
    async def followed(cls, site: Site, names: Names) -> AsyncIterator["Commits"]:
        """Commits from now on."""
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
        until = time.time_ns() // 1_000_000 + int(_SETTLED_S * 1000)
        await holds_within(
            _LONGEST_S,
            "every partition commits",
            lambda: len(self.at) == self.partitions and min(stamps[-1] for stamps in self.at.values()) >= until,
        )

    def longest(self, since: int, until: int) -> Mapping[int, int]:
        """The longest time between two commits of each partition, the later of them between two instants."""
        gaps = {
            partition: [later - earlier for earlier, later in pairwise(stamps) if since <= later < until]
            for partition, stamps in self.at.items()
        }
        return {partition: max(own) for partition, own in gaps.items() if own}
