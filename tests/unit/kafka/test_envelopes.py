from aiokafka.record.default_records import DefaultRecordBatch

from streams.kafka.envelopes import NO_HEADERS, Entry, Packed, Stamp, advance, pack

LAST = 2**31 - 1
STAMP = Stamp(producer_id=7, epoch=3, batch_bytes=1_000)


def entries(*values: bytes) -> list[Entry]:
    return [(b"k", value, NO_HEADERS, 5) for value in values]


def read(packed: Packed) -> DefaultRecordBatch:
    return DefaultRecordBatch(bytes(packed.data))


def test_batches_hold_all_records_in_order_and_their_sequence_numbers_go_on() -> None:
    values = [b"%03d" % number * 50 for number in range(40)]
    batches = pack(entries(*values), STAMP, sequence=100)
    assert len(batches) > 1
    assert all(len(batch.data) <= STAMP.batch_bytes for batch in batches)
    assert [record.value for batch in batches for record in read(batch)] == values
    sequence = 100
    for batch in batches:
        assert read(batch).base_sequence == sequence
        assert sum(1 for _ in read(batch)) == batch.records
        sequence += batch.records


def test_every_batch_is_of_a_transaction_and_names_its_producer() -> None:
    (batch,) = pack([(b"k", None, [("ce_id", b"1")], 5)], STAMP, sequence=0)
    header = read(batch)
    assert header.is_transactional
    assert (header.producer_id, header.producer_epoch) == (7, 3)
    assert header.validate_crc()
    (record,) = header
    assert (record.timestamp, record.key, record.value, record.headers) == (5, b"k", None, [("ce_id", b"1")])


def test_a_record_above_the_batch_size_travels_alone() -> None:
    batches = pack(entries(b"a", b"x" * 5_000, b"b"), STAMP, sequence=0)
    assert [[len(record.value or b"") for record in read(batch)] for batch in batches] == [[1], [5_000], [1]]


def test_no_records_make_no_batch() -> None:
    assert pack([], STAMP, sequence=0) == []


def test_sequence_numbers_start_over_at_zero_after_the_largest() -> None:
    assert advance(LAST - 1, 1) == LAST
    assert advance(LAST, 1) == 0
    assert advance(LAST - 1, 5) == 3
    batches = pack(entries(*[b"x" * 400] * 4), STAMP, sequence=LAST - 1)
    assert [(read(batch).base_sequence, batch.records) for batch in batches] == [(LAST - 1, 2), (0, 2)]


def test_every_record_keeps_its_own_timestamp_also_one_before_the_first() -> None:
    stamps = [1_000_000, 5, 2_000_000]
    (batch,) = pack([(b"k", b"v", NO_HEADERS, stamp) for stamp in stamps], STAMP, sequence=0)
    assert [record.timestamp for record in read(batch)] == stamps
