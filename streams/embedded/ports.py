"""Ports of the local machine: free ones found, taken ones named."""

import random
import socket
from collections.abc import Sequence

from streams.embedded.errors import EmbeddedKafkaError

HOST = "127.0.0.1"

# Below the ranges that systems hand out for outgoing connections: a port that is free now stays free until the broker
# has it, and again while a stopped node is to come back to it.
_CHOICE = range(20_000, 32_000)


def free_ports(count: int) -> list[int]:
    """That many different ports on which nothing listens."""
    chosen: list[int] = []
    for port in random.SystemRandom().sample(_CHOICE, len(_CHOICE)):
        if len(chosen) == count:
            break
        if is_free(port):
            chosen.append(port)
    return chosen


def is_free(port: int) -> bool:
    """Whether a broker could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def require_free(ports: Sequence[int]) -> None:
    """Refuse ports that are in use.

    Raises:
        EmbeddedKafkaError: names the first one that is taken.
    """
    for port in ports:
        if not is_free(port):
            raise EmbeddedKafkaError(
                f"Port {port} is taken by another process: stop it, or name another port (or none, to have one chosen)."
            )
