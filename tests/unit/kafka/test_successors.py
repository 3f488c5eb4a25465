"""Who else may lead: all copies must deny it, again and again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from aiokafka import TopicPartition
from aiokafka.cluster import ClusterMetadata
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaStorageError,
    LeaderNotAvailableError,
    NoError,
    NotLeaderForPartitionError,
    ReplicaNotAvailableError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)
from aiokafka.structs import BrokerMetadata, PartitionMetadata

from streams.kafka import successors as module
from streams.kafka.successors import Successors

TP = TopicPartition("t", 0)


class Brokers:
    """A cluster whose brokers answer what they are told to; the client of all that ask."""

    def __init__(self) -> None:
        self.answers: dict[int, Any] = dict.fromkeys((2, 3), NotLeaderForPartitionError)
        self.asked: list[int] = []
        self.updates = 0
        self.unreachable = 0
        self.closed = False
        self.slow_s = 0.0
        self.there = {1, 2, 3}
        self.answering = True
        self.cluster = ClusterMetadata()
        self._topics: set[str] = set()
        self.coming: Any = None
        """Seats that the next metadata tells."""
        self.seats(leader=1, replicas=[1, 2, 3])

    def seats(self, *, leader: int, replicas: list[int]) -> None:
        self.coming = {"t": {0: PartitionMetadata("t", 0, leader, replicas, replicas, 0)}}

    async def bootstrap(self) -> None:
        if self.unreachable:
            self.unreachable -= 1
            raise KafkaConnectionError

    def set_topics(self, topics: set[str]) -> None:
        self._topics = set(topics)

    async def _metadata_update(self, cluster: ClusterMetadata, topics: set[str]) -> bool:
        assert cluster is self.cluster
        assert topics == {"t"}
        self.updates += 1
        if self.coming is not None:
            self.cluster._partitions, self.coming = self.coming, None
        self.cluster._brokers = {node: BrokerMetadata(node, "h", 1, None) for node in self.there}
        return self.answering

    async def send(self, node: int, request: Any) -> Any:
        self.asked.append(node)
        await asyncio.sleep(self.slow_s)
        answer = self.answers[node]
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            await asyncio.Event().wait()
        topics = [(topic, [(partition, answer.errno, -1, -1)]) for topic, [(partition, _)] in request._topics]
        return SimpleNamespace(topics=topics)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ASK_EVERY_S", 0.001)
    monkeypatch.setattr(module, "ANSWER_WITHIN_S", 0.01)


@asynccontextmanager
async def asking(brokers: Brokers) -> AsyncIterator[Successors]:
    successors = Successors(lambda: brokers)
    try:
        yield successors
    finally:
        await successors.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it is asked in the background
            await asyncio.sleep(0.001)


def asked_again(brokers: Brokers, *nodes: int) -> Callable[[], bool]:
    """Each of these has been asked three more times."""
    before = {node: brokers.asked.count(node) for node in nodes}
    return lambda: all(brokers.asked.count(node) >= count + 3 for node, count in before.items())


def test_it_is_known_when_every_copy_has_denied_that_it_leads() -> None:
    async def scenario() -> None:
        brokers = Brokers()
        brokers.answers[3] = None
        async with asking(brokers) as successors:
            assert successors.denied({TP: 1}) == {}
            await until(asked_again(brokers, 2, 3))
            assert successors.denied({TP: 1}) == {}
            brokers.answers[3] = UnknownTopicOrPartitionError
            await until(lambda: successors.denied({TP: 1}))
            assert 1 not in brokers.asked
            assert not successors.claimed()
        assert brokers.closed

    asyncio.run(scenario())


@pytest.mark.parametrize("answer", [None, KafkaConnectionError("down"), TopicAuthorizationFailedError])
def test_it_is_as_old_as_the_last_denial_of_each(answer: Any) -> None:
    async def scenario() -> None:
        brokers = Brokers()
        clock = asyncio.get_running_loop().time
        async with asking(brokers) as successors:
            await until(lambda: successors.denied({TP: 1}))
            await until(asked_again(brokers, 2, 3))
            before = clock()
            await until(asked_again(brokers, 2, 3))
            assert successors.denied({TP: 1})[TP] <= clock() - before
            brokers.answers[3] = answer
            await until(asked_again(brokers, 3))
            before = clock()
            await until(asked_again(brokers, 2, 3))
            assert successors.denied({TP: 1})[TP] >= clock() - before

    asyncio.run(scenario())


def test_it_is_as_old_as_the_question() -> None:
    async def scenario() -> None:
        brokers = Brokers()
        brokers.slow_s = 0.004
        async with asking(brokers) as successors:
            await until(lambda: successors.denied({TP: 1}))
            again = asked_again(brokers, 2, 3)
            while not again():
                assert successors.denied({TP: 1})[TP] >= brokers.slow_s
                await asyncio.sleep(0)

    asyncio.run(scenario())


@pytest.mark.parametrize("answer", [NoError, LeaderNotAvailableError])
def test_whoever_claims_to_lead_is_told_of(answer: Any) -> None:
    async def scenario() -> None:
        brokers = Brokers()
        async with asking(brokers) as successors:
            await until(lambda: successors.denied({TP: 1}))
            brokers.answers[2] = answer
            await until(lambda: successors.claimed() == {TP})
            assert successors.denied({TP: 1}) == {}
            # The metadata tells the reader of the new leader: now the others are asked, the old one too.
            brokers.seats(leader=2, replicas=[1, 2, 3])
            brokers.answers[1] = NotLeaderForPartitionError
            assert successors.denied({TP: 2}) == {}
            await until(lambda: successors.denied({TP: 2}))
            await until(asked_again(brokers, 1, 3))
            assert not successors.claimed()

    asyncio.run(scenario())


def test_a_broker_that_is_gone_counts_as_of_when_the_metadata_was_asked_for() -> None:
    async def scenario() -> None:
        brokers = Brokers()
        clock = asyncio.get_running_loop().time
        brokers.answers[3] = KafkaConnectionError("down")
        async with asking(brokers) as successors:
            assert successors.denied({TP: 1}) == {}
            await until(asked_again(brokers, 2, 3))
            assert successors.denied({TP: 1}) == {}
            brokers.there = {1, 2}
            await until(lambda: successors.denied({TP: 1}))
            before, updates = clock(), brokers.updates
            await until(lambda: brokers.updates > updates + 3)
            assert successors.denied({TP: 1})[TP] <= clock() - before
            brokers.answering = False
            await asyncio.sleep(0)
            before, updates = clock(), brokers.updates
            await until(lambda: brokers.updates > updates + 3)
            assert successors.denied({TP: 1})[TP] >= clock() - before

    asyncio.run(scenario())


def test_a_broker_that_is_back_is_asked() -> None:
    async def scenario() -> None:
        brokers = Brokers()
        brokers.there = {1, 2}
        brokers.answers[3] = NoError
        async with asking(brokers) as successors:
            await until(lambda: successors.denied({TP: 1}))
            brokers.there = {1, 2, 3}
            await until(lambda: successors.claimed() == {TP})
            assert successors.denied({TP: 1}) == {}

    asyncio.run(scenario())


@pytest.mark.parametrize("answer", [UnknownTopicOrPartitionError, ReplicaNotAvailableError, KafkaStorageError])
def test_who_has_no_copy_does_not_lead_but_somebody_else_may_have_it(answer: Any) -> None:
    async def scenario() -> None:
        brokers = Brokers()
        async with asking(brokers) as successors:
            await until(lambda: successors.denied({TP: 1}))
            brokers.answers[3] = answer
            await until(asked_again(brokers, 3))
            brokers.answers[4] = NoError
            brokers.there = {1, 2, 3, 4}
            brokers.seats(leader=4, replicas=[4, 2])
            await until(lambda: successors.claimed() == {TP})
            assert set(brokers.asked) == {2, 3, 4}

    asyncio.run(scenario())


def test_after_a_claim_a_leader_counts_again_when_it_is_known_to_have_come_back() -> None:
    """The claimant denies it in the end, for another has succeeded it: what it acknowledged is not there."""

    async def scenario() -> None:
        brokers = Brokers()
        async with asking(brokers) as successors:
            await until(lambda: successors.denied({TP: 1}))
            brokers.answers[2] = NoError
            brokers.seats(leader=2, replicas=[1, 2, 3])
            await until(lambda: successors.claimed() == {TP})
            brokers.seats(leader=3, replicas=[1, 2, 3])
            brokers.answers |= {2: NotLeaderForPartitionError, 3: LeaderNotAvailableError}
            await until(asked_again(brokers, 2, 3))
            brokers.answers[3] = NotLeaderForPartitionError
            await until(asked_again(brokers, 2, 3))
            assert successors.denied({TP: 1}) == {}
            brokers.seats(leader=1, replicas=[1, 2, 3])
            await until(lambda: successors.denied({TP: 1}))

    asyncio.run(scenario())


def test_what_is_read_no_more_is_not_asked_for() -> None:
    async def scenario() -> None:
        brokers = Brokers()
        async with asking(brokers) as successors:
            await until(lambda: successors.denied({TP: 1}))
            assert successors.denied({}) == {}
            await asyncio.gather(*successors._asking.values())
            before, updates = len(brokers.asked), brokers.updates
            for _ in range(20):
                await asyncio.sleep(0.001)
            assert (len(brokers.asked), brokers.updates) == (before, updates)
            assert successors.denied({TP: 1}) == {}
            await until(lambda: successors.denied({TP: 1}))

    asyncio.run(scenario())


def test_nothing_is_asked_where_no_leader_has_rivals() -> None:
    async def scenario() -> None:
        assert Successors(Brokers).denied({}) == {}

    asyncio.run(scenario())


def test_the_leader_that_the_metadata_names_is_asked_where_another_is_read_from() -> None:
    async def scenario() -> None:
        brokers = Brokers()
        brokers.seats(leader=2, replicas=[1, 3])
        brokers.answers[2] = None
        async with asking(brokers) as successors:
            assert successors.denied({TP: 1}) == {}
            await until(asked_again(brokers, 2, 3))
            assert successors.denied({TP: 1}) == {}

    asyncio.run(scenario())


def test_nothing_is_known_before_it_is_known_who_has_copies() -> None:
    async def scenario() -> None:
        brokers = Brokers()
        brokers.unreachable = 2
        brokers.coming = None
        async with asking(brokers) as successors:
            assert successors.denied({TP: 1}) == {}
            await until(lambda: brokers.updates > 3)
            assert successors.denied({TP: 1}) == {}
            brokers.seats(leader=1, replicas=[1, 2, 3])
            await until(lambda: successors.denied({TP: 1}))
            assert brokers.unreachable == 0

    asyncio.run(scenario())


def test_where_nobody_else_is_left_nobody_else_leads() -> None:
    async def scenario() -> None:
        brokers = Brokers()
        brokers.seats(leader=1, replicas=[1])
        async with asking(brokers) as successors:
            await until(lambda: successors.denied({TP: 1}) == {TP: 0.0})

    asyncio.run(scenario())


@pytest.mark.parametrize("answer", [KafkaConnectionError("down"), TopicAuthorizationFailedError])
def test_a_broker_that_stays_silent_is_told_of_once(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    async def scenario() -> list[Any]:
        brokers = Brokers()
        brokers.answers[3] = answer
        monkeypatch.setattr(module, "TELL_AFTER_S", 0.0)
        with structlog.testing.capture_logs() as told:
            async with asking(brokers) as successors:
                successors.denied({TP: 1})
                await until(asked_again(brokers, 2, 3))
        return told

    told = asyncio.run(scenario())
    assert [(event["event"], event["broker"]) for event in told] == [("broker silent", 3)]


def test_a_broker_that_was_gone_is_silent_from_its_return_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> list[Any]:
        brokers = Brokers()
        brokers.answers[3] = KafkaConnectionError("down")
        with structlog.testing.capture_logs() as told:
            async with asking(brokers) as successors:
                successors.denied({TP: 1})
                await until(asked_again(brokers, 2, 3))
                brokers.there = {1, 2}
                await until(lambda: successors.denied({TP: 1}))
                await until(asked_again(brokers, 2))
                monkeypatch.setattr(module, "TELL_AFTER_S", 0.0)
                # It is back, and does not answer the first time.
                brokers.answers[3] = None
                brokers.there = {1, 2, 3}
                before = brokers.asked.count(3)
                await until(lambda: brokers.asked.count(3) > before)
                monkeypatch.setattr(module, "TELL_AFTER_S", 5.0)
                brokers.answers[3] = NotLeaderForPartitionError
                await until(asked_again(brokers, 3))
        return told

    assert asyncio.run(scenario()) == []


def test_a_mistake_of_the_program_is_not_swallowed() -> None:
    async def scenario() -> None:
        brokers = Brokers()
        brokers.answers[3] = ZeroDivisionError("a bug")
        async with asking(brokers) as successors:
            with pytest.raises(ZeroDivisionError):
                await until(lambda: successors.denied({TP: 1}))

    asyncio.run(scenario())
