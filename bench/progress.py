"""Watches a worker on its way through a backlog."""

import asyncio
import time

from bench.errors import BenchFailed
from bench.loading import Loaded
from bench.pinned import PinnedWorker
from bench.rates import Sample
from bench.site import Site
from streams.demo.judged import judged
from streams.demo.ledger import OUTPUTS
from streams.demo.offsets import GroupOffsets
from streams.demo.timeline import CONTROL, SCANS, SHIPMENTS
from streams.demo.transactions import OpenTransactions
from streams.kafka.names import Names

_EVERY = 0.2
_STALLED_AFTER = 60.0
SETTLED = 1.0
"""Seconds after the last commit, or a restore, in which the worker lets go of what it no longer needs."""


async def follow(site: Site, worker: PinnedWorker, names: Names, loaded: Loaded) -> list[Sample]:
    """Sample a worker that starts to read now, until everything is judged, all transactions have ended, and it rests.

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
