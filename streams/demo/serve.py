"""Keeps a system running in live time, with simulated parcels, until somebody ends it."""

import asyncio
import time
from pathlib import Path

from rich.console import Console

from streams.demo.crew import Crew
from streams.demo.options import Options
from streams.demo.outputs import OutputReader
from streams.demo.progress import ProgressView
from streams.demo.report import standing
from streams.demo.stage import create_topics, worker_settings
from streams.feed.live import send_live
from streams.feed.profile import Profile
from streams.feed.simulation import simulate
from streams.kafka.names import Names

NAMES = Names("live")
POLICY = Path(__file__).with_name("data") / "live.yaml"


async def serve(bootstrap_servers: str, options: Options, console: Console, logs: Path) -> None:
    """Run until cancelled.

    Raises:
        ShipclockError: a worker failed or Kafka was lost.
    """
    await create_topics(bootstrap_servers, NAMES.namespace, "live", options.partitions)
    settings = worker_settings(bootstrap_servers, NAMES.namespace, "live", POLICY)
    async with (
        Crew(options.workers, options.partitions, logs, settings) as crew,
        OutputReader(bootstrap_servers, NAMES.topic, options.partitions) as reader,
    ):
        await crew.ready()
        for url in crew.metrics():
            console.print(f"metrics {url}", style="dim")
        console.print(f"Kafka at {bootstrap_servers}, topics {NAMES.topic('*')}. Ctrl-C ends it.", style="dim")
        records = simulate(Profile(), options.seed, time.time_ns() // 1_000_000)
        with ProgressView(console, "Simulated parcels, live") as view:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(crew.watch())
                tasks.create_task(send_live({"bootstrap_servers": bootstrap_servers}, NAMES.topic, records))
                tasks.create_task(_follow(reader, view))


async def _follow(reader: OutputReader, view: ProgressView) -> None:
    while True:
        await reader.poll()
        view.show(standing(reader.ledger), reached=time.time_ns() // 1_000_000)
