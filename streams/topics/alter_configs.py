"""Kafka's request to change single settings of a topic (IncrementalAlterConfigs, KIP-339).

aiokafka only has the older AlterConfigs, which sets every setting it does not name back to its default.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

TOPIC_RESOURCE = 2
SET_OPERATION = 0


class IncrementalAlterConfigsResponseV0(Response):  # type: ignore[misc]  # aiokafka publishes no types
    """One error code (0: done) and message per resource."""

    API_KEY: ClassVar[int] = 44
    API_VERSION: ClassVar[int] = 0
    SCHEMA: ClassVar[Schema] = Schema(
        ("throttle_time_ms", Int32),
        (
            "resources",
            Array(
                ("error_code", Int16),
                ("error_message", String("utf-8")),
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
            ),
        ),
    )


class IncrementalAlterConfigsRequestV0(RequestStruct):  # type: ignore[misc]  # as above
    """Resources, each with (name, operation, value) of the settings to change."""

    API_KEY: ClassVar[int] = 44
    API_VERSION: ClassVar[int] = 0
    RESPONSE_TYPE: ClassVar[type[Response]] = IncrementalAlterConfigsResponseV0
    SCHEMA: ClassVar[Schema] = Schema(
        (
            "resources",
            Array(
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
                (
                    "configs",
                    Array(
                        ("name", String("utf-8")),
                        ("config_operation", Int8),
                        ("value", String("utf-8")),
                    ),
                ),
            ),
        ),
        ("validate_only", Boolean),
    )


class IncrementalAlterConfigsRequest(Request[IncrementalAlterConfigsRequestV0]):  # type: ignore[misc]  # as above
    """Set some settings of a topic; brokers know it since Kafka 2.3."""

    API_KEY: ClassVar[int] = 44

    def __init__(self, topic: str, config: Mapping[str, str]) -> None:
        self._resources = [(TOPIC_RESOURCE, topic, [(name, SET_OPERATION, value) for name, value in config.items()])]

    def build(self, request_struct_class: type[IncrementalAlterConfigsRequestV0]) -> Any:
        """Return the request in the version that client and broker have agreed on."""
        return request_struct_class(self._resources, False)  # noqa: FBT003  # aiokafka takes fields by position
