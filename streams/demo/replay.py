"""The demo proper: feed a timeline to the workers, watch, and read back what they decided."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from streams.demo.chaos import Chaos, Kill
from streams.demo.crew import Crew
from streams.demo.feeder import Feeder, Unhindered
from streams.demo.gate import Gate
from streams.demo.judged import judged
from streams.demo.ledger import OUTPUTS
from streams.demo.offsets import GroupOffsets
from streams.demo.options import Options
from streams.demo.outputs import OutputReader
from streams.demo.progress import ProgressView
from streams.demo.report import Report, report, standing
from streams.demo.timeline import Timeline
from streams.demo.transactions import OpenTransactions
from streams.kafka.names import SOURCE_TOPICS, STATE_TOPIC, Names

_SHOW_EVERY = 0.25


@dataclass
class Replay:
    """One timeline, played to one crew that is ready."""

    bootstrap_servers: str
    names: Names
    options: Options
    timeline: Timeline
    crew: Crew
    faults: Path
    view: ProgressView
    reader: OutputReader

    async def run(self) -> Report:
        """Play everything and wait until all of it is judged.

        Raises:
            ShipclockError: a worker failed, Kafka was lost, or something did not happen in time.
        """
        begun = time.monotonic()
        topic, partitions = self.names.topic, self.options.partitions
        sources = [topic(source) for source in SOURCE_TOPICS]
        gate = Gate() if self.options.kills else Unhindered()
        feeder = Feeder(self.bootstrap_servers, topic, partitions, self.timeline, gate)
        offsets = GroupOffsets(self.bootstrap_servers, self.names.group, sources, partitions)
        written = [topic(name) for name in (*OUTPUTS, STATE_TOPIC)]
        async with feeder, offsets, OpenTransactions(self.bootstrap_servers, written) as transactions:
            chaos = None
            if isinstance(gate, Gate):
                chaos = Chaos(
                    crew=self.crew,
                    kills=self.options.kills,
                    faults=self.faults,
                    gate=gate,
                    progress=offsets,
                    uncommitted=transactions.records,
                    tell=self.view.say,
                )
            await self._together(feeder, offsets, transactions, chaos)
        await self.reader.drain()
        return self._report(time.monotonic() - begun, chaos.done if chaos else [])

    async def _together(
        self, feeder: Feeder, offsets: GroupOffsets, transactions: OpenTransactions, chaos: Chaos | None
    ) -> None:
        over = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(self.crew.watch(chaos.doomed if chaos else ()))
            tasks.create_task(self._follow(feeder, over))
            disturbance = tasks.create_task(chaos.run()) if chaos else None
            await feeder.run()
            if disturbance is not None:
                await disturbance
            await judged(offsets, transactions, self.options.partitions)
            watch.cancel()
            over.set()

    async def _follow(self, feeder: Feeder, over: asyncio.Event) -> None:
        shown = 0.0
        while not over.is_set():
            await self.reader.poll()
            if time.monotonic() - shown >= _SHOW_EVERY:
                shown = time.monotonic()
                share = feeder.fed / len(self.timeline.records)
                self.view.show(standing(self.reader.ledger), reached=feeder.reached, share=share)

    def _report(self, seconds: float, kills: list[Kill]) -> Report:
        return report(
            self.reader.ledger,
            rejects=self.reader.rejects,
            shipments_fed=self.timeline.shipments,
            scans=self.timeline.scans,
            workers=self.options.workers,
            partitions=self.options.partitions,
            seconds=seconds,
            kills=kills,
        )
