"""The agent of topic `control`."""

from faust.types import StreamT

from streams.kafka.delivery import Delivery

TOPIC = "control"


async def control(stream: StreamT[Delivery]) -> None:
    """Hand every batch of control records to the task of its partition."""
    async for event in stream.events():
        event.value.hand_over()
