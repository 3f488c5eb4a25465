"""Which nodes a cluster has: their ports, directories and one common id."""

import base64
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from streams.embedded.errors import EmbeddedKafkaError
from streams.embedded.node import Node
from streams.embedded.ports import free_ports, require_free
from streams.embedded.server_properties import Endpoint, server_properties


def choose_endpoints(nodes: int, client_ports: Sequence[int] | None) -> list[Endpoint]:
    """Ports for every node: the client ports that were asked for, free ones for the rest.

    Raises:
        EmbeddedKafkaError: a port that was asked for is taken, or there are not as many as nodes.
    """
    if nodes < 1 or (client_ports is not None and len(set(client_ports)) != nodes):
        raise EmbeddedKafkaError(f"A cluster of {nodes} nodes needs {nodes} different ports, not {client_ports}.")
    if client_ports is not None:
        require_free(client_ports)
    chosen = [port for port in free_ports(3 * nodes) if port not in (client_ports or ())]
    controller_ports, others = chosen[:nodes], chosen[nodes:]
    return [Endpoint(*pair) for pair in zip(client_ports or others, controller_ports, strict=False)]


def lay_out(
    root: Path,
    endpoints: Sequence[Endpoint],
    java: Sequence[str],
    *,
    temporary: bool,
    cpus: frozenset[int],
    overrides: Mapping[str, str],
) -> list[Node]:
    """Configured nodes, one directory each below `root`; data that lies there already is kept.

    Raises:
        EmbeddedKafkaError: what lies there belongs to a cluster of another size, or a setting is refused.
    """
    kept = len(list(root.glob("node-*/data/meta.properties")))
    if kept not in {0, len(endpoints)}:
        raise EmbeddedKafkaError(f"{root} holds a cluster of {kept} nodes: ask for {kept}, or another directory.")
    cluster_id = _new_cluster_id()
    nodes = []
    for number, endpoint in enumerate(endpoints, start=1):
        node = Node(number, root / f"node-{number}", endpoint.client, java, removed_with_owner=temporary, cpus=cpus)
        node.configure(server_properties(number, endpoints, node.data, overrides), cluster_id)
        nodes.append(node)
    return nodes


def _new_cluster_id() -> str:
    """A random UUID as Kafka writes it: 22 characters of URL-safe base64, not taken for an option by its tools."""
    while True:
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not cluster_id.startswith("-"):
            return cluster_id
