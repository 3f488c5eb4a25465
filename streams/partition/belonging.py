"""Whether a key is where it belongs: a producer with another partitioner would split a shipment over two partitions."""

from streams.intake.rejection import WRONG_PARTITION, Rejected
from streams.partition.partitioners import Partitioner


def check_partition(key: bytes, partition: int, partitions: int, partitioner: Partitioner) -> None:
    """Raises `Rejected` for a key that belongs to another partition."""
    belongs = partitioner(key, partitions)
    if belongs != partition:
        raise Rejected(
            WRONG_PARTITION,
            f"the key belongs to partition {belongs} of {partitions}: the producer uses another partitioner",
        )
