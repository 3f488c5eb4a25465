"""What is taken of a fetch is what aiokafka itself would have given, in runs."""

from collections.abc import Sequence
from struct import pack_into
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.consumer.fetcher import READ_COMMITTED, FetchResult, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from streams.kafka import slim
from streams.kafka.slim import MOST_AT_ONCE
from streams.partition.record import CreatedRecord

TP = TopicPartition("ns.parcel-scans", 3)
COMMIT, ABORT = b"\0\0\0\1", b"\0\0\0\0"
CONTROL = 0x20
APPEND_TIME = 0x08
PLENTY = 1_000


def batch(
    start: int,
    count: int,
    *,
    producer: int = -1,
    marker: bytes | None = None,
    last: int | None = None,
    compression: int = 0,
    appended: bool = False,
) -> bytes:
    """A batch as the log holds it; `last` is the last offset that it had before it was compacted.

    Its time is that of the broker where `appended` says so, else that of the sender.
    """
    builder = DefaultRecordBatchBuilder(2, compression, int(producer >= 0), producer, 0, 0, 2**20)
    for number in range(count):
        builder.append(number, 1_000 + start + number, marker or b"k", b"%d" % (start + number), [])
    data = builder.build()
    pack_into(">q", data, 0, start)
    if marker is not None:
        data[22] |= CONTROL
    if appended:
        data[22] |= APPEND_TIME
    if last is not None:
        pack_into(">i", data, 23, last - start)
    pack_into(">I", data, 17, calc_crc32c(bytes(data[21:])))
    return bytes(data)


def old_batch(start: int, count: int) -> bytes:
    """Messages as brokers kept them before transactions."""
    builder = LegacyRecordBatchBuilder(1, 0, 2**20)
    for number in range(count):
        builder.append(start + number, 1_000 + start + number, b"k", b"%d" % (start + number))
    return bytes(builder.build())


class Fetch:
    """The answer to a fetch, as the consumer's fetcher keeps it."""

    def __init__(self, log: bytes, start: int, aborted: Sequence[tuple[int, int]] = ()) -> None:
        self.state = SimpleNamespace(paused=False, position=start, consumed_to=self.move)
        assignment = SimpleNamespace(active=True, state_value=lambda _tp: self.state)
        unpacked = fetcher.MemoryRecords(log)
        records = PartitionRecords(TP, unpacked, list(aborted), start, None, None, True, READ_COMMITTED)  # noqa: FBT003 - by position
        self.result = FetchResult(TP, assignment=assignment, partition_records=records, backoff=0)

    def move(self, position: int) -> None:
        self.state.position = position

    def slim(self) -> "Fetch":
        slim._Results()[TP] = self.result
        return self

    def take(self, most: int | None = PLENTY) -> list[Any]:
        return [(one.offset, one.timestamp, one.key, one.value) for one in self.result.getall(most)]

    def all(self, most: int | None = PLENTY) -> list[Any]:
        taken: list[Any] = []
        while self.result.has_more():
            taken += self.take(most)
        return taken


LOGS: dict[str, tuple[bytes, int, Sequence[tuple[int, int]]]] = {
    "plain": (batch(10, 700) + batch(710, 3), 10, ()),
    "from the middle of a batch": (batch(10, 700) + batch(710, 3), 400, ()),
    "from behind a batch": (batch(10, 5) + batch(15, 3), 15, ()),
    "committed": (batch(0, 3, producer=7) + batch(3, 1, producer=7, marker=COMMIT) + batch(4, 2), 0, ()),
    "aborted": (
        batch(0, 3, producer=7) + batch(3, 2) + batch(5, 1, producer=7, marker=ABORT) + batch(6, 2, producer=7),
        0,
        [(7, 0)],
    ),
    "of two, one aborted": (
        batch(0, 3, producer=7) + batch(3, 3, producer=8) + batch(6, 1, producer=8, marker=ABORT)
        + batch(7, 1, producer=7, marker=COMMIT),
        0,
        [(8, 3)],
    ),
    "only markers": (batch(0, 1, producer=7, marker=COMMIT), 0, ()),
    "compressed": (batch(0, 3) + batch(3, 700, compression=DefaultRecordBatch.CODEC_GZIP) + batch(703, 2), 2, ()),
    "of the old format": (old_batch(0, 3) + batch(3, 2), 1, ()),
    "compacted": (batch(0, 3, last=90) + batch(91, 2, last=200), 0, ()),
}  # fmt: skip


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("most", [MOST_AT_ONCE, PLENTY, None])
def test_the_same_records_and_the_same_position(name: str, most: int | None) -> None:
    log, start, aborted = LOGS[name]
    ours, theirs = Fetch(log, start, aborted).slim(), Fetch(log, start, aborted)
    assert ours.all(most) == theirs.all(most)
    assert ours.state.position == theirs.state.position


@pytest.mark.parametrize("compression", [0, DefaultRecordBatch.CODEC_GZIP])
def test_records_tell_whose_time_they_carry(compression: int) -> None:
    log = batch(0, 2, compression=compression) + batch(2, 2, compression=compression, appended=True) + old_batch(4, 1)
    taken = Fetch(log, 0).slim().result.getall(PLENTY)
    assert [isinstance(one, CreatedRecord) for one in taken] == [True, True, False, False, True]


def test_never_more_than_asked_for_and_the_rest_later() -> None:
    fetch = Fetch(batch(0, 600) + batch(600, 10), 0).slim()
    assert [len(fetch.take(600)), fetch.state.position] == [500, 500]
    assert [len(fetch.take(600)), fetch.state.position] == [110, 610]
    assert not fetch.result.has_more()


def test_nothing_of_a_partition_when_others_left_less_than_a_run() -> None:
    fetch = Fetch(batch(0, 10), 0).slim()
    assert fetch.take(MOST_AT_ONCE - 1) == []
    assert fetch.result.has_more()
    assert len(fetch.take(MOST_AT_ONCE)) == 10


def test_nothing_after_a_seek_or_while_paused() -> None:
    sought, paused = Fetch(batch(0, 10), 0).slim(), Fetch(batch(0, 10), 0).slim()
    sought.state.position = 5
    paused.state.paused = True
    assert (sought.take(), paused.take()) == ([], [])
    assert not sought.result.has_more()


def test_a_damaged_batch_is_not_taken() -> None:
    damaged = bytearray(batch(0, 10))
    damaged[-3] ^= 1
    with pytest.raises(CorruptRecordException):
        Fetch(bytes(damaged), 0).slim().take()


def test_a_batch_whose_records_are_longer_than_they_say_is_not_taken() -> None:
    damaged = bytearray(batch(0, 1))
    damaged[-3] += 2  # the length of its value
    pack_into(">I", damaged, 17, calc_crc32c(bytes(damaged[21:])))
    with pytest.raises(CorruptRecordException):
        Fetch(bytes(damaged), 0).slim().take()
