"""The agent of a carrier's topic."""

from faust.types import StreamT

from streams.kafka.delivery import Delivery

TOPIC = "carrier"


async def carrier(stream: StreamT[Delivery]) -> None:
    """Hand every batch of messages to the task of its partition."""
    async for event in stream.events():
        event.value.hand_over()
