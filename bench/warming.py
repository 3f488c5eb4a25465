"""A broker that has compiled what it does all the time."""

from bench.load import Load
from bench.loading import load
from bench.progress import follow
from bench.site import Site
from streams.kafka.names import Names


async def warm_up(site: Site, profile: Load) -> None:
    """Let a worker judge a load of which nothing is measured.

    A Java process that has just started compiles its code while it runs it: with one core, which it shares with its own
    compiler, it answers three times as slowly for some seconds, and the worker waits.
    """
    names = Names("bench-warming")
    async with site.topics(names.namespace, "replay"):
        loaded = await load(site.servers, names, site.partitions, profile.records())
        with site.worker(names.namespace, "replay", profile.policy) as worker:
            worker.start()
            await worker.restored(site.partitions)
            await follow(site, worker, names, loaded)
