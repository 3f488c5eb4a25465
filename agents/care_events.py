"""The agent of topic `care-events`."""

from faust.types import StreamT

from streams.kafka.delivery import Delivery

TOPIC = "care-events"


async def care_events(stream: StreamT[Delivery]) -> None:
    """Hand every batch of care events to the task of its partition."""
    async for event in stream.events():
        event.value.hand_over()
