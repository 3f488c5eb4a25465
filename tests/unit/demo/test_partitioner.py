"""What the demo feeds must lie where the workers expect it."""

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner

from streams.partition.partitioners import murmur2

# The default of the producer that the demo's feeder makes; the default of a parameter needs no event loop.
FEEDERS = (AIOKafkaProducer.__init__.__kwdefaults__ or {})["partitioner"]


def test_the_feeder_partitions_by_the_default_of_its_client() -> None:
    assert isinstance(FEEDERS, DefaultPartitioner)


@pytest.mark.parametrize("partitions", [1, 6, 12])
@pytest.mark.parametrize("key", [b"21", b"foobar", b"C2K-000001", b"C2K-003689", "é".encode(), b"abc", b"abcd\xff"])
def test_the_feeder_and_the_workers_agree(key: bytes, partitions: int) -> None:
    everywhere = list(range(partitions))
    assert FEEDERS(key, everywhere, everywhere) == murmur2(key, partitions)


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
def test_the_hash_is_javas(key: bytes, expected: int) -> None:
    assert murmur2(key, 2**31) == expected & 0x7FFFFFFF
