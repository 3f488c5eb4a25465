"""Records come out of a batch as aiokafka itself unpacks them."""

from struct import pack_into

import pytest
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.unpacking import COVERED_FROM, is_plain, unpack
from streams.partition.record import CreatedRecord

APPEND_TIME = 0x08
STAMPS = st.integers(-(2**62), 2**62 - 1)
TEXTS = st.none() | st.binary(max_size=5) | st.integers(60, 20_000).map(lambda size: b"x" * size)
GAPS = st.integers(1, 3) | st.integers(1, 2**20)
"""Between the offsets of two records: what stood there may have been compacted away."""
HEADERS = st.lists(st.tuples(st.text(max_size=3), st.binary(max_size=3)), max_size=2)
ENTRIES = st.tuples(TEXTS, TEXTS, HEADERS, STAMPS, GAPS)
Entry = tuple[bytes | None, bytes | None, list[tuple[str, bytes]], int, int]


def built(entries: list[Entry], base: int) -> bytearray:
    builder = DefaultRecordBatchBuilder(2, 0, 1, 7, 0, 0, 2**24)
    offset = 0
    for key, value, headers, stamp, gap in entries:
        builder.append(offset, stamp, key, value, headers)
        offset += gap
    data: bytearray = builder.build()
    pack_into(">q", data, 0, base)
    return data


def test_attributes_tell_whether_records_are_compressed() -> None:
    data = built([(b"k", b"v", [], 5, 1)], 0)
    assert is_plain(bytes(data[COVERED_FROM:]))
    for codec in range(1, 5):
        data[COVERED_FROM + 1] = codec
        assert not is_plain(bytes(data[COVERED_FROM:]))


@pytest.mark.parametrize("by_the_broker", [False, True])
@given(entries=st.lists(ENTRIES, min_size=1, max_size=200), base=st.integers(0, 2**60))
def test_records_are_what_aiokafka_unpacks(by_the_broker: bool, entries: list[Entry], base: int) -> None:  # noqa: FBT001 - a parameter
    data = built(entries, base)
    if by_the_broker:
        data[COVERED_FROM + 1] |= APPEND_TIME
    theirs = [(one.offset, one.timestamp, one.key, one.value) for one in DefaultRecordBatch(bytes(data))]
    unpacked = unpack(bytes(data[COVERED_FROM:]), base)
    assert [(one.offset, one.timestamp, one.key, one.value) for one in unpacked] == theirs
    assert {isinstance(one, CreatedRecord) for one in unpacked} == {not by_the_broker}


@given(cut=st.integers(1, 300))
def test_what_is_cut_off_is_never_taken_for_records(cut: int) -> None:
    data = bytes(built([(b"key", b"x" * 100, [("h", b"1")], 5, 1)] * 3, 0))[COVERED_FROM:]
    with pytest.raises((IndexError, ValueError)):
        unpack(data[: len(data) - cut], 0)
