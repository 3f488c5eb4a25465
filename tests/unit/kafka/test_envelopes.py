import pytest
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from streams.kafka.envelopes import NO_HEADERS, Headings, Packed, Pile, Stamp, advance, by_place
from streams.partition.headers import Identified, Kind
from streams.partition.output import Headers, Output

LAST = 2**31 - 1
STAMP = Stamp(producer_id=7, epoch=3)
BATCH_BYTES = 1_000
HEADINGS = Headings()
Entry = tuple[bytes | None, bytes | None, Headers, int]
"""Key, value, headers and timestamp of a record."""


def pack(
    records: list[Entry], sequence: int, *, stamp: Stamp = STAMP, batch_bytes: int = BATCH_BYTES, at_once: int = 3
) -> list[Packed]:
    """Some records at a time, as slices of a unit of work bring them."""
    pile = Pile(HEADINGS, batch_bytes)
    for first in range(0, len(records), at_once):
        pile.put([Output("t", *record[:3], None, record[3]) for record in records[first : first + at_once]], 0)
    return pile.finish(stamp, sequence)


def entries(*values: bytes) -> list[Entry]:
    return [(b"k", value, NO_HEADERS, 5) for value in values]


def whole(packed: Packed) -> bytes:
    return b"".join([packed.head, *packed.body])


def read(packed: Packed) -> DefaultRecordBatch:
    return DefaultRecordBatch(whole(packed))


def test_batches_hold_all_records_in_order_and_their_sequence_numbers_go_on() -> None:
    values = [b"%03d" % number * 50 for number in range(40)]
    batches = pack(entries(*values), sequence=100)
    assert len(batches) > 1
    assert all(len(whole(batch)) <= BATCH_BYTES for batch in batches)
    assert [record.value for batch in batches for record in read(batch)] == values
    sequence = 100
    for batch in batches:
        assert read(batch).base_sequence == sequence
        assert sum(1 for _ in read(batch)) == batch.records
        sequence += batch.records


def test_every_batch_is_of_a_transaction_and_names_its_producer() -> None:
    (batch,) = pack([(b"k", None, [("ce_id", b"1")], 5)], sequence=0)
    header = read(batch)
    assert header.is_transactional
    assert (header.producer_id, header.producer_epoch) == (7, 3)
    assert header.validate_crc()
    (record,) = header
    assert (record.timestamp, record.key, record.value, record.headers) == (5, b"k", None, [("ce_id", b"1")])


def test_a_record_above_the_batch_size_travels_alone() -> None:
    batches = pack(entries(b"a", b"x" * 5_000, b"b"), sequence=0)
    assert [[len(record.value or b"") for record in read(batch)] for batch in batches] == [[1], [5_000], [1]]


def test_a_pile_knows_its_largest_record() -> None:
    pile = Pile(HEADINGS, BATCH_BYTES)
    pile.keep({b"small": b"x", b"large": b"x" * 600}, 5)
    pile.put([Output("a", b"smaller", b"x" * 500, NO_HEADERS), Output("a", None, None, NO_HEADERS)], 5)
    assert pile.largest_key == b"large"
    assert 600 < pile.largest < 700


def test_no_records_make_no_batch() -> None:
    assert pack([], sequence=0) == []


def test_sequence_numbers_start_over_at_zero_after_the_largest() -> None:
    assert advance(LAST - 1, 1) == LAST
    assert advance(LAST, 1) == 0
    assert advance(LAST - 1, 5) == 3
    batches = pack(entries(*[b"x" * 400] * 4), sequence=LAST - 1)
    assert [(read(batch).base_sequence, batch.records) for batch in batches] == [(LAST - 1, 2), (0, 2)]


def test_every_record_keeps_its_own_timestamp_also_one_before_the_first() -> None:
    stamps = [1_000_000, 5, 2_000_000]
    (batch,) = pack([(b"k", b"v", NO_HEADERS, stamp) for stamp in stamps], sequence=0)
    assert [record.timestamp for record in read(batch)] == stamps


KIND = Kind([("ce_type", b"t"), ("content-type", b"application/json"), ("long", b"x" * 9_000)])
MANY = [
    [(b"k" * size, b"v" * (size * 3), NO_HEADERS, 5) for size in (0, 1, 63, 64, 65, 2_000, 4_095, 4_096, 8_191, 8_192)],
    [(None, None, NO_HEADERS, 5), (b"", b"", NO_HEADERS, 5), (None, b"v", NO_HEADERS, 5), (b"k", None, NO_HEADERS, 5)],
    [(b"k", b"v" * (2**20), NO_HEADERS, 5)],
    [(b"k", b"v", NO_HEADERS, 5 + number % 3 * 10**number) for number in range(19)],
    [(b"k", b"%d" % number, NO_HEADERS, 5 + number // 4_500) for number in range(9_000)],
    [(b"k", b"v", Identified("ce_id", b"%d" % number * 40, KIND), 5) for number in range(3)],
    [(b"k", b"v", [("a", b"1"), ("\u7b7e\u6536", b"y" * 5_000)] * number, 5) for number in range(80)],
]


@pytest.mark.parametrize("records", MANY)
def test_a_batch_is_byte_for_byte_as_aiokafka_packs_it(records: list[Entry]) -> None:
    stamp = Stamp(producer_id=2**40, epoch=12)
    (batch,) = pack(records, sequence=77, stamp=stamp, batch_bytes=2**27, at_once=1_000)
    builder = DefaultRecordBatchBuilder(2, 0, 1, stamp.producer_id, stamp.epoch, 77, 2**27)
    for offset, (key, value, headers, timestamp) in enumerate(records):
        builder.append(offset, timestamp, key, value, list(headers))
    assert whole(batch) == bytes(builder.build())
    assert batch.records == len(records)


def test_outputs_are_put_where_they_say_in_their_order() -> None:
    outputs = [
        Output("a", b"1", b"x", NO_HEADERS),
        Output("a", b"2", b"y", NO_HEADERS, 3),
        Output("b", b"3", None, NO_HEADERS, None, 7),
        Output("a", b"4", b"z", NO_HEADERS),
        Output("a", b"5", b"w", NO_HEADERS, 3, 8),
        Output("a", b"6", b"v", NO_HEADERS, 0),
    ]
    first, second, third, fourth, fifth, sixth = outputs
    places = by_place(outputs)
    assert places == {("a", None): [first, fourth], ("a", 3): [second, fifth], ("b", None): [third], ("a", 0): [sixth]}


def test_outputs_have_their_own_time_or_now() -> None:
    outputs = [Output("a", b"1", b"x", NO_HEADERS), Output("a", b"2", None, NO_HEADERS, 3, 0)]
    pile = Pile(HEADINGS, BATCH_BYTES)
    for output in outputs:
        pile.put([output], 5)
    assert pile.finish(STAMP, 9) == pack([(b"1", b"x", NO_HEADERS, 5), (b"2", None, NO_HEADERS, 0)], 9)


def test_state_values_are_packed_as_other_records_are() -> None:
    pile = Pile(HEADINGS, BATCH_BYTES)
    pile.keep({b"1": b"x", b"2": None}, 5)
    pile.keep({b"": b""}, 5)
    same: list[Entry] = [(b"1", b"x", NO_HEADERS, 5), (b"2", None, NO_HEADERS, 5), (b"", b"", NO_HEADERS, 5)]
    assert pile.finish(STAMP, 9) == pack(same, 9)


def test_outputs_are_equal_when_all_that_they_say_is() -> None:
    same = [Output("a", b"1", b"x", NO_HEADERS, 3, 7) for _ in range(2)]
    assert same[0] == same[1]
    for other in (
        Output("b", b"1", b"x", NO_HEADERS, 3, 7),
        Output("a", b"2", b"x", NO_HEADERS, 3, 7),
        Output("a", b"1", None, NO_HEADERS, 3, 7),
        Output("a", b"1", b"x", [("h", b"1")], 3, 7),
        Output("a", b"1", b"x", NO_HEADERS, None, 7),
        Output("a", b"1", b"x", NO_HEADERS, 3),
    ):
        assert other != same[0]
    assert repr(same[0]) == "Output('a', b'1', b'x', (), 3, 7)"
