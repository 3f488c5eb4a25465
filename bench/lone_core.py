"""The core of one partition, fed from memory: what it costs without Kafka."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from bench.load import Load
from schemas.encoding import encode
from schemas.records import Tick
from streams.demo.timeline import CONTROL, SCANS
from streams.feed.records import FeedRecord, instant
from streams.partition.core import Core
from streams.partition.job import CoreSettings
from streams.partition.judging import judging
from streams.partition.lanes import TimeSource
from streams.partition.output import Output
from streams.partition.pace import TaskSettings
from streams.partition.ports import CaughtUp, SourceBatch
from streams.partition.record import Record
from streams.sla.policy import load_policy

Listener = Callable[[Sequence[Output]], None]
"""Is given all outputs, in their order."""


class LoneCore:
    """A core with its load, and its processor time."""

    def __init__(self, load: Load, listener: Listener | None = None) -> None:
        """The time of the listener does not count."""
        self._records: Iterator[FeedRecord] = load.records()
        settings = CoreSettings("bench-core", 0, 1, TimeSource.REPLAY, lane_limit=TaskSettings().unit_records)
        self._core = Core(judging(load_policy(load.policy)), settings)
        self._core.restored(0)
        self._offsets: Counter[str] = Counter()
        self._listener = listener
        self.open = 0
        """Shipments under way."""
        self.scans = 0
        self.seconds = 0.0

    def take(self, scans: int) -> None:
        """Handle about so many scans, in units of work, or what is left of them."""
        goal = self.scans + scans
        while self.scans < goal and (records := list(islice(self._records, TaskSettings().unit_records))):
            self._handle(records)

    def forget_costs(self) -> None:
        """Begin to count anew."""
        self.scans, self.seconds = 0, 0.0

    def _handle(self, records: list[FeedRecord]) -> None:
        end = records[-1].timestamp + 1
        tick = FeedRecord(CONTROL, b"", encode(Tick(at=instant(end))), end)
        batches: dict[str, list[Record]] = {topic: [] for topic in self._core.sources}
        for topic, key, value, timestamp in [*records, tick]:
            batches[topic].append(Record(self._offsets[topic], timestamp, key, value))
            self._offsets[topic] += 1
        self.scans += len(batches[SCANS])
        begun = time.process_time()
        told = self._work({topic: SourceBatch(topic, batch, end) for topic, batch in batches.items()}, end)
        self.seconds += time.process_time() - begun
        self.open = self._core.gauges()["shipments"]["open"]
        if self._listener is not None:
            for outputs in told:
                self._listener(outputs)

    def _work(self, batches: dict[str, SourceBatch], end: int) -> list[Sequence[Output]]:
        """Handle a batch of each topic; gives what was told."""
        core, settings, told = self._core, TaskSettings(), []
        for topic, batch in batches.items():
            core.offer(batch)
            core.caught_up(CaughtUp(topic, self._offsets[topic], end))
        while core.work(settings.slice_records):
            told.append(core.told())
            if core.exhausted or core.outputs_in_unit >= settings.unit_outputs:
                told.append(core.take().outputs)
        told.append(core.take().outputs)
        return told
