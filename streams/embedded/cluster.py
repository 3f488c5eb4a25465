"""The embedded Kafka: one or several real brokers on this machine, for as long as a `with` block lasts."""

import atexit
import shutil
import sys
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Self

from streams.embedded.distribution import class_path
from streams.embedded.errors import EmbeddedKafkaError
from streams.embedded.java import find_java
from streams.embedded.jvm import jvm_command
from streams.embedded.layout import choose_endpoints, lay_out
from streams.embedded.lifetime import Lifetime
from streams.embedded.node import Node
from streams.embedded.ports import HOST

_STOP_WITHIN = 10.0  # seconds; then brokers with data to keep are killed too


class EmbeddedKafka(Lifetime):
    """A cluster of `nodes` brokers, each of them controller too, listening on the loopback address alone.

    Use it as a context manager, `with` or `async with`.  Nothing is left running when the block ends, the test fails or
    this process is killed.  Works on Linux and macOS.

    Args:
        nodes: How many brokers; topics get min(3, nodes) replicas unless they ask otherwise.
        data_dir: Where data is kept and found again next time; without it a temporary directory that is removed.
        ports: The client port of each node; free ones are chosen without it.
        heap: The Java heap of each node, as Java writes it.
        cpu_affinity: The CPUs all nodes are pinned to (Linux only).
        overrides: Broker settings on top of the built-in ones.
        quick_start: Start faster, run slower once warm: for tests, never for the bench.
    """

    def __init__(
        self,
        nodes: int = 1,
        *,
        data_dir: Path | str | None = None,
        ports: Sequence[int] | None = None,
        heap: str = "512m",
        cpu_affinity: Collection[int] | None = None,
        overrides: Mapping[str, str] | None = None,
        quick_start: bool = False,
    ) -> None:
        if cpu_affinity and sys.platform != "linux":
            raise EmbeddedKafkaError("Pinning the broker to CPUs works on Linux only: leave cpu_affinity out.")
        self._size = nodes
        self._data_dir = None if data_dir is None else Path(data_dir).absolute()
        self._ports = ports
        self._heap = heap
        self._cpus = frozenset(cpu_affinity or ())
        self._overrides = dict(overrides or {})
        self._quick_start = quick_start
        self._root: Path | None = None
        self._nodes: list[Node] = []

    @property
    def bootstrap_servers(self) -> str:
        """`host:port` of every node, separated by commas, running or not."""
        if not self._nodes:
            raise EmbeddedKafkaError("The embedded Kafka is not started.")
        return ",".join(f"{HOST}:{port}" for port in self.ports)

    @property
    def ports(self) -> tuple[int, ...]:
        """The client port of each node."""
        return tuple(node.port for node in self._nodes)

    @property
    def directory(self) -> Path:
        """Where the nodes keep settings, logs and data; temporary unless `data_dir` was given."""
        if self._root is None:
            raise EmbeddedKafkaError("The embedded Kafka is not started.")
        return self._root

    @property
    def process_groups(self) -> tuple[int, ...]:
        """The process group of each running node, to measure or pause it."""
        return tuple(node.process_group for node in self._nodes if node.process_group is not None)

    def start(self) -> Self:
        """Start every node and wait until each knows all the others.

        Raises:
            EmbeddedKafkaError: Java, the download or a port is missing, or a broker does not come up; the message then
                ends with its log.
        """
        if self._nodes:
            raise EmbeddedKafkaError("The embedded Kafka is started already.")
        endpoints = choose_endpoints(self._size, self._ports)
        java = jvm_command(find_java(), class_path(), self._heap, quick_start=self._quick_start)
        atexit.register(self.stop)
        try:
            self._root = self._data_dir or Path(tempfile.mkdtemp(prefix="shipclock-kafka-"))
            self._nodes = lay_out(
                self._root,
                endpoints,
                java,
                temporary=self._data_dir is None,
                cpus=self._cpus,
                overrides=self._overrides,
            )
            for node in self._nodes:
                node.start()
            for node in self._nodes:
                node.wait_until_ready(everyone=self._size)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End every node, remove temporary data; safe to call again."""
        atexit.unregister(self.stop)
        if self._data_dir is not None:
            for node in self._nodes:
                node.terminate()
            deadline = time.monotonic() + _STOP_WITHIN
            for node in self._nodes:
                node.wait(max(0.0, deadline - time.monotonic()))
        for node in self._nodes:
            node.kill()
        self._nodes = []
        if self._data_dir is None and self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
        self._root = None

    def kill(self, node: int = 1) -> None:
        """SIGKILL one node (counted from 1), as a crash would; `restart` brings it back."""
        self._node(node).kill()

    def restart(self, node: int = 1) -> None:
        """Stop one node if it runs, start it on its data, wait until it is ready: 4 s longer if it was killed."""
        broker = self._node(node)
        broker.terminate()
        if not broker.wait(_STOP_WITHIN):
            broker.kill()
        broker.start()
        broker.wait_until_ready()

    def _node(self, number: int) -> Node:
        if not 1 <= number <= len(self._nodes):
            raise EmbeddedKafkaError(f"There is no node {number}: {len(self._nodes)} are started, counted from 1.")
        return self._nodes[number - 1]
