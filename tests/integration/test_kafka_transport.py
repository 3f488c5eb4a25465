import asyncio
import time

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.errors import GroupAuthorizationFailedError

from streams.embedded import EmbeddedKafka
from streams.errors import NotAllowed
from streams.kafka import backlogs
from streams.kafka.errors import SourceTruncated, StateLost
from tests.integration.engine import running
from tests.integration.kafka_workbench import WITHIN_S, Workbench, unit, until


@pytest.fixture
def bench(kafka: EmbeddedKafka, namespace: str) -> Workbench:
    return Workbench(kafka, namespace)


def numbered(count: int, start: int = 0) -> list[bytes]:
    return [b"%d" % number for number in range(start, start + count)]


def test_every_record_arrives_once_and_in_order_and_then_the_end_is_told(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        await bench.produce("parcel-scans", 0, numbered(10_000))
        async with running(bench) as engine:
            task = engine.made[0]
            await until(lambda: len(task.values["parcel-scans"]) >= 10_000, "all records")
            assert task.values["parcel-scans"] == numbered(10_000)
            await until(lambda: task.marks["parcel-scans"], "a mark")
            assert task.marks["parcel-scans"][-1].position == task.read["parcel-scans"] == 10_000
            assert engine.failures == []

    asyncio.run(scenario())


def test_marks_keep_flowing_while_nothing_is_appended_and_never_run_ahead_of_a_record(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        async with running(bench) as engine:
            task = engine.made[1]
            await until(lambda: len(task.marks["control"]) >= 5, "marks of an idle topic")
            ages = [mark.at for mark in task.marks["control"]]
            assert ages == sorted(set(ages))
            assert int(time.time() * 1000) - ages[-1] < 1_500
            before = int(time.time() * 1000)
            await bench.produce("control", 1, numbered(3))
            await until(lambda: len(task.marks["control"]) and task.marks["control"][-1].position == 3, "the new end")
            # Whatever claims to hold after the append knows of the records.
            appended = int(time.time() * 1000)
            assert all(mark.position == 3 for mark in task.marks["control"] if mark.at > appended)
            assert all(mark.at < appended for mark in task.marks["control"] if mark.position == 0)
            assert before <= appended

    asyncio.run(scenario())


def test_a_full_partition_does_not_stop_another_and_loses_nothing(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        async with running(bench) as engine:
            full, free = engine.made[0], engine.made[1]
            full.room = False
            await bench.produce("parcel-scans", 0, numbered(5_000))
            await bench.produce("parcel-scans", 1, numbered(5_000))
            await until(lambda: len(free.values["parcel-scans"]) == 5_000, "the other partition")
            assert not full.values["parcel-scans"]
            assert all(mark.position == 0 for mark in full.marks["parcel-scans"])
            full.room = True
            await until(lambda: len(full.values["parcel-scans"]) >= 5_000, "the full partition goes on")
            assert full.values["parcel-scans"] == numbered(5_000)

    asyncio.run(scenario())


def test_what_waits_for_an_agent_stays_when_the_flow_is_resumed_once_more(bench: Workbench) -> None:
    """Faust does so twice after each rebalance, and to resume the flow it empties queues."""

    async def scenario() -> None:
        await bench.create_topics()
        async with running(bench) as engine:
            task = engine.made[0]

            async def resume() -> None:
                while True:
                    engine.app.flow_control.resume()
                    await asyncio.sleep(0)

            resuming = asyncio.create_task(resume())
            await bench.produce("parcel-scans", 0, numbered(20_000))
            await until(lambda: task.read.get("parcel-scans") == 20_000 or engine.failures, "the last record")
            resuming.cancel()
            assert task.values["parcel-scans"] == numbered(20_000)

    asyncio.run(scenario())


def test_beginning_anew_reads_again_from_there_and_drops_what_is_under_way(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        await bench.produce("parcel-scans", 0, numbered(20_000))
        async with running(bench) as engine:
            task = engine.made[0]
            await until(lambda: task.values["parcel-scans"], "the first records")
            task.values.clear()
            task.read.clear()
            task.source.begin({"parcel-scans": 7_000})
            await until(lambda: task.read.get("parcel-scans") == 20_000, "the last record")
            assert task.values["parcel-scans"] == numbered(13_000, start=7_000)
            task.values.clear()
            task.read.clear()
            task.source.begin({"parcel-scans": 19_999})
            await until(lambda: task.values["parcel-scans"], "the last record again")
            assert task.values["parcel-scans"] == [b"19999"]

    asyncio.run(scenario())


def test_a_paused_source_delivers_nothing_until_it_is_resumed(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        async with running(bench) as engine:
            paused, other = engine.made[0], engine.made[1]
            paused.source.pause()
            await bench.produce("shipments", 0, numbered(10))
            await bench.produce("shipments", 1, numbered(10))
            await until(lambda: len(other.values["shipments"]) == 10, "the other partition")
            assert not paused.values["shipments"]
            paused.source.resume()
            await until(lambda: len(paused.values["shipments"]) == 10, "the paused partition")

    asyncio.run(scenario())


def test_an_offset_that_retention_removed_is_a_clear_stop(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        await bench.produce("parcel-scans", 0, numbered(100))
        await bench.produce("parcel-scans", 1, numbered(100))
        await bench.remove_before("parcel-scans", 0, 60)
        async with running(bench, {"parcel-scans": 40}) as engine:
            await until(lambda: engine.failures, "the failure")
            failure = engine.failures[0]
            assert isinstance(failure, SourceTruncated)
            assert "parcel-scans partition 0: offset 40 is to be read next" in str(failure)
            assert "begins at 60" in str(failure)
            assert not engine.made[0].values["parcel-scans"]

    asyncio.run(scenario())


def test_a_group_that_has_read_on_without_state_is_a_clear_stop(bench: Workbench) -> None:
    """The state changelog was emptied or made anew: to begin anew, too, would say much twice, and lose the rest."""

    async def scenario() -> None:
        await bench.create_topics()
        await bench.produce("parcel-scans", 0, numbered(10))
        writer = bench.writer()
        await writer.start()
        await writer.commit(unit({b"a": b"1"}, scans=7))
        await writer.stop()
        async with asyncio.timeout(WITHIN_S):
            while await bench.group_offset("parcel-scans") != 7:  # noqa: ASYNC110 - the marker is written in its time
                await asyncio.sleep(0.01)
        async with running(bench) as engine:
            await until(lambda: engine.failures, "the failure")
            failure = engine.failures[0]
            assert isinstance(failure, StateLost)
            assert "parcel-scans partition 0 has been read up to offset 7" in str(failure)
            assert not engine.made[0].values["parcel-scans"]

    asyncio.run(scenario())


def test_a_mark_tells_where_reading_goes_on_behind_the_markers_of_transactions(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        topic = bench.names.topic("control")
        producer = AIOKafkaProducer(bootstrap_servers=bench.servers, transactional_id=topic)
        async with producer, producer.transaction():
            await producer.send(topic, b"1", partition=0)
        async with running(bench) as engine:
            marks = engine.made[0].marks["control"]
            await until(lambda: marks and marks[-1].position == 1, "the mark behind the record")
            assert marks[-1].end == 2
            assert engine.made[0].values["control"] == [b"1"]

    asyncio.run(scenario())


def test_the_first_start_reads_from_the_earliest_record_kept(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        await bench.produce("parcel-scans", 0, numbered(100))
        await bench.remove_before("parcel-scans", 0, 60)
        async with running(bench) as engine:
            task = engine.made[0]
            await until(lambda: len(task.values["parcel-scans"]) >= 40, "what is kept")
            assert task.values["parcel-scans"] == numbered(40, start=60)

    asyncio.run(scenario())


def test_an_error_in_taking_a_batch_crashes_the_app(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        async with running(bench) as engine:
            engine.made[0].fault = ZeroDivisionError("a bug")
            await bench.produce("parcel-scans", 0, numbered(1))
            await until(lambda: engine.app.crashed or engine.failures, "the crash")
            reason = engine.failures[0] if engine.failures else engine.app.crash_reason
            assert isinstance(reason, ZeroDivisionError)

    asyncio.run(scenario())


def test_the_lag_of_a_full_partition_grows_on(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlogs, "ASK_EVERY_S", 0.05)

    async def scenario() -> None:
        await bench.create_topics()
        async with running(bench) as engine:
            task = engine.made[0]
            await bench.produce("parcel-scans", 0, numbered(10))
            await until(lambda: len(task.values["parcel-scans"]) == 10, "the first records")
            task.room = False
            await until(lambda: not task.source.readings["parcel-scans"].fetched, "no poll is under way for it")
            await bench.produce("parcel-scans", 0, numbered(50))
            await until(lambda: engine.lag("parcel-scans", 0) == 50, "the lag grows: aiokafka fetches once more")
            await bench.produce("parcel-scans", 0, numbered(50))
            await until(lambda: engine.lag("parcel-scans", 0) == 100, "the lag grows on")
            task.room = True
            await until(lambda: engine.lag("parcel-scans", 0) == 0, "there is no lag any more")

    asyncio.run(scenario())


@pytest.mark.parametrize("begun", [True, False])
def test_the_lag_of_a_parked_partition_is_told_from_what_has_been_committed(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, *, begun: bool
) -> None:
    monkeypatch.setattr(backlogs, "ASK_EVERY_S", 0.05)

    async def scenario() -> None:
        await bench.create_topics()
        await bench.produce("parcel-scans", 0, numbered(50))
        writer = bench.writer(0)
        await writer.start()
        await writer.commit(unit({}, scans=30))
        await writer.stop()
        async with running(bench, {"parcel-scans": 0}) as engine:
            task = engine.made[0]
            await until(lambda: len(task.values["parcel-scans"]) == 50, "all records")
            if begun:
                task.source.pause()
            else:
                task.source.end()
            await until(lambda: engine.lag("parcel-scans", 0) == 20, "the lag")
            await bench.produce("parcel-scans", 0, numbered(10))
            await until(lambda: engine.lag("parcel-scans", 0) == 30, "the lag grows")

    asyncio.run(scenario())


def test_an_error_of_the_group_ends_a_worker_that_has_no_partition(kafka: EmbeddedKafka, namespace: str) -> None:
    bench = Workbench(kafka, namespace, partitions=1)

    async def scenario() -> None:
        await bench.create_topics()
        async with running(bench) as first, running(bench) as second:
            both = (first.assignment, second.assignment)
            await until(lambda: [len(it.tasks) for it in both if it.assigned] in ([0, 1], [1, 0]), "one has it")
            spare = second if first.assignment.tasks else first
            spare.consumer._coordinator._pending_exception = GroupAuthorizationFailedError("the group")
            await until(lambda: spare.app.crashed or spare.failures, "the end")
            reason = spare.failures[0] if spare.failures else spare.app.crash_reason
            assert isinstance(reason, NotAllowed)
            assert str(reason) == f"Not allowed: grant Read on group {namespace}.sla to this user"

    asyncio.run(scenario())


def test_partitions_stop_with_a_commit_when_another_worker_joins_and_keep_their_task(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        async with running(bench) as first:
            before = dict(first.made)
            async with running(bench) as second:
                await until(lambda: len(first.assignment.tasks) == 1 == len(second.assignment.tasks), "one each")
                (kept,) = first.assignment.tasks
                assert set(second.assignment.tasks) == {0, 1} - {kept}
                assert first.assignment.tasks[kept] is before[kept]
                assert [task.stops for task in before.values()] == [[True], [True]]
            await until(lambda: len(first.assignment.tasks) == 2, "both again")
            assert first.made[1 - kept] is not before[1 - kept]

    asyncio.run(scenario())


def test_a_worker_that_has_wanted_nothing_for_days_takes_part_in_rebalances(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        async with running(bench) as first:
            idle = first.consumer._subscription
            days = property(lambda subscription: 3 * 86_400.0 if subscription is idle else 0.0)
            monkeypatch.setattr(SubscriptionState, "fetcher_idle_time", days)
            async with running(bench) as second:
                await until(lambda: len(first.assignment.tasks) == 1 == len(second.assignment.tasks), "one each")

    asyncio.run(scenario())
