"""The settings a broker of the embedded Kafka runs with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from streams.embedded.ports import HOST

_MAX_LONG = 2**63 - 1
_LARGEST_MESSAGE = 4 * 1024 * 1024
_INTERNAL_PARTITIONS = 8


class Endpoint(NamedTuple):
    """The two ports of one node."""

    client: int
    controller: int


def server_properties(
    node: int, endpoints: Sequence[Endpoint], data: Path, overrides: Mapping[str, str]
) -> dict[str, str]:
    """Settings of node `node` (counted from 1) of a cluster in which every node is broker and controller."""
    copies = str(min(3, len(endpoints)))
    in_sync = str(max(1, min(3, len(endpoints)) - 1))
    own = endpoints[node - 1]
    return {
        "process.roles": "broker,controller",
        "node.id": str(node),
        "controller.quorum.voters": ",".join(
            f"{voter}@{HOST}:{endpoint.controller}" for voter, endpoint in enumerate(endpoints, start=1)
        ),
        "listeners": f"PLAINTEXT://{HOST}:{own.client},CONTROLLER://{HOST}:{own.controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{own.client}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": str(data),
        # A topic that nobody created is a mistake, not a wish.
        "auto.create.topics.enable": "false",
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
        # Fewer internal partitions start faster; several still exercise coordinators on every node.
        "offsets.topic.num.partitions": str(_INTERNAL_PARTITIONS),
        "transaction.state.log.num.partitions": str(_INTERNAL_PARTITIONS),
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        # An abandoned transaction is aborted a second after its timeout, not ten.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
        # A broker that was killed may come back when its session has ended: nine seconds by default.
        "broker.session.timeout.ms": "4000",
        "broker.heartbeat.interval.ms": "500",
        "message.max.bytes": str(_LARGEST_MESSAGE),
        "replica.fetch.max.bytes": str(_LARGEST_MESSAGE),
        # Replays write the past and the future; retention by time would delete the past as it arrives.
        "log.message.timestamp.before.max.ms": str(_MAX_LONG),
        "log.message.timestamp.after.max.ms": str(_MAX_LONG),
        "log.retention.ms": "-1",
        # Indexes are sparse files of this size, and the first write to one may lay out all of it: 3 ms on ext4 for the
        # default of 10 MB, twice for each partition of each topic, while its writers wait.
        "log.index.size.max.bytes": str(256 * 1024),
        # The default is a quarter of the heap; this suffices for a million keys at a time.
        "log.cleaner.dedupe.buffer.size": str(32 * 1024 * 1024),
        **overrides,
    }


def render(properties: Mapping[str, str]) -> str:
    """The text of a Java properties file."""
    escaped = ((key, value.replace("\\", "\\\\")) for key, value in properties.items())
    return "".join(f"{key}={value}\n" for key, value in escaped)
