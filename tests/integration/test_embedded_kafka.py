import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.embedded import EmbeddedKafka, EmbeddedKafkaError

GONE_WITHIN = 15.0


async def create_topic(kafka: EmbeddedKafka, topic: str, copies: int = 1) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=copies)])
    finally:
        await admin.close()


async def produce(kafka: EmbeddedKafka, topic: str, *values: bytes, timestamp_ms: int | None = None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all") as producer:
        for value in values:
            await producer.send_and_wait(topic, value, partition=0, timestamp_ms=timestamp_ms)


async def consume(kafka: EmbeddedKafka, topic: str) -> list[tuple[int, bytes | None]]:
    """Timestamps and values of all committed records."""
    partition = TopicPartition(topic, 0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest", isolation_level="read_committed"
    )
    await consumer.start()
    try:
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        records = []
        while await consumer.position(partition) < end:
            batches = await consumer.getmany(timeout_ms=200)
            records += [(record.timestamp, record.value) for record in batches.get(partition, ())]
        return records
    finally:
        await consumer.stop()


def values(records: list[tuple[int, bytes | None]]) -> list[bytes | None]:
    return [value for _, value in records]


def processes_of(kafka: EmbeddedKafka) -> list[psutil.Process]:
    """Brokers and their guards."""
    guards = [psutil.Process(group) for group in kafka.process_groups]
    return guards + [broker for guard in guards for broker in guard.children()]


def test_what_is_produced_is_consumed(kafka: EmbeddedKafka, namespace: str) -> None:
    async def scenario() -> list[tuple[int, bytes | None]]:
        await create_topic(kafka, namespace)
        await produce(kafka, namespace, b"one", b"two")
        return await consume(kafka, namespace)

    assert values(asyncio.run(scenario())) == [b"one", b"two"]


@pytest.mark.parametrize("timestamp_ms", [1_000, 4_102_444_800_000], ids=["in 1970", "in 2100"])
def test_create_times_far_from_now_are_kept(kafka: EmbeddedKafka, namespace: str, timestamp_ms: int) -> None:
    async def scenario() -> list[tuple[int, bytes | None]]:
        await create_topic(kafka, namespace)
        await produce(kafka, namespace, b"then", timestamp_ms=timestamp_ms)
        return await consume(kafka, namespace)

    assert asyncio.run(scenario()) == [(timestamp_ms, b"then")]


def test_a_transaction_commits_on_a_single_node(kafka: EmbeddedKafka, namespace: str) -> None:
    async def scenario() -> list[tuple[int, bytes | None]]:
        await create_topic(kafka, namespace)
        producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, transactional_id=f"{namespace}.0")
        async with producer:
            async with producer.transaction():
                await producer.send_and_wait(namespace, b"committed", partition=0)
            await producer.begin_transaction()
            await producer.send_and_wait(namespace, b"aborted", partition=0)
            await producer.abort_transaction()
        return await consume(kafka, namespace)

    assert values(asyncio.run(scenario())) == [b"committed"]


def test_topics_are_not_created_by_mistake(kafka: EmbeddedKafka, namespace: str) -> None:
    async def topics() -> list[str]:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
        await admin.start()
        try:
            await admin.describe_topics([namespace])
            return list(await admin.list_topics())
        finally:
            await admin.close()

    assert namespace not in asyncio.run(topics())


def test_nothing_runs_and_nothing_lies_about_after_the_block() -> None:
    with EmbeddedKafka(quick_start=True) as kafka:
        processes = processes_of(kafka)
        directory = kafka.directory
        assert directory.exists()
    _, alive = psutil.wait_procs(processes, GONE_WITHIN)
    assert processes
    assert not alive
    assert not directory.exists()


def test_a_failure_inside_the_block_stops_the_broker() -> None:
    kafka = EmbeddedKafka(quick_start=True)
    processes: list[psutil.Process] = []

    async def scenario() -> None:
        async with kafka:
            processes.extend(processes_of(kafka))
            raise LookupError("a failed test")

    with pytest.raises(LookupError, match="a failed test"):
        asyncio.run(scenario())
    _, alive = psutil.wait_procs(processes, GONE_WITHIN)
    assert processes
    assert not alive


OWNER = """
import sys
from streams.embedded import EmbeddedKafka
kafka = EmbeddedKafka(2, quick_start=True).start()
print(kafka.directory, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda ending: ending.name)
def test_nothing_is_left_when_the_owner_is_ended(ending: signal.Signals) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with owner:
        assert owner.stdout is not None
        directory = Path(owner.stdout.readline().strip())
        processes = psutil.Process(owner.pid).children(recursive=True)
        assert directory.is_dir()
        assert sum("kafka.Kafka" in process.cmdline() for process in processes) >= 2
        owner.send_signal(ending)
        owner.wait(GONE_WITHIN)
        _, alive = psutil.wait_procs(processes, GONE_WITHIN)
    assert not alive
    assert not directory.exists()


def test_the_broker_outlives_the_thread_that_started_it() -> None:
    kafka = EmbeddedKafka(quick_start=True)
    thread = threading.Thread(target=kafka.start)
    thread.start()
    thread.join()
    try:

        async def scenario() -> list[tuple[int, bytes | None]]:
            await create_topic(kafka, "still-here")
            await produce(kafka, "still-here", b"yes")
            return await consume(kafka, "still-here")

        assert values(asyncio.run(scenario())) == [b"yes"]
    finally:
        kafka.stop()


def test_a_killed_node_comes_back_with_its_data(other_kafka: EmbeddedKafka, namespace: str) -> None:
    async def fill() -> None:
        await create_topic(other_kafka, namespace)
        await produce(other_kafka, namespace, b"before the crash")

    async def refill() -> list[tuple[int, bytes | None]]:
        await produce(other_kafka, namespace, b"after it")
        return await consume(other_kafka, namespace)

    asyncio.run(fill())
    other_kafka.kill()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", other_kafka.ports[0]), timeout=1)
    other_kafka.restart()
    assert values(asyncio.run(refill())) == [b"before the crash", b"after it"]


def test_a_named_directory_keeps_its_data_for_the_next_time(tmp_path: Path) -> None:
    async def fill(kafka: EmbeddedKafka) -> None:
        await create_topic(kafka, "kept")
        await produce(kafka, "kept", b"yesterday")

    with EmbeddedKafka(data_dir=tmp_path, quick_start=True) as kafka:
        asyncio.run(fill(kafka))
    with EmbeddedKafka(data_dir=tmp_path, quick_start=True) as kafka:
        assert values(asyncio.run(consume(kafka, "kept"))) == [b"yesterday"]
    with pytest.raises(EmbeddedKafkaError, match="holds a cluster of 1 nodes"):
        EmbeddedKafka(3, data_dir=tmp_path).start()


def test_three_nodes_go_on_when_one_is_killed() -> None:
    async def before(kafka: EmbeddedKafka) -> None:
        await create_topic(kafka, "replicated", copies=3)
        await produce(kafka, "replicated", b"by three")

    async def after(kafka: EmbeddedKafka) -> list[tuple[int, bytes | None]]:
        await produce(kafka, "replicated", b"by two")
        return await consume(kafka, "replicated")

    with EmbeddedKafka(3, quick_start=True, heap="256m") as kafka:
        asyncio.run(before(kafka))
        kafka.kill(2)
        assert values(asyncio.run(after(kafka))) == [b"by three", b"by two"]
        kafka.restart(2)
        with pytest.raises(EmbeddedKafkaError, match="There is no node 4"):
            kafka.kill(4)


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedKafkaError, match=f"Port {port} is taken"):
            EmbeddedKafka(ports=[port]).start()


def test_every_node_needs_a_port_of_its_own() -> None:
    with pytest.raises(EmbeddedKafkaError, match="2 nodes needs 2 different ports"):
        EmbeddedKafka(2, ports=[20_001]).start()


def test_a_broker_that_fails_to_start_shows_its_log() -> None:
    kafka = EmbeddedKafka(quick_start=True, overrides={"metric.reporters": "no.such.Reporter"})
    with pytest.raises(EmbeddedKafkaError, match=r"no\.such\.Reporter"):
        kafka.start()


def test_brokers_stay_on_the_cpu_they_are_given() -> None:
    if sys.platform != "linux":
        with pytest.raises(EmbeddedKafkaError, match="Linux only"):
            EmbeddedKafka(cpu_affinity={0})
        return
    cpu = min(os.sched_getaffinity(0))
    with EmbeddedKafka(quick_start=True, cpu_affinity={cpu}) as kafka:
        pinned = [process.cpu_affinity() for process in processes_of(kafka)]
    assert pinned == [[cpu], [cpu]]
