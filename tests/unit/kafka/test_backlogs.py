"""How far readings are behind that are not being fetched."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from aiokafka.structs import OffsetAndMetadata

from streams.kafka import backlogs as module
from streams.kafka.backlogs import Backlogs, Positions, backlogs
from streams.kafka.names import Names
from streams.kafka.reading import Reading
from streams.kafka.source import Sources

FULL, PARKED, NEW = (TopicPartition("ns.parcel-scans", number) for number in range(3))


class Brokers:
    """A consumer, as far as it is asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error
        self._coordinator = self

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        if self._error is not None:
            raise self._error
        return dict.fromkeys(partitions, 100)

    async def fetch_committed_offsets(self, partitions: Sequence[TopicPartition]) -> Mapping[TopicPartition, Any]:
        return {tp: OffsetAndMetadata(60 if tp == PARKED else -1, "") for tp in partitions}


def test_they_are_told_from_the_position_or_from_what_has_been_committed() -> None:
    assert asyncio.run(backlogs(Brokers(), {FULL: 90, PARKED: None, NEW: None})) == {FULL: 10, PARKED: 40}


@pytest.mark.parametrize("error", [KafkaConnectionError(), TimeoutError()])
def test_no_answer_is_no_error(error: Exception) -> None:
    assert asyncio.run(backlogs(Brokers(error), {FULL: 90})) == {}


class Asked:
    """Remembers what it is asked; the test answers."""

    def __init__(self) -> None:
        self.positions: list[Positions] = []
        self.answers: list[asyncio.Future[dict[TopicPartition, int]]] = []

    def backlogs(self, positions: Positions) -> asyncio.Future[dict[TopicPartition, int]]:
        self.positions.append(positions)
        self.answers.append(asyncio.get_running_loop().create_future())
        return self.answers[-1]


def one(sources: Sources) -> Reading:
    return sources.open(0).readings["parcel-scans"]


def test_an_answer_is_for_the_reading_that_was_asked_for_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ASK_EVERY_S", 0.0)

    async def scenario() -> None:
        sources = Sources(Names("ns"), ("parcel-scans",), on_failure=lambda _: None)
        reading, asked = one(sources), Asked()
        looking = Backlogs(asked)
        looking.look(sources)
        assert asked.positions == [{FULL: None}]
        looking.look(sources)
        assert len(asked.positions) == 1, "one question at a time"
        reading.begin(5)
        asked.answers[0].set_result({FULL: 12})
        looking.look(sources)
        assert (reading.records_left, asked.positions[1:]) == (None, [{FULL: 5}])
        asked.answers[1].set_result({FULL: 7})
        looking.look(sources)
        assert reading.records_left == 7
        asked.answers[2].cancel()
        looking.look(sources)
        assert reading.records_left == 7

    asyncio.run(scenario())
