"""How long a worker takes to read its state."""

import asyncio
from dataclasses import dataclass

from bench.final_state import FinalState
from bench.load import Load
from bench.pinned import PinnedWorker
from bench.progress import SETTLED
from bench.site import Site
from streams.kafka.names import Names


@dataclass(frozen=True, slots=True)
class Restore:
    """All partitions of a worker, together."""

    seconds: float
    """From the assignment until the last partition was restored."""
    entries: int
    """Records of the changelog that were read for it."""
    rss: int
    """Bytes of physical memory that the worker held afterwards."""

    def per_million(self, shipments: int) -> float:
        """Seconds for a million shipments."""
        return self.seconds * 1_000_000 / shipments if shipments else 0.0


async def restart(worker: PinnedWorker, partitions: int) -> Restore:
    """Kill a worker and start it again, on the changelog as it left it."""
    worker.kill()
    return await start(worker, partitions)


async def start(worker: PinnedWorker, partitions: int) -> Restore:
    """Start a worker that is not running, and wait until it has restored everything."""
    worker.start()
    done = await worker.restored(partitions)
    await asyncio.sleep(SETTLED)
    return Restore(max(each.seconds for each in done), sum(each.entries for each in done), worker.rss())


async def from_compacted(site: Site, state: FinalState, load: Load) -> Restore:
    """Restore from a changelog that holds every key once, as compaction would leave it in the end."""
    names = Names("bench-compacted")
    async with site.topics(names.namespace, "replay"):
        await state.write(site.servers, names)
        with site.worker(names.namespace, "replay", load.policy) as worker:
            return await start(worker, site.partitions)
