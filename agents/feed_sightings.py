"""The agent of topic `feed-sightings`."""

from faust.types import StreamT

from streams.kafka.delivery import Delivery

TOPIC = "feed-sightings"


async def feed_sightings(stream: StreamT[Delivery]) -> None:
    """Hand every batch of sightings to the task of its partition."""
    async for event in stream.events():
        event.value.hand_over()
