"""The agent of topic `shipments`."""

from faust.types import StreamT

from streams.kafka.delivery import Delivery

TOPIC = "shipments"


async def shipments(stream: StreamT[Delivery]) -> None:
    """Hand every batch of registrations to the task of its partition."""
    async for event in stream.events():
        event.value.hand_over()
