"""Three brokers, of which one after the other hands over its partitions: a rolling restart."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiokafka.errors import LeaderNotAvailableError
from aiokafka.protocol.offset import OffsetRequest

from streams.embedded import EmbeddedKafka
from streams.kafka.names import SOURCE_TOPICS, STATE_TOPIC
from tests.integration.engine import running
from tests.integration.journeys import SLICES, Undisturbed, complete, play, stage_on
from tests.integration.kafka_workbench import Workbench, until
from tests.integration.leadership import (
    Elect,
    Reassign,
    client_of,
    controller_of,
    coordinator_of,
    create_topics,
    frozen,
)

SLOW = {
    # A copy learns with its next answer what is acknowledged: here up to so much later.
    "replica.fetch.wait.max.ms": "5000",
    # And a broker that is frozen for a moment stays in sync.
    "replica.lag.time.max.ms": "60000",
    "replica.socket.timeout.ms": "60000",
    "broker.session.timeout.ms": "60000",
}


def test_what_a_new_leader_does_not_show_yet_is_not_taken_for_absent(
    namespace: str,
) -> None:
    """An acknowledged scan lies below the end of the log, and the leader does not know yet that it is acknowledged."""

    async def scenario(kafka: EmbeddedKafka) -> None:
        bench = Workbench(kafka, namespace, partitions=1)
        scans = bench.names.topic("parcel-scans")
        async with client_of(bench.servers) as client:
            new = await controller_of(client)
            coordinator = await coordinator_of(client, bench.names.group)
            old, third = sorted({1, 2, 3} - {new}, key=lambda node: node != coordinator)
            seats: dict[str, Sequence[int]] = dict.fromkeys((STATE_TOPIC, *SOURCE_TOPICS), (new,))
            await create_topics(bench, seats | {"parcel-scans": (old, new, third)})
            await client.send(new, Reassign(scans, [new, old, third]))

            async def error_of_new_leader() -> int:
                answer = await client.send(new, OffsetRequest(-1, 1, [(scans, [(0, -1)])]))
                return int(answer.topics[0][1][0][1])

            async with running(bench) as engine:
                task = engine.made[0]
                reading = task.source.readings["parcel-scans"]
                await bench.produce("parcel-scans", 0, [b"1"])
                await until(lambda: task.values["parcel-scans"] == [b"1"], "the first scan")
                await bench.produce("parcel-scans", 0, [b"2"])
                with frozen(kafka.process_groups[third - 1]):
                    await client.send(new, Elect(scans))
                    task.source.begin({**task.read, "parcel-scans": 0})
                    task.values.clear()
                    task.marks.clear()
                    await until(lambda: task.values["parcel-scans"], "what the new leader shows")
                    heard: set[int | None] = set()

                    def answered() -> bool:
                        heard.add(reading._heard)
                        return len(heard) > 5

                    await until(answered, "answers to further fetches")
                    assert task.values["parcel-scans"] == [b"1"]
                    assert reading.lag == 0, "it seems to be the end"
                    assert await error_of_new_leader() == LeaderNotAvailableError.errno
                    assert not task.marks["parcel-scans"]
                await until(lambda: task.marks["parcel-scans"], "a mark")
                assert task.values["parcel-scans"] == [b"1", b"2"]
                assert {mark.position for mark in task.marks["parcel-scans"]} == {2}
                assert engine.failures == []

    with EmbeddedKafka(nodes=3, quick_start=True, overrides=SLOW) as kafka:
        asyncio.run(scenario(kafka))


def test_brokers_may_be_restarted_one_after_the_other(namespace: str, undisturbed: Undisturbed, tmp_path: Path) -> None:
    """Two workers go on all the time, and say what they say when nothing happens."""

    async def scenario(kafka: EmbeddedKafka) -> None:
        stage = stage_on(kafka, namespace, tmp_path)
        await stage.create()
        async with stage.workers(2) as workers, stage.outputs() as outputs, asyncio.TaskGroup() as restarts:
            restarted: list[asyncio.Task[None]] = []

            def restart(node: int) -> Callable[[], Awaitable[None]]:
                async def begin() -> None:
                    if restarted:
                        await restarted[-1]  # one at a time: the other two hold what it has
                    restarted.append(restarts.create_task(asyncio.to_thread(kafka.restart, node)))

                return begin

            await play(stage, outputs, {SLICES * node // 4: restart(node) for node in (1, 2, 3)})
            await restarted[-1]
            await complete(outputs, undisturbed)
            for worker in workers:
                worker.require_running()

    with EmbeddedKafka(nodes=3, quick_start=True) as kafka:
        asyncio.run(scenario(kafka))
