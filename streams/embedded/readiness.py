"""Asks a broker which brokers of its cluster are alive: a Metadata request over a plain socket.

A client library would need an event loop; the cluster is started from synchronous and asynchronous code alike.
"""

import socket
import struct

from streams.embedded.ports import HOST

_METADATA_V1 = struct.pack(">hhih9si", 3, 1, 1, 9, b"shipclock", 0)  # no topics
_LARGEST_ANSWER = 1 << 20


def live_brokers(port: int, timeout: float = 2.0) -> frozenset[int]:
    """Node ids of the live brokers as the one at `port` knows them; empty when it does not answer.

    `timeout` is in seconds, for the connection and for each read.
    """
    try:
        with socket.create_connection((HOST, port), timeout) as connection:
            connection.sendall(struct.pack(">i", len(_METADATA_V1)) + _METADATA_V1)
            (size,) = struct.unpack(">i", _read(connection, 4))
            if not 0 < size < _LARGEST_ANSWER:
                return frozenset()
            return _brokers(_read(connection, size))
    except (OSError, struct.error):
        return frozenset()


def _brokers(answer: bytes) -> frozenset[int]:
    _correlation, count = struct.unpack_from(">ii", answer)
    at = 8
    nodes = set()
    for _ in range(count):
        node, host_length = struct.unpack_from(">ih", answer, at)
        at += 6 + host_length + 4  # node, host, port
        (rack_length,) = struct.unpack_from(">h", answer, at)
        at += 2 + max(rack_length, 0)
        nodes.add(node)
    return frozenset(nodes)


def _read(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            raise ConnectionError("the broker closed the connection")
        parts += part
    return bytes(parts)
