"""Records as aiokafka's C code unpacks them.

aiokafka wraps each in a `ConsumerRecord`, a frozen data class of eleven fields: about 1 microsecond per record, a tenth
of what a scan may cost altogether.  The records beneath have all that `streams.partition.ports.Record` asks for.
"""

from collections import OrderedDict
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer.fetcher import FetchResult


def _as_it_is(_tp: TopicPartition, record: Any) -> Any:
    return record


class _Results(OrderedDict[TopicPartition, Any]):
    """Fetch results that are waiting to be taken; records are unpacked when they are."""

    def __setitem__(self, tp: TopicPartition, result: Any) -> None:
        if isinstance(result, FetchResult):
            result._partition_records._consumer_record = _as_it_is  # noqa: SLF001 - aiokafka is pinned
        super().__setitem__(tp, result)


def slim(consumer: AIOKafkaConsumer) -> None:
    """Make a started consumer return bare records: offset, timestamp, key, value, headers."""
    consumer._fetcher._records = _Results()  # noqa: SLF001 - aiokafka is pinned
