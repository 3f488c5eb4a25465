"""The agent of topic `sla-outcomes-by-customer`."""

from faust.types import StreamT

from streams.kafka.delivery import Delivery

TOPIC = "sla-outcomes-by-customer"


async def outcomes_by_customer(stream: StreamT[Delivery]) -> None:
    """Hand every batch of outcomes to the task of its partition."""
    async for event in stream.events():
        event.value.hand_over()
