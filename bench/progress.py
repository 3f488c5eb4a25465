"""Watches a worker on its way through a backlog."""

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path

from bench.errors import BenchFailed
from bench.loading import Loaded, load
from bench.pinned import PinnedWorker
from bench.rates import Sample
from bench.site import Site
from streams.demo.judged import judged
from streams.demo.ledger import OUTPUTS
from streams.demo.offsets import GroupOffsets
from streams.demo.timeline import CONTROL, SCANS, SHIPMENTS
from streams.demo.transactions import OpenTransactions
from streams.feed.records import FeedRecord
from streams.kafka.names import Names

_EVERY = 0.2
_STALLED_AFTER = 60.0
SETTLED = 1.0
"""Seconds after the last commit, or a restore, in which the worker lets go of what it no longer needs."""


async def judge(
    site: Site, names: Names, records: Iterable[FeedRecord], policy: Path, code: Path | None = None
) -> list[Sample]:
    """Write records, and sample a new worker while it judges them all; nothing is left of either.

    `code` is where the worker's program lies; None is the one that runs the bench.  Raises as `follow` does.
    """
    async with site.topics(names.namespace, "replay"):
        loaded = await load(site.servers, names, site.partitions, records)
        with site.worker(names.namespace, "replay", policy, code=code) as worker:
            worker.start()
            await worker.restored(site.partitions)
            return await follow(site, worker, names, loaded)


async def follow(site: Site, worker: PinnedWorker, names: Names, loaded: Loaded) -> list[Sample]:
    """Sample a worker that has something to read, until all is judged, all transactions have ended, and it rests.

    Raises:
        BenchFailed: it committed nothing for a long time.
        WorkerFailed: it ended, or parked a partition.
    """
    sources = [names.topic(short) for short in (SHIPMENTS, SCANS, CONTROL)]
    scans_topic = names.topic(SCANS)
    samples = [Sample(time.monotonic(), 0, worker.cpu_s(), worker.rss())]
    last_total, moved = -1, time.monotonic()
    async with (
        GroupOffsets(site.servers, names.group, sources, site.partitions) as offsets,
        OpenTransactions(site.servers, [names.topic(short) for short in (*OUTPUTS, "sla-state")]) as transactions,
    ):
        while last_total < loaded.records:
            worker.require_running()
            committed = await offsets.committed()
            now, total = time.monotonic(), sum(committed.values())
            scans = sum(offset for tp, offset in committed.items() if tp.topic == scans_topic)
            samples.append(Sample(now, scans, worker.cpu_s(), worker.rss()))
            if total != last_total:
                last_total, moved = total, now
            elif now - moved > _STALLED_AFTER:
                await worker.partitions()
                raise BenchFailed(f"The worker has committed nothing for {_STALLED_AFTER:.0f} s. {worker.last_words()}")
            await asyncio.sleep(_EVERY)
        await judged(offsets, transactions, site.partitions)
    await asyncio.sleep(SETTLED)
    samples.append(Sample(time.monotonic(), samples[-1].scans, worker.cpu_s(), worker.rss()))
    return samples
