"""How far those readings are behind that are not being fetched: of the others, every fetch response tells it."""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.kafka.reading import Reading
from streams.kafka.source import Sources
from streams.partition.ports import EARLIEST

ASK_EVERY_S = 10.0
ANSWER_WITHIN_S = 5.0

Positions = Mapping[TopicPartition, int | None]
"""Offset to read next; None for the one that the group has committed."""


class Asking(Protocol):
    """Who can ask the brokers."""

    def backlogs(self, positions: Positions) -> asyncio.Future[dict[TopicPartition, int]]:
        """Ask in the background how many records lie between these positions and the ends of the logs."""


class Backlogs:
    """Asks now and then, and tells the readings.  Lives in the thread of the main event loop."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._asked_at = monotonic()
        self._generations: dict[TopicPartition, int] = {}
        self._answer: asyncio.Future[dict[TopicPartition, int]] | None = None

    def look(self, sources: Sources) -> None:
        """Take what has been answered, and ask again when it is time; call it often."""
        if self._answer is not None:
            if not self._answer.done():
                return
            answer, self._answer = self._answer, None
            for tp, records in ({} if answer.cancelled() else answer.result()).items():
                reading = sources.current(tp, self._generations[tp])
                if reading is not None:
                    reading.backlog = records
        if monotonic() - self._asked_at >= ASK_EVERY_S:
            self._asked_at = monotonic()
            self._ask([reading for reading in sources.readings() if not reading.fetched])

    def _ask(self, readings: list[Reading]) -> None:
        positions = {
            reading.tp: None if reading.rests else reading.next_offset
            for reading in readings
            if reading.rests or reading.next_offset != EARLIEST
        }
        if positions:
            self._generations = {reading.tp: reading.generation for reading in readings}
            self._answer = self._asking.backlogs(positions)


async def backlogs(consumer: AIOKafkaConsumer, positions: Positions) -> dict[TopicPartition, int]:
    """Return how many records lie between position and end of the log, of what is known; nothing without an answer."""
    resting = [tp for tp, position in positions.items() if position is None]
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            ends: dict[TopicPartition, int] = await consumer.end_offsets(list(positions))
            committed = await consumer._coordinator.fetch_committed_offsets(resting) if resting else {}  # noqa: SLF001 - aiokafka is pinned
    except (KafkaError, TimeoutError):
        return {}
    known = {tp: position for tp, position in positions.items() if position is not None}
    known |= {tp: found.offset for tp, found in committed.items() if found.offset >= 0}
    return {tp: max(ends[tp] - position, 0) for tp, position in known.items()}
