"""A real Apache Kafka, started and stopped by Python: for the demo, the tests and the bench."""

from streams.embedded.cluster import EmbeddedKafka
from streams.embedded.errors import EmbeddedKafkaError

__all__ = ["EmbeddedKafka", "EmbeddedKafkaError"]
