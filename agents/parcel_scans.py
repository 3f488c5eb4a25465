"""The agent of topic `parcel-scans`."""

from faust.types import StreamT

from streams.kafka.delivery import Delivery

TOPIC = "parcel-scans"


async def parcel_scans(stream: StreamT[Delivery]) -> None:
    """Hand every batch of scans to the task of its partition."""
    async for event in stream.events():
        event.value.hand_over()
