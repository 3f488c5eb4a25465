"""Who answers for a partition: asked until there is an answer, and anew of every leader."""

import asyncio
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, LeaderNotAvailableError, NoError

from streams.kafka.leaders import LeaderFetchRequest, Leaders
from streams.kafka.successors import Successors

FIRST, SECOND = TopicPartition("t", 0), TopicPartition("t", 1)


class Denials(Successors):
    """Who has denied what, as it is told."""

    def __init__(self) -> None:
        super().__init__(AIOKafkaClient)
        self.asked: set[TopicPartition] = set()
        self.ages: dict[TopicPartition, float] = {}
        self.claims: set[TopicPartition] = set()

    def denied(self, leaders: Mapping[TopicPartition, int]) -> dict[TopicPartition, float]:
        self.asked |= leaders.keys()
        return {tp: age for tp, age in self.ages.items() if tp in leaders}

    def claimed(self) -> set[TopicPartition]:
        claims, self.claims = self.claims, set()
        return claims


class Cluster:
    """Brokers that answer what they are told to."""

    def __init__(self, copies: Mapping[TopicPartition, list[int]] | None = None) -> None:
        self.updates = 0
        self.leaders: dict[TopicPartition, int | None] = {FIRST: 1, SECOND: 2}
        self.answers: dict[TopicPartition, Any] = {}
        self.asked: list[int] = []
        self.consumer = cast("AIOKafkaConsumer", SimpleNamespace(_client=self))
        copies = copies or {}
        partitions = {tp.partition: SimpleNamespace(replicas=copies.get(tp, [1])) for tp in (FIRST, SECOND)}
        self.cluster = SimpleNamespace(leader_for_partition=self.leaders.get, _partitions={"t": partitions})

    def force_metadata_update(self) -> None:
        self.updates += 1

    async def send(self, node: int, request: Any) -> Any:
        self.asked.append(node)
        found = []
        for topic, partitions in request._topics:
            for partition, _ in partitions:
                answer = self.answers.get(TopicPartition(topic, partition), NoError)
                if isinstance(answer, Exception):
                    raise answer
                found.append((topic, [(partition, answer.errno, -1, -1)]))
        return SimpleNamespace(topics=found)


async def _polls(leaders: Leaders, cluster: Cluster, tps: Iterable[TopicPartition] = (FIRST, SECOND)) -> set[Any]:
    """What two polls find, with time between them for an answer."""
    leaders.vouched(cluster.consumer, list(tps))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return set(leaders.vouched(cluster.consumer, list(tps)))


def test_each_leader_is_asked_once_and_anew_when_it_is_another_one() -> None:
    async def scenario() -> None:
        cluster, leaders = Cluster(), Leaders(Denials())
        assert leaders.vouched(cluster.consumer, [FIRST, SECOND]) == {}
        assert await _polls(leaders, cluster) == {FIRST, SECOND}
        assert sorted(cluster.asked) == [1, 2]
        cluster.leaders[FIRST] = 3
        assert leaders.vouched(cluster.consumer, [FIRST, SECOND]) == {SECOND: 0.0}
        assert await _polls(leaders, cluster) == {FIRST, SECOND}
        assert cluster.asked[2:] == [3]

    asyncio.run(scenario())


@pytest.mark.parametrize("answer", [LeaderNotAvailableError, KafkaConnectionError("gone")])
def test_without_an_answer_it_is_asked_again(answer: Any) -> None:
    async def scenario() -> None:
        cluster, leaders = Cluster(), Leaders(Denials())
        cluster.answers[FIRST] = answer
        for _ in range(3):
            assert await _polls(leaders, cluster) == {SECOND}
        del cluster.answers[FIRST]
        assert await _polls(leaders, cluster) == {FIRST, SECOND}

    asyncio.run(scenario())


def test_nobody_answers_where_nobody_leads() -> None:
    async def scenario() -> None:
        cluster, leaders = Cluster(), Leaders(Denials())
        cluster.leaders |= {FIRST: None, SECOND: -1}
        assert await _polls(leaders, cluster) == set()
        assert cluster.asked == []

    asyncio.run(scenario())


def test_what_is_read_no_more_is_asked_again_when_it_is_read_again() -> None:
    async def scenario() -> None:
        cluster, leaders = Cluster(), Leaders(Denials())
        await _polls(leaders, cluster)
        assert await _polls(leaders, cluster, [SECOND]) == {SECOND}
        assert leaders.vouched(cluster.consumer, [FIRST, SECOND]) == {SECOND: 0.0}

    asyncio.run(scenario())


def test_a_mistake_of_the_program_is_not_swallowed() -> None:
    async def scenario() -> None:
        cluster, leaders = Cluster(), Leaders(Denials())
        cluster.answers[FIRST] = ZeroDivisionError("a bug")
        with pytest.raises(ZeroDivisionError):
            await _polls(leaders, cluster)

    asyncio.run(scenario())


def test_a_leader_counts_up_to_when_all_others_have_denied_that_they_lead() -> None:
    async def scenario() -> None:
        cluster, successors = Cluster({FIRST: [1, 2, 3]}), Denials()
        leaders = Leaders(successors)
        assert await _polls(leaders, cluster) == {SECOND}
        assert successors.asked == {FIRST}, "there is nobody to take the place of a leader without copies"
        successors.ages = {FIRST: 0.3}
        assert leaders.vouched(cluster.consumer, [FIRST, SECOND]) == {FIRST: 0.3, SECOND: 0.0}
        assert cluster.updates == 0

    asyncio.run(scenario())


def test_where_another_leads_it_is_looked_for_and_the_leader_must_answer_anew() -> None:
    async def scenario() -> None:
        cluster, successors = Cluster({FIRST: [1, 2, 3]}), Denials()
        leaders = Leaders(successors)
        successors.ages = {FIRST: 0.3}
        assert await _polls(leaders, cluster) == {FIRST, SECOND}
        successors.claims = {FIRST}
        assert leaders.vouched(cluster.consumer, [FIRST, SECOND]) == {SECOND: 0.0}
        assert cluster.updates == 1
        assert await _polls(leaders, cluster) == {FIRST, SECOND}
        assert cluster.updates == 1
        assert cluster.asked == [1, 2, 1]

    asyncio.run(scenario())


@pytest.mark.parametrize(("known", "version"), [((4, 18), 10), ((0, 7), 7), ((4, 10), 10)])
def test_fetches_are_of_a_version_that_copies_do_not_answer(known: tuple[int, int], version: int) -> None:
    assert version == LeaderFetchRequest(100, 1, 1, 1, [], rack_id="").prepare({1: known}).API_VERSION
