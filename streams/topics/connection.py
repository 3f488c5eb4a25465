"""A short connection to a cluster that answers within seconds, or it is said why not."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from streams.errors import KafkaUnavailable, no_answer, not_let_in
from streams.kafka.connection import hurrying
from streams.topics.turned_down import turned_down

ANSWER_WITHIN_S = 8.0
"""Seconds within which some broker must have answered."""

_REQUEST_TIMEOUT_MS = 15_000
_ASK_AGAIN_S = 0.02


class _Complaints:
    """Keeps aiokafka's log lines while connected: they hold the only reason it gives."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.refusals: list[str] = []
        """Of brokers that were there: what they mean, in words."""

    def __call__(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        arguments = record.args if isinstance(record.args, tuple) else ()
        dumb = [type(one).__name__ for one in arguments if isinstance(one, Exception) and not str(one)]
        self.lines.append(" ".join([*record.getMessage().split(), *dumb]))
        self.refusals += filter(None, map(turned_down, arguments))
        return False


@asynccontextmanager
async def connected(
    bootstrap_servers: str | Sequence[str], options: Mapping[str, Any]
) -> AsyncIterator[AIOKafkaClient]:
    """Yield a client that knows the brokers; close it at the end.

    `options` are further keyword arguments of aiokafka's clients, for security above all.  Raises `KafkaUnavailable`
    in one line when no broker answers, or stops answering in between; one that turned us down tells more than one that
    is away.
    """
    merged = {"request_timeout_ms": _REQUEST_TIMEOUT_MS, **options, "bootstrap_servers": bootstrap_servers}
    complaints = _Complaints()
    loggers = [logging.getLogger("aiokafka"), logging.getLogger("aiokafka.conn")]
    for logger in loggers:
        logger.addFilter(complaints)
    client = AIOKafkaClient(**merged)
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            with hurrying(client):
                await client.bootstrap()
            while not client.cluster.brokers():  # whoever answered had just started, or woken up
                await client.force_metadata_update()
                await asyncio.sleep(_ASK_AGAIN_S)
        yield client
    except (KafkaError, OSError, TimeoutError) as error:
        if complaints.refusals:
            raise KafkaUnavailable(not_let_in(bootstrap_servers, complaints.refusals[-1])) from error
        cause = complaints.lines[-1] if complaints.lines else str(error) or type(error).__name__
        raise KafkaUnavailable(no_answer(bootstrap_servers, cause)) from error
    finally:
        await client.close()
        for logger in loggers:
            logger.removeFilter(complaints)
