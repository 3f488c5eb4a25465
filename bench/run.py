"""All measurements on one broker."""

import tempfile
from pathlib import Path

from rich.console import Console

from bench import backtest, growth, latency, plain, rebalance, throughput
from bench.baseline import built
from bench.comparison import MANY_CLOCKS, Contender, compare
from bench.cores import available, choose
from bench.demo_load import DemoLoad
from bench.express_load import ExpressLoad
from bench.idle import empty_worker
from bench.load import POLICIES
from bench.loading import load
from bench.options import Options
from bench.progress import judge
from bench.results import Results
from bench.site import Site
from streams.embedded import EmbeddedKafka
from streams.kafka.names import Names

_FOR_FAUST_ALONE = 300_000
"""Scans to count when no profile has written any: more than plain Faust can do in the time."""
_WARMING_SHARE = 1 / 10
"""Of the scans of a measurement: so many are judged before it begins, and not counted.  A Java process that has just
started compiles its code while it runs it: on one core it answers slowly for some seconds, and the worker waits."""


async def run(options: Options, console: Console) -> Results:
    """Measure what was asked for; nothing is left behind.

    Raises:
        ShipclockError: why a measurement could not be made, or which results are wrong.
    """
    everywhere = available()
    cores = choose(everywhere)
    results = Results(cores=cores.describe(), partitions=options.partitions)
    if "backtest" in options.parts:
        console.print(f"a backtest of {options.backtest_events:,} events …", style="dim")
        results.backtest = await backtest.cost(options.backtest_events)
    if "growth" in options.parts:
        console.print(f"a core with {options.many:,} shipments open …", style="dim")
        results.growth = await growth.growth(options.many)
    if options.parts <= {"backtest", "growth"}:
        return results
    with tempfile.TemporaryDirectory(prefix="shipclock-bench-", ignore_cleanup_errors=True) as directory:
        console.print(f"{cores.describe()}, {options.partitions} partitions. Starting Kafka …", style="dim")
        async with EmbeddedKafka(cpu_affinity=cores.for_broker) as kafka:
            site = Site(
                servers=kafka.bootstrap_servers,
                cores=cores,
                everywhere=everywhere,
                directory=Path(directory),
                partitions=options.partitions,
                console=console,
            )
            await _measure(options, site, results)
    return results


async def _measure(options: Options, site: Site, results: Results) -> None:
    parts = options.parts
    site.console.print("the broker warms up …", style="dim")
    warming = ExpressLoad(round(options.scans * _WARMING_SHARE))
    await judge(site, Names("bench-warming"), warming.records(), warming.policy)
    if parts & {"express", "demo"}:
        site.console.print("an empty worker …", style="dim")
        results.idle = await empty_worker(site)
        if "express" in parts:
            faust_s = options.faust_s if "faust" in parts else 0.0
            results.express = await throughput.measure(
                site, "express", ExpressLoad(options.scans), results.idle, faust_s
            )
            results.faust = results.express.faust
        if "demo" in parts:
            results.demo = await throughput.measure(site, "demo", DemoLoad(options.demo_scans), results.idle)
    if "faust" in parts and "express" not in parts:
        results.faust = await _faust_alone(site, options.faust_s)
    if "latency" in parts:
        results.latency = await latency.measure(site, options.latency_s)
    if "rebalance" in parts and site.partitions > 1:  # one cannot be shared
        results.rebalance = await rebalance.measure(site)
    if "comparison" in parts:
        results.comparison = await compare(site, contenders(options.against), options.comparison_scans)


def contenders(against: str | None) -> list[Contender]:
    """Return what is compared: the express policy, one of 25 clocks, and the express policy of an earlier revision."""
    express = POLICIES / "express.yaml"
    found = [Contender(name="express", policy=express), Contender(name="25 clocks", policy=MANY_CLOCKS)]
    if against is not None:
        earlier = built(against)
        found.append(Contender(name=against, policy=earlier / "streams" / "policies" / express.name, code=earlier))
    return found


async def _faust_alone(site: Site, seconds: float) -> plain.PlainFaust:
    names = Names("bench-faust")
    async with site.topics(names.namespace, "replay"):
        await load(site.servers, names, site.partitions, ExpressLoad(_FOR_FAUST_ALONE).records())
        return await plain.count(site, names, seconds)
