"""Where no broker answers: one line that says so, and the exit code for it."""

import asyncio
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest

from streams.errors import Disconnected, KafkaUnavailable, TransactionFailed
from streams.kafka.changelog import KafkaChangelog
from streams.kafka.connection import Connection
from streams.kafka.names import Names
from streams.kafka.producing import WriterLimits
from streams.kafka.writer import KafkaWriter
from streams.partition.core import Core
from streams.partition.job import CoreSettings
from streams.partition.judging import judging
from streams.partition.lanes import TimeSource
from streams.simulation import Broker, ManualClock
from streams.sla.policy import parse_policy
from streams.topics.connection import connected
from tests.unit.partition.simulated import SimulatedWorker
from tests.unit.partition.town import PAGE

NO_BROKER = 4
SKIP_THE_CHECK = """
from streams.topics.check import Found
from streams.worker import Worker
async def passed(worker):
    return Found(partitions=1, job_partitions=1, ids={})
Worker._check_topics = passed
"""


@pytest.fixture
def closed() -> Iterator[str]:
    """An address that refuses connections, and that nobody else can take meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def writer(address: str) -> KafkaWriter:
    connection = Connection(bootstrap_servers=(address,))
    return KafkaWriter(connection, Names("x"), 0, clock=ManualClock(), limits=WriterLimits())


@pytest.mark.parametrize("program", ["", SKIP_THE_CHECK], ids=["from the beginning", "after the check"])
def test_a_worker_ends_with_the_code_for_it_and_one_line(closed: str, program: str) -> None:
    worker = subprocess.run(
        [sys.executable, "-c", f"{program}\nfrom streams.cli import main\nmain()", "worker"],
        env={**os.environ, "SHIPCLOCK_BOOTSTRAP_SERVERS": closed, "SHIPCLOCK_HTTP_PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert worker.returncode == NO_BROKER
    *_, last = worker.stderr.splitlines()
    assert last.startswith(f"shipclock: No Kafka broker answers at {closed} (")
    assert "Traceback" not in worker.stderr + worker.stdout


@pytest.fixture
def hanging_up() -> Iterator[str]:
    """An address where whoever greets is sent away without a word, as with TLS by a listener that has none."""

    def send_away(accepted: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = accepted.accept()
                connection.recv(1 << 16)
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=send_away, args=(server,))
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_cause_without_words_is_named(hanging_up: str) -> None:
    async def connect() -> None:
        options = {"security_protocol": "SSL", "ssl_context": ssl.create_default_context()}
        async with connected(hanging_up, options):
            pass

    with pytest.raises(KafkaUnavailable, match=rf'Unable connect to "{hanging_up}": ConnectionResetError\)'):
        asyncio.run(connect())


async def read(changelog: KafkaChangelog) -> None:
    async for _ in changelog.read(0, 1):
        pass


def test_neither_state_can_be_read_nor_anything_be_written(closed: str) -> None:
    with pytest.raises(Disconnected, match=f"cannot start writing. No Kafka broker answers at {closed}"):
        asyncio.run(writer(closed).start())
    changelog = KafkaChangelog(Connection(bootstrap_servers=(closed,)), Names("x"), 0)
    with pytest.raises(Disconnected, match=f"cannot be read. No Kafka broker answers at {closed}"):
        asyncio.run(read(changelog))


def test_a_partition_that_finds_none_again_and_again_gives_up_for_that_reason(closed: str) -> None:
    async def scenario() -> list[str]:
        clock = ManualClock()
        core = Core(judging(parse_policy(PAGE)), CoreSettings("ns", 0, 1, TimeSource.APPEND))
        worker = SimulatedWorker(Broker(clock), core, clock=clock, writer=writer(closed), most_failures=2)
        worker.task.start()
        with pytest.raises(KafkaUnavailable) as given_up:
            await worker.task.failure
        assert given_up.value.exit_code == NO_BROKER
        assert isinstance(given_up.value, TransactionFailed)
        return worker.watcher.aborts

    assert len(asyncio.run(scenario())) == 3
