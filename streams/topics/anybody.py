"""A request that any broker can answer, put to one after the other: some may be away, or frozen."""

import asyncio
from random import sample
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError
from aiokafka.protocol.api import Request

from streams.kafka.connection import EACH_WITHIN_S


async def ask_anybody(client: AIOKafkaClient, request: Request[Any]) -> Any:
    """Return the first response.  Raises aiokafka's `KafkaError`, that of the last broker, when none has answered."""
    nodes = [broker.nodeId for broker in client.cluster.brokers()]
    silence: Exception = KafkaConnectionError("no broker is known")
    for node in sample(nodes, len(nodes)):
        try:
            async with asyncio.timeout(EACH_WITHIN_S):
                return await client.send(node, request)
        except KafkaError as error:
            if not error.retriable:
                raise
            silence = error
        except TimeoutError:
            silence = KafkaConnectionError(f"Broker {node} has not answered within {EACH_WITHIN_S:.0f} s")
    raise silence
