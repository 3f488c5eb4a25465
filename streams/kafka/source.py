"""The source port of a partition, and the register of all that this worker reads."""

import asyncio
from collections.abc import Callable, Iterator, Mapping

from aiokafka import TopicPartition

from streams.kafka.delivery import Receiver
from streams.kafka.names import Names
from streams.kafka.reading import Reading
from streams.partition.ports import EARLIEST, CaughtUp, Source, SourceBatch


class _Nobody:
    """Stands in until the task of the partition is attached."""

    def offer(self, batch: SourceBatch) -> None:
        raise RuntimeError(f"A batch of {batch.topic} came before its task")

    def has_room(self, _topic: str) -> bool:
        return False

    def caught_up(self, mark: CaughtUp) -> None:
        raise RuntimeError(f"A mark of {mark.topic} came before its task")


class PartitionSource(Source):
    """Reading of the source topics of one partition."""

    def __init__(self, number: int, topics: Mapping[str, str], changed: Callable[[], None]) -> None:
        """`topics` maps short names to the cluster's names; `changed` is called when polling should look again."""
        self.number = number
        self._changed = changed
        self.readings = {
            short: Reading(TopicPartition(full, number), short, _Nobody()) for short, full in topics.items()
        }

    def attach(self, receiver: Receiver) -> None:
        """Name the task that takes the batches and marks."""
        for reading in self.readings.values():
            reading.receiver = receiver

    def begin(self, offsets: Mapping[str, int]) -> None:
        """Read every source topic from its offset; one that is not named, from its earliest record."""
        for short, reading in self.readings.items():
            reading.begin(offsets.get(short, EARLIEST))
        self._changed()

    def pause(self) -> None:
        """Fetch no more for now."""
        for reading in self.readings.values():
            reading.paused = True

    def resume(self) -> None:
        """Fetch again."""
        for reading in self.readings.values():
            reading.paused = False
        self._changed()

    def end(self) -> None:
        """Deliver nothing until `begin`."""
        for reading in self.readings.values():
            reading.end()


class Sources:
    """All partitions that this worker reads.  Lives in the thread of the main event loop."""

    def __init__(
        self,
        names: Names,
        topics: tuple[str, ...],
        *,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        """`topics` are the short names of the source topics; `on_failure` ends the worker."""
        self.topics = {short: names.topic(short) for short in topics}
        self.fail = on_failure
        self._partitions: dict[int, PartitionSource] = {}
        self._readings: dict[TopicPartition, Reading] = {}
        self._change = asyncio.Event()

    def open(self, number: int) -> PartitionSource:
        """Register a partition; nothing is read before its `begin`."""
        source = PartitionSource(number, self.topics, self._change.set)
        self._partitions[number] = source
        for reading in source.readings.values():
            self._readings[reading.tp] = reading
        return source

    def end(self, number: int) -> None:
        """Read a partition no more; what is under way for it is dropped."""
        self._partitions[number].end()

    def close(self, number: int) -> None:
        """Forget a partition."""
        source = self._partitions.pop(number, None)
        if source is not None:
            source.end()
            for reading in source.readings.values():
                del self._readings[reading.tp]

    def readings(self) -> Iterator[Reading]:
        """Yield all readings, also those that have not begun or have ended."""
        return iter(self._readings.values())

    def begun(self) -> Iterator[Reading]:
        """Yield what is being read."""
        return (reading for reading in self._readings.values() if reading.generation)

    def current(self, tp: TopicPartition, generation: int) -> Reading | None:
        """Return the reading that something fetched is for, unless it has been begun anew or closed."""
        reading = self._readings.get(tp)
        return reading if reading is not None and reading.generation == generation else None

    async def changed(self, timeout_s: float) -> None:
        """Wait until something has begun or resumed, or for `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._change.wait()
        except TimeoutError:
            return
        finally:
            self._change.clear()
