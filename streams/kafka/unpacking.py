"""The records of a batch, as the log holds it: what `streams.kafka.envelopes` packs, and any other producer."""

from typing import Final

from librt.strings import read_i16_be, read_i32_be, read_i64_be
from mypy_extensions import i64

from streams.partition.record import CreatedRecord, Record

COVERED_FROM: Final = 21
"""Where in a batch the bytes begin that its checksum covers: its attributes come first."""

_FIRST_TIMESTAMP: Final = 6
"""Where in those bytes."""
_LAST_TIMESTAMP: Final = 14
_COUNT: Final = 36
_RECORDS: Final = 40
_COMPRESSED: Final = 0x07
_APPEND_TIME: Final = 0x08
_SEVEN_BITS: Final = 0x7F
_MORE: Final = 0x80
_POSITIVE: Final = 0x7FFF_FFFF_FFFF_FFFF


def is_plain(covered: bytes) -> bool:
    """Whether the records lie there as they are, not compressed."""
    attributes = i64(read_i16_be(covered, 0))
    return attributes & _COMPRESSED == 0


def unpack(covered: bytes, base: i64) -> list[Record]:
    """The records of a batch from what its checksum covers; `base` is the offset of the first one that it had.

    Raises `ValueError` or `IndexError` where a record does not end where it should.
    """
    attributes = i64(read_i16_be(covered, 0))
    first = read_i64_be(covered, _FIRST_TIMESTAMP)
    last = read_i64_be(covered, _LAST_TIMESTAMP)
    appended = attributes & _APPEND_TIME != 0
    count = i64(read_i32_be(covered, _COUNT))
    total: i64 = len(covered)
    place: i64 = _RECORDS
    records: list[Record] = []
    while count > 0:
        count -= 1
        size, place = _number(covered, place)
        end = place + size
        since, place = _number(covered, place + 1)
        after, place = _number(covered, place)
        key, place = _data(covered, place)
        value, place = _data(covered, place)
        if place >= end or end > total:  # the number of its headers comes before its end
            raise ValueError("a record is longer than it says")
        if appended:
            records.append(Record(base + after, last, key, value))
        else:
            records.append(CreatedRecord(base + after, first + since, key, value))
        place = end  # nobody asks for headers of what is read
    return records


def _data(packed: bytes, place: i64) -> tuple[bytes | None, i64]:
    """A key or a value, and the place after it; None is one that is missing."""
    size, place = _number(packed, place)
    if size > len(packed) - place:
        raise ValueError("a key or a value is longer than its batch")
    return (None, place) if size < 0 else (packed[place : place + size], place + size)


def _number(packed: bytes, place: i64) -> tuple[i64, i64]:
    """A signed number of up to 64 bits, and the place after it."""
    byte: i64 = packed[place]
    place += 1
    number = byte & _SEVEN_BITS
    shift: i64 = 7
    while byte & _MORE:
        byte = packed[place]
        place += 1
        number |= (byte & _SEVEN_BITS) << shift
        shift += 7
    return (number >> 1 & _POSITIVE) ^ -(number & 1), place
