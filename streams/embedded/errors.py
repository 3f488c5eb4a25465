"""The one error of the embedded Kafka."""

from streams.errors import ShipclockError


class EmbeddedKafkaError(ShipclockError):
    """The embedded Kafka cannot run here; the message says why and what to do."""
