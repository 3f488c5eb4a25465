"""One run of the demo from beginning to end: Kafka, topics, workers, the replay, its summary."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from streams.demo.crew import Crew
from streams.demo.dataset import load
from streams.demo.journeys import journeys
from streams.demo.options import Options
from streams.demo.outputs import OutputReader
from streams.demo.progress import ProgressView
from streams.demo.replay import Replay
from streams.demo.report import Report, shortcoming
from streams.demo.serve import serve
from streams.demo.stage import create_topics, directory, worker_settings
from streams.demo.summary import print_summary
from streams.demo.timeline import Timeline, timeline
from streams.embedded import EmbeddedKafka
from streams.kafka.names import Names

NAMES = Names("demo")
LOGS = "workers"
FAULTS = "faults"
POLICY = Path(__file__).parents[1] / "policies" / "air-freight.yaml"


async def perform(options: Options, console: Console, on_report: Callable[[Report], None]) -> None:
    """Play, print to the console, and hand over the figures once everything is judged.

    With `options.serve` and no shortcoming it goes on with a simulated feed in live time until it is cancelled.
    Whatever it started has ended when it returns or raises.

    Raises:
        ShipclockError: in one line, why it did not come to its end.
    """
    line = await asyncio.to_thread(_timeline, options)
    with directory(options.data_dir) as root:
        for part in (LOGS, FAULTS):
            (root / part).mkdir()
        console.print(f"{line.shipments:,} transports, {line.scans:,} scans. Starting Kafka …", style="dim")
        # Left to itself it removes its data even when this process is killed.
        kept = None if options.data_dir is None else root / "kafka"
        async with EmbeddedKafka(data_dir=kept) as kafka:
            servers = kafka.bootstrap_servers
            report = await _replay(options, console, line, servers, root)
            on_report(report)
            if options.serve and shortcoming(report) is None:
                await serve(servers, options, console, root / LOGS)


def _timeline(options: Options) -> Timeline:
    return timeline(journeys(load(options.source), options.seed))


async def _replay(options: Options, console: Console, line: Timeline, servers: str, root: Path) -> Report:
    await create_topics(servers, NAMES.namespace, "replay", options.partitions)
    settings = worker_settings(servers, NAMES.namespace, "replay", POLICY, root / FAULTS)
    async with (
        Crew(options.workers, options.partitions, root / LOGS, settings) as crew,
        OutputReader(servers, NAMES.topic, options.partitions) as reader,
    ):
        await crew.ready()
        for url in crew.metrics():
            console.print(f"metrics {url}, while this run lasts", style="dim", soft_wrap=True)
        with ProgressView(console, "Real air freight, replayed") as view:
            replay = Replay(servers, NAMES, options, line, crew, root / FAULTS, view, reader)
            report = await replay.run()
        print_summary(console, report, reader.ledger)
    return report
