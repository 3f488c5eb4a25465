"""Parts of a partition against naive models of them."""

from typing import NamedTuple

from aiokafka.partitioner import murmur2 as other_murmur2
from hypothesis import given
from hypothesis import strategies as st

from streams.partition.deadlines import BUCKET_MS, DeadlineIndex
from streams.partition.lanes import Lanes, TimeSource
from streams.partition.partitioners import murmur2
from streams.partition.ports import CaughtUp, SourceBatch
from streams.partition.record import Record
from streams.sla.instants import NEVER

TOPICS = ("a", "b", "c")
keys = st.sampled_from([b"k1", b"k2", b"k3", b"k4"])
deadlines = st.one_of(st.integers(0, 5 * BUCKET_MS), st.sampled_from([NEVER, BUCKET_MS, BUCKET_MS - 1]))


class Step(NamedTuple):
    key: bytes
    deadline: int | None
    """None: it is dropped."""
    until: int


steps = st.lists(st.builds(Step, keys, st.none() | deadlines, st.integers(0, 6 * BUCKET_MS)), max_size=40)


@given(steps)
def test_the_deadline_index_fires_like_a_list_that_is_searched(taken: list[Step]) -> None:
    current: dict[bytes, int] = {}
    index, now = DeadlineIndex(current.get), 0
    for step in taken:
        if step.deadline is None:
            current.pop(step.key, None)
        else:
            deadline = max(step.deadline, now)
            before = current.get(step.key)
            current[step.key] = deadline
            if before is None or deadline < before:
                index.file(step.key, deadline)
        now = max(now, step.until)
        due = sorted((deadline, key) for key, deadline in current.items() if deadline < now)
        assert all(index.earliest <= deadline for deadline in current.values())
        fired = []
        while (found := index.pop(now)) is not None:
            fired.append(found)
            del current[found[1]]
        assert fired == due


@given(steps, st.integers(BUCKET_MS // 4, 3 * BUCKET_MS))
def test_a_deadline_that_is_filed_anew_when_it_fires_comes_again(taken: list[Step], period: int) -> None:
    current = {step.key: step.deadline for step in taken if step.deadline is not None and step.deadline < NEVER}
    index = DeadlineIndex(current.get)
    for key, deadline in current.items():
        index.file(key, deadline)
    end = 12 * BUCKET_MS
    expected = sorted((at, key) for key, deadline in current.items() for at in range(deadline, end, period))
    fired = []
    while (found := index.pop(end)) is not None:
        deadline, key = found
        fired.append(found)
        current[key] = deadline + period
        index.file(key, current[key])
    assert fired == expected


@given(st.data())
def test_topics_that_arrive_in_pieces_are_merged_as_if_they_were_sorted(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from([TimeSource.APPEND, TimeSource.REPLAY]))
    lanes = Lanes(TOPICS, source)
    logs = {
        topic: [
            Record(offset, stamp, topic.encode(), None)
            for offset, stamp in enumerate(sorted(data.draw(st.lists(st.integers(1, 12), max_size=8))))
        ]
        for topic in TOPICS
    }
    waiting = {topic: list(log) for topic, log in logs.items()}
    merged: list[tuple[int, int, int]] = []

    def take() -> None:
        while (lane := lanes.next_lane()) is not None:
            record = lane.records[lane.place]
            assert record.timestamp < lane.bound
            merged.append((record.timestamp, lane.rank, record.offset))
            lane.advance(lane.place + 1)

    while any(waiting.values()):
        topic = data.draw(st.sampled_from([name for name, rest in waiting.items() if rest]))
        count = data.draw(st.integers(1, 3))
        lanes.by_topic[topic].offer(SourceBatch(topic, waiting[topic][:count], 1), trusted=False)
        del waiting[topic][:count]
        take()
    lanes.tick(99, 1)
    for topic, log in logs.items():
        lanes.by_topic[topic].mark = CaughtUp(topic, len(log), 99)
    take()
    assert merged == sorted(
        (record.timestamp, rank, record.offset) for rank, topic in enumerate(TOPICS) for record in logs[topic]
    )
    assert lanes.time() == 99


@given(st.binary(max_size=40), st.integers(1, 64))
def test_murmur2_is_that_of_other_clients(key: bytes, partitions: int) -> None:
    assert murmur2(key, partitions) == (other_murmur2(key) & 0x7FFFFFFF) % partitions
