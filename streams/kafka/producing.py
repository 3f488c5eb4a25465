"""Transactional producers: opened so that they commit fast, closed so that nothing hangs."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

from streams.kafka.connection import Connection

RETRY_BACKOFF_MS = 5
"""Kafka answers "busy" for a moment after each commit: aiokafka's 100 ms would be most of the latency."""

CLOSE_WITHIN_S = 0.5
"""Nothing waits to be sent by then, so closing is a matter of milliseconds, unless the broker is silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterLimits:
    """Bounds of a transaction."""

    timeout_s: float = 10.0
    """From begin to commit; the coordinator aborts on its own after the same time."""
    batch_bytes: int = 110_000
    """Size of one producer batch: it is copied several times on its way, and small ones stay in the processor's cache.

    A larger record travels alone.
    """
    compression: str | None = None
    """gzip, snappy, lz4, zstd or None."""


async def open_producer(connection: Connection, transactional_id: str, limits: WriterLimits) -> AIOKafkaProducer:
    """Return a started producer; the one before it of the same id is fenced, and its open transaction settled.

    Raises aiokafka's `KafkaError`.
    """
    producer = AIOKafkaProducer(
        **connection.options(),
        transactional_id=transactional_id,
        transaction_timeout_ms=int(limits.timeout_s * 1000),
        max_batch_size=limits.batch_bytes,
        compression_type=limits.compression,
        retry_backoff_ms=RETRY_BACKOFF_MS,
        linger_ms=0,
    )
    try:
        await producer.start()
    except BaseException:
        await close_producer(producer)
        raise
    return producer


async def close_producer(producer: AIOKafkaProducer) -> None:
    """Close; by force when it waits for a broker.  Never raises."""
    for close in (producer.stop, producer._sender.close, producer.client.close):  # noqa: SLF001 - aiokafka is pinned
        with suppress(Exception):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await close()
                if close == producer.stop:
                    return
