"""Which partition a key belongs to, as the producers of the source topics have it."""

import zlib
from collections.abc import Callable
from typing import Final

Partitioner = Callable[[bytes, int], int]
"""Key and number of partitions to partition."""

_MASK: Final = 0xFFFFFFFF
_M: Final = 0x5BD1E995


def murmur2(key: bytes, partitions: int) -> int:
    """Kafka's Java client, and clients that follow it (`murmur2_random` of librdkafka)."""
    length = len(key)
    value = 0x9747B28C ^ length
    whole = length & ~3
    for at in range(0, whole, 4):
        k = int.from_bytes(key[at : at + 4], "little") * _M & _MASK
        value = value * _M & _MASK ^ (k ^ k >> 24) * _M & _MASK
    if rest := length & 3:
        value = (value ^ int.from_bytes(key[whole : whole + rest], "little")) * _M & _MASK
    value = (value ^ value >> 13) * _M & _MASK
    return ((value ^ value >> 15) & 0x7FFFFFFF) % partitions


def crc32(key: bytes, partitions: int) -> int:
    """Librdkafka's `consistent` and `consistent_random`."""
    return zlib.crc32(key) % partitions


PARTITIONERS: Final[dict[str, Partitioner]] = {"murmur2": murmur2, "crc32": crc32}
