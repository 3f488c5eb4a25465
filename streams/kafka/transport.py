"""Faust transport `shipclock://`: batches instead of messages, offsets from the tasks."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from faust.transport.drivers import aiokafka as driver

from streams.kafka.consumer import Consumer as BatchingConsumer
from streams.kafka.thread import Engine


class Producer(driver.Producer):
    """Faust's own producer, which nothing is sent through, with the credentials of every other client."""

    def _settings_auth(self) -> Mapping[str, Any]:
        options = cast("Engine", self.app).connection.options()
        return {
            name: value
            for name, value in options.items()
            if name in {"security_protocol", "ssl_context"} or name.startswith("sasl_")
        }


class Transport(driver.Transport):
    """Registered in `pyproject.toml`; chosen by the scheme of the broker URL."""

    Consumer: ClassVar[type[BatchingConsumer]] = BatchingConsumer
    Producer: ClassVar[type[Producer]] = Producer
    default_port = 9092
    driver_version = "shipclock"
