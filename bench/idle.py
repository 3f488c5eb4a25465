"""What a worker holds that has worked, but remembers next to nothing."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench.load import POLICIES
from bench.loading import load
from bench.progress import SETTLED, follow
from bench.site import Site
from streams.feed.express import express, steady
from streams.feed.records import FeedRecord
from streams.kafka.names import Names

_DIFFERENT, _TIMES = 2_000, 100


@dataclass(frozen=True, slots=True)
class Idle:
    """An empty, warmed worker."""

    start_s: float
    """From the start of the process until every partition is ready, with an empty state."""
    rss: int
    """Bytes of physical memory, after its queues and buffers have been full once."""
    rss_at_start: int
    """Bytes of physical memory when it was ready and there was nothing to read yet."""


async def empty_worker(site: Site, policy: Path = POLICIES / "express.yaml") -> Idle:
    """Let a worker read the same few records again and again: its queues fill, its state does not."""
    names = Names("bench-empty")
    async with site.topics(names.namespace, "replay"):
        with site.worker(names.namespace, "replay", policy) as worker:
            begun = time.monotonic()
            worker.start()
            await worker.restored(site.partitions)
            start_s = time.monotonic() - begun
            await asyncio.sleep(SETTLED)
            rss_at_start = worker.rss()
            loaded = await load(site.servers, names, site.partitions, _repeated())
            samples = await follow(site, worker, names, loaded)
    return Idle(start_s, samples[-1].rss, rss_at_start)


def _repeated() -> Iterator[FeedRecord]:
    records = list(islice(express(seed=1, begun=steady(240)), _DIFFERENT))
    for _ in range(_TIMES):
        yield from records
