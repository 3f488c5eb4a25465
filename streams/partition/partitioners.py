"""Which partition a key belongs to, as the producers of the source topics have it."""

import zlib
from collections.abc import Callable
from typing import Final

from mypy_extensions import i64

Partitioner = Callable[[bytes, int], int]
"""Key and number of partitions to partition."""

_MASK: Final = 0xFFFFFFFF
_M: Final = 0x5BD1E995


def murmur2(key: bytes, partitions: int) -> int:
    """Kafka's Java client, and clients that follow it (`murmur2_random` of librdkafka)."""
    length: i64 = len(key)
    value: i64 = 0x9747B28C ^ length
    whole: i64 = length & ~3
    at: i64 = 0
    while at < whole:
        k: i64 = _product(key[at] | key[at + 1] << 8 | key[at + 2] << 16 | key[at + 3] << 24)
        value = _product(value) ^ _product(k ^ k >> 24)
        at += 4
    if whole < length:
        rest: i64 = key[whole]
        if whole + 1 < length:
            rest |= key[whole + 1] << 8
        if whole + 2 < length:
            rest |= key[whole + 2] << 16
        value = _product(value ^ rest)
    value = _product(value ^ value >> 13)
    return ((value ^ value >> 15) & 0x7FFFFFFF) % partitions


def _product(value: i64) -> i64:
    """The low 32 bits of a product: in two parts, each of which fits into 63 bits."""
    low: i64 = (value & 0xFFFF) * _M
    high: i64 = (value >> 16) * _M & 0xFFFF
    return low + (high << 16) & _MASK


def crc32(key: bytes, partitions: int) -> int:
    """Librdkafka's `consistent` and `consistent_random`."""
    return zlib.crc32(key) % partitions


PARTITIONERS: Final[dict[str, Partitioner]] = {"murmur2": murmur2, "crc32": crc32}
