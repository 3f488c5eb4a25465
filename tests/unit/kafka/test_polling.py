"""What a poll makes of an offset that the leader does not have."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from streams.kafka.leaders import Leaders
from streams.kafka.polling import RECENT_S, Polled, Want, poll

FIRST, SECOND = TopicPartition("t", 0), TopicPartition("t", 1)


class Consumer:
    """Has read `FIRST` further than its leader has it, and `SECOND` to the end."""

    def __init__(self) -> None:
        state = SimpleNamespace(has_valid_position=True, timestamp=5, position=7, highwater=7, lso=7)
        assignment = SimpleNamespace(active=True, state_value=lambda _tp: state)
        self._coordinator = SimpleNamespace(check_errors=lambda: None)
        self._fetcher = SimpleNamespace(error_future=asyncio.get_running_loop().create_future())
        self._subscription = SimpleNamespace(subscription=SimpleNamespace(assignment=assignment))

    async def getmany(self, *_tps: TopicPartition, **_options: Any) -> Any:
        raise OffsetOutOfRangeError({FIRST: 7})

    async def beginning_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(tps, 0)

    async def end_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(tps, 5)


def polled(vouched: dict[TopicPartition, float]) -> Polled:
    async def scenario() -> Polled:
        leaders = cast("Leaders", SimpleNamespace(vouched=lambda _consumer, _tps: vouched))
        wants = [Want(FIRST, 1, None, fetch=True), Want(SECOND, 2, None, fetch=True)]
        return await poll(cast("AIOKafkaConsumer", Consumer()), leaders, wants, 0.0)

    return asyncio.run(scenario())


def test_a_leader_that_nobody_disputes_is_believed() -> None:
    (lost,) = polled({FIRST: 0.1, SECOND: 0.1}).lost
    assert (lost.tp, lost.generation) == (FIRST, 1)
    assert "offset 7 is to be read next, but the log ends at 5" in str(lost.error)


@pytest.mark.parametrize("vouched", [{}, {FIRST: RECENT_S}])
def test_one_that_another_may_have_succeeded_is_asked_again(vouched: dict[TopicPartition, float]) -> None:
    assert polled(vouched).lost == []


def test_the_others_go_on() -> None:
    standings = {one.tp: one.vouched_at for one in polled({SECOND: 0.1}).standings}
    assert standings[SECOND] is not None
    assert standings[FIRST] is None
