"""Who leads: brokers that are frozen, and requests that aiokafka does not have, to look at it and to change it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, ClassVar

from aiokafka.admin import NewTopic
from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Array,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    String,
    TaggedFields,
)

from tests.integration.kafka_workbench import WITHIN_S, Workbench
from tests.integration.stage import administration

_TAGS = ("tags", TaggedFields)
_REPLICAS = CompactArray(("replica", Int32), ("end", Int64), _TAGS)
_WITHIN_MS = 10_000


def _by_topic(*fields: Any) -> CompactArray:
    partitions = CompactArray(("partition", Int32), *fields, _TAGS)
    return CompactArray(("topic", CompactString()), ("partitions", partitions), _TAGS)


class DescribeQuorumResponse(Response):  # type: ignore[misc]  # aiokafka publishes no types
    API_KEY: ClassVar[int] = 55
    API_VERSION: ClassVar[int] = 0
    SCHEMA: ClassVar[Schema] = Schema(
        ("error_code", Int16),
        (
            "topics",
            _by_topic(
                ("error_code", Int16),
                ("leader", Int32),
                ("epoch", Int32),
                ("high_watermark", Int64),
                ("voters", _REPLICAS),
                ("observers", _REPLICAS),
            ),
        ),
        _TAGS,
    )


class DescribeQuorumRequestV0(RequestStruct):  # type: ignore[misc]  # as above
    FLEXIBLE_VERSION: ClassVar[bool] = True
    API_KEY: ClassVar[int] = 55
    API_VERSION: ClassVar[int] = 0
    RESPONSE_TYPE: ClassVar[type[Response]] = DescribeQuorumResponse
    SCHEMA: ClassVar[Schema] = Schema(("topics", _by_topic()), _TAGS)


class DescribeQuorum(Request[DescribeQuorumRequestV0]):  # type: ignore[misc]  # as above
    """Which controller is the active one."""

    API_KEY: ClassVar[int] = 55

    def build(self, request_struct_class: type[DescribeQuorumRequestV0]) -> Any:
        return request_struct_class([("__cluster_metadata", [(0, {})], {})], {})


class ReassignResponse(Response):  # type: ignore[misc]  # as above
    API_KEY: ClassVar[int] = 45
    API_VERSION: ClassVar[int] = 0
    SCHEMA: ClassVar[Schema] = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        ("error", CompactString()),
        ("topics", _by_topic(("error_code", Int16), ("error", CompactString()))),
        _TAGS,
    )


class ReassignRequestV0(RequestStruct):  # type: ignore[misc]  # as above
    FLEXIBLE_VERSION: ClassVar[bool] = True
    API_KEY: ClassVar[int] = 45
    API_VERSION: ClassVar[int] = 0
    RESPONSE_TYPE: ClassVar[type[Response]] = ReassignResponse
    SCHEMA: ClassVar[Schema] = Schema(
        ("timeout_ms", Int32), ("topics", _by_topic(("replicas", CompactArray(Int32)))), _TAGS
    )


class Reassign(Request[ReassignRequestV0]):  # type: ignore[misc]  # as above
    """Give partition 0 these replicas, the preferred leader first."""

    API_KEY: ClassVar[int] = 45

    def __init__(self, topic: str, replicas: list[int]) -> None:
        self._topic, self._replicas = topic, replicas

    def build(self, request_struct_class: type[ReassignRequestV0]) -> Any:
        return request_struct_class(_WITHIN_MS, [(self._topic, [(0, self._replicas, {})], {})], {})


class ElectResponse(Response):  # type: ignore[misc]  # as above
    API_KEY: ClassVar[int] = 43
    API_VERSION: ClassVar[int] = 0
    SCHEMA: ClassVar[Schema] = Schema(
        ("throttle_time_ms", Int32),
        (
            "topics",
            Array(
                ("topic", String("utf-8")),
                ("partitions", Array(("partition", Int32), ("error_code", Int16), ("error", String("utf-8")))),
            ),
        ),
    )


class ElectRequestV0(RequestStruct):  # type: ignore[misc]  # as above
    API_KEY: ClassVar[int] = 43
    API_VERSION: ClassVar[int] = 0
    RESPONSE_TYPE: ClassVar[type[Response]] = ElectResponse
    SCHEMA: ClassVar[Schema] = Schema(
        ("topics", Array(("topic", String("utf-8")), ("partitions", Array(Int32)))), ("timeout_ms", Int32)
    )


class Elect(Request[ElectRequestV0]):  # type: ignore[misc]  # as above
    """Let the preferred leader of partition 0 lead."""

    API_KEY: ClassVar[int] = 43

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def build(self, request_struct_class: type[ElectRequestV0]) -> Any:
        return request_struct_class([(self._topic, [0])], _WITHIN_MS)


@contextmanager
def frozen(process_group: int) -> Iterator[None]:
    os.killpg(process_group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process_group, signal.SIGCONT)


@asynccontextmanager
async def client_of(servers: str) -> AsyncIterator[AIOKafkaClient]:
    client = AIOKafkaClient(bootstrap_servers=servers)
    await client.bootstrap()
    try:
        yield client
    finally:
        await client.close()


async def controller_of(client: AIOKafkaClient) -> int:
    """The active controller."""
    quorum = (await client.send(1, DescribeQuorum())).to_object()
    return int(quorum["topics"][0]["partitions"][0]["leader"])


async def coordinator_of(client: AIOKafkaClient, group: str) -> int:
    """The broker that the group depends on; its topic is created when the first asks for it."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            try:
                return int(await client.coordinator_lookup(CoordinationType.GROUP, group))
            except GroupCoordinatorNotAvailableError:
                await asyncio.sleep(0.05)


async def create_topics(bench: Workbench, replicas: Mapping[str, Sequence[int]]) -> None:
    """Create topics of one partition, by short name; the first replica leads."""
    async with administration(bench.servers) as admin:
        await admin.create_topics(
            [NewTopic(bench.names.topic(short), -1, -1, {0: list(nodes)}) for short, nodes in replicas.items()]
        )
