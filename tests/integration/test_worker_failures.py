"""Workers that are killed, stopped, joined, told to end, or cannot work at all: nothing lost, nothing twice."""

import asyncio
import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.demo.conditions import holds_within
from streams.demo.workers import Worker
from streams.embedded import EmbeddedKafka
from tests.integration.journeys import (
    HALF,
    PARTITIONS,
    POLICY,
    SHIPMENTS,
    Undisturbed,
    complete,
    play,
    slices,
    stage_on,
)
from tests.integration.stage import (
    WITHIN_S,
    Stage,
    ask,
    events,
    run_worker,
)


async def owned(worker: Worker) -> set[int]:
    """Partitions of which a worker reads all topics, by its metrics: they tell of a topic once it has been fetched."""
    partitions: dict[int, set[str]] = {}
    for family in text_string_to_metric_families((await ask(worker, "/metrics"))[1]):
        for sample in family.samples:
            if sample.name == "shipclock_source_lag_records":
                partitions.setdefault(int(sample.labels["partition"]), set()).add(sample.labels["topic"])
    together = {"shipments", "parcel-scans", "care-events", "control"}
    return {number for number, topics in partitions.items() if topics == together}


def test_a_worker_that_is_killed_is_replaced_and_the_ids_are_those_of_a_run_without(
    other_kafka: EmbeddedKafka, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    stage = stage_on(other_kafka, undisturbed.namespace, tmp_path)

    async def scenario() -> None:
        await stage.create()
        async with stage.workers(2) as (victim, heir), stage.outputs() as outputs:

            async def kill() -> None:
                assert await victim.partitions()
                victim.kill()

            await play(stage, outputs, {HALF: kill})
            await complete(outputs, undisturbed)
            assert {told["id"] for told in outputs.told()} == undisturbed.ids
            assert await heir.partitions() == set(range(PARTITIONS))

    asyncio.run(scenario())


def test_a_worker_that_sleeps_beyond_its_session_wakes_up_to_commit_nothing_and_joins_again(
    kafka: EmbeddedKafka, namespace: str, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    stage = stage_on(kafka, namespace, tmp_path)

    async def scenario() -> None:
        await stage.create()
        async with stage.workers(2) as (sleeper, heir), stage.outputs() as outputs:
            assert sleeper.pid is not None
            pid = sleeper.pid

            async def stop() -> None:
                assert await sleeper.partitions()
                os.kill(pid, signal.SIGSTOP)

            async def wake() -> None:
                async def inherited() -> bool:
                    return await heir.partitions() == set(range(PARTITIONS))

                await holds_within(WITHIN_S, "the other one takes over", inherited)
                os.kill(pid, signal.SIGCONT)

            try:
                await play(stage, outputs, {HALF: stop, HALF + 8: wake})
                await complete(outputs, undisturbed)
                await stage.ready(sleeper, heir)
            finally:
                os.kill(pid, signal.SIGCONT)

    asyncio.run(scenario())


def test_joining_and_leaving_under_load_loses_and_repeats_nothing_and_keeps_topics_together(
    kafka: EmbeddedKafka, namespace: str, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    stage = stage_on(kafka, namespace, tmp_path)

    async def scenario() -> None:
        await stage.create()
        async with stage.workers() as (first,), stage.outputs() as outputs:
            second = stage.worker("worker-2")

            async def join() -> None:
                second.start()
                await holds_within(WITHIN_S, "the other one has come up", lambda: second.port is not None)

            async def leave() -> None:
                await stage.ready(first, second)

                async def shared() -> bool:
                    ours, theirs = await owned(first), await owned(second)
                    return len(ours) == len(theirs) == PARTITIONS // 2 and not ours & theirs

                await holds_within(WITHIN_S, "each reads all topics of half of the partitions", shared)
                first.terminate()
                told.append(time.monotonic())

            told: list[float] = []

            async def gone() -> None:
                assert await first.ended(10) == 0
                told.append(time.monotonic())

            try:
                # The slices between joining and leaving are under way while partitions move: the first one hears of the
                # other within a second.
                await play(stage, outputs, {8: join, HALF: leave, HALF + 1: gone})
                await complete(outputs, undisturbed)
            finally:
                second.kill()
            assert told[1] - told[0] < 5
            assert [event["event"] for event in events(first)][-1] == "left the group"

    asyncio.run(scenario())


def test_told_to_end_it_commits_what_is_in_its_hand(
    kafka: EmbeddedKafka, namespace: str, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    stage = replace(stage_on(kafka, namespace, tmp_path), settings={"SHIPCLOCK_COMMIT_INTERVAL_MS": "10000"})

    async def scenario() -> None:
        await stage.create()
        await stage.send([record for piece in slices() for record in piece])
        async with stage.workers() as (worker,), stage.outputs() as outputs:

            async def everything_judged() -> bool:
                closed = f'shipclock_shipments{{phase="closed"}} {SHIPMENTS:.1f}'
                return closed in (await ask(worker, "/metrics"))[1]

            await holds_within(WITHIN_S, "every shipment is closed", everything_judged)
            await outputs.drain()
            assert outputs.told() == [], "it was meant to have committed nothing yet"
            began = time.monotonic()
            assert await worker.stop() == 0
            assert time.monotonic() - began < 5
            await complete(outputs, undisturbed)

    asyncio.run(scenario())


def test_a_broker_that_restarts_under_load_costs_nothing(
    other_kafka: EmbeddedKafka, namespace: str, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    stage = stage_on(other_kafka, namespace, tmp_path)

    async def scenario() -> None:
        await stage.create()
        async with stage.workers() as (worker,), stage.outputs() as outputs:

            async def restart() -> None:
                await asyncio.to_thread(other_kafka.restart)

            await play(stage, outputs, {HALF: restart})
            finished = asyncio.create_task(complete(outputs, undisturbed))
            while not finished.done():
                if worker.exit_status is not None:
                    assert worker.exit_status > 0
                    assert events(worker)[-1]["event"].startswith("shipclock: ")
                    worker.start()
                await asyncio.wait({finished}, timeout=0.2)
            finished.result()
            assert len(events(worker)) < 100, "it is away for seconds: that is worth a few lines"

    asyncio.run(scenario())


def test_told_to_end_while_the_broker_is_silent_it_ends_in_time_and_commits_later_what_it_could_not(
    other_kafka: EmbeddedKafka, namespace: str, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    stage = stage_on(other_kafka, namespace, tmp_path)
    (broker,) = other_kafka.process_groups

    async def scenario() -> None:
        await stage.create()
        async with stage.workers() as (worker,), stage.outputs() as outputs:

            async def silence() -> None:
                os.killpg(broker, signal.SIGSTOP)
                began = time.monotonic()
                try:
                    worker.terminate()
                    assert await worker.ended(10) == 0
                    assert time.monotonic() - began < 5
                finally:
                    os.killpg(broker, signal.SIGCONT)
                assert [event for event in events(worker) if event["level"] == "plain"] == []
                worker.start()

            await play(stage, outputs, {HALF: silence})
            await complete(outputs, undisturbed)

    asyncio.run(scenario())


def test_a_worker_that_hears_nothing_from_the_broker_is_not_ready_until_it_does(
    other_kafka: EmbeddedKafka, namespace: str, tmp_path: Path
) -> None:
    stage = Stage(other_kafka.bootstrap_servers, namespace, tmp_path, POLICY, PARTITIONS)
    (broker,) = other_kafka.process_groups

    async def scenario() -> None:
        await stage.create()
        async with stage.workers() as (worker,):

            async def unheard() -> bool:
                status, text = await ask(worker, "/readyz")
                found = json.loads(text)["partitions"].values()
                return status == 503 and bool(found) and all("parcel-scans" in state["unheard"] for state in found)

            async def ready() -> bool:
                worker.require_running()
                return (await ask(worker, "/readyz"))[0] == 200

            assert await ready()
            os.killpg(broker, signal.SIGSTOP)
            try:
                await holds_within(WITHIN_S, "it is not ready", unheard)
            finally:
                os.killpg(broker, signal.SIGCONT)
            await holds_within(WITHIN_S, "it is ready again", ready)

    asyncio.run(scenario())


A_BUG = """
from streams.sla.judge import Judge
def scan(*arguments):
    raise ZeroDivisionError("a bug in the domain")
Judge.scan = scan
"""


def test_a_bug_ends_the_worker_loudly_and_commits_nothing_on_the_way(
    kafka: EmbeddedKafka, namespace: str, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    stage = stage_on(kafka, namespace, tmp_path)

    async def scenario() -> None:
        await stage.create()
        await stage.send([record for piece in slices() for record in piece])
        code, out = await run_worker(stage, A_BUG)
        assert code == 1
        assert out.splitlines()[-1] == "shipclock: the worker has failed: ZeroDivisionError: a bug in the domain"
        failures = [json.loads(line) for line in out.splitlines() if '"the worker has failed"' in line]
        assert [failure["level"] for failure in failures] == ["critical"]
        assert '"name": "scan"' in json.dumps(failures), "where it happened"
        async with stage.workers(), stage.outputs() as outputs:
            await complete(outputs, undisturbed)

    asyncio.run(scenario())


A_BUG_IN_FETCHING = """
from aiokafka.consumer.fetcher import Fetcher
async def broken(*arguments):
    raise ZeroDivisionError("a bug")
Fetcher._proc_fetch_request = broken
"""
NOTHING_IS_WANTED = """
from streams.partition.task import PartitionTask
PartitionTask.has_room = lambda task, topic: False
"""
A_BUG_IN_TAKING_OVER = """
from streams.kafka.thread import ConsumerThread
async def broken(*arguments):
    raise ZeroDivisionError("a bug")
ConsumerThread.on_partitions_assigned = broken
"""


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        (A_BUG_IN_FETCHING, "FetchingEnded: Nothing is fetched any more: ZeroDivisionError('a bug')"),
        (
            A_BUG_IN_FETCHING + NOTHING_IS_WANTED,
            "FetchingEnded: Nothing is fetched any more: ZeroDivisionError('a bug')",
        ),
        (A_BUG_IN_TAKING_OVER, "ZeroDivisionError: a bug"),
        (A_BUG_IN_TAKING_OVER.replace("assigned", "revoked"), "ZeroDivisionError: a bug"),
    ],
    ids=["fetching", "fetching while nothing is wanted", "taking over", "giving up"],
)
def test_what_aiokafka_only_logs_ends_the_worker_all_the_same(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path, *, program: str, sentence: str
) -> None:
    stage = stage_on(kafka, namespace, tmp_path)

    async def scenario() -> None:
        await stage.create()
        code, out = await run_worker(stage, program)
        assert code == 1
        assert out.splitlines()[-1] == f"shipclock: the worker has failed: {sentence}"

    asyncio.run(scenario())
