"""Keys must reach the partition that Java's producer would choose."""

import pytest
from aiokafka.partitioner import DefaultPartitioner, murmur2


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        # From the tests of Apache Kafka itself (org.apache.kafka.common.utils.UtilsTest).
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_producers_hash_is_javas(key: bytes, expected: int) -> None:
    assert murmur2(key) == expected % 2**32
    partitions = list(range(12))
    assert DefaultPartitioner()(key, partitions, partitions) == (expected & 0x7FFFFFFF) % 12
