import asyncio
import sys
from pathlib import Path

import pytest

from streams.embedded import EmbeddedKafka
from streams.errors import ChangelogTruncated, Fenced, PartitionParked, TransactionFailed
from streams.kafka import changelog
from streams.kafka.names import STATE_TOPIC
from streams.kafka.producing import WriterLimits
from streams.kafka.writer import KafkaWriter
from streams.partition import meta
from streams.partition.ports import ChangelogEntry
from tests.integration.kafka_workbench import Workbench, unit


@pytest.fixture
def bench(kafka: EmbeddedKafka, namespace: str) -> Workbench:
    return Workbench(kafka, namespace)


async def entries(bench: Workbench, start: int = 0) -> list[ChangelogEntry]:
    end = await bench.end(STATE_TOPIC)
    return [ChangelogEntry(*entry) async for chunk in bench.changelog().read(start, end) for entry in chunk]


def test_a_unit_becomes_visible_whole_with_its_offsets(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        writer = bench.writer()
        await writer.start()
        done = await writer.commit(unit({b"a": b"1", b"b": None}, alerts=[b"late"], scans=7, meta=b"{7}"))
        await writer.stop()
        assert await bench.committed("breach-alerts") == [b"late"]
        assert await bench.group_offset("parcel-scans") == 7
        assert done.changelog_end == 5, "what found the end, and its marker, come first"
        assert done.append_time is not None
        assert done.sent_at <= done.append_time + 1_000
        read = await entries(bench)
        assert [entry[1:] for entry in read] == [(b"a", b"1"), (b"b", None), (meta.KEY, b"{7}")]

    asyncio.run(scenario())


def test_what_was_sent_and_not_committed_stays_invisible_and_offsets_untouched(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics({"breach-alerts": {"max.message.bytes": "1000000"}})
        writer = bench.writer()
        await writer.start()
        await writer.commit(unit({b"a": b"1"}, alerts=[b"first"], scans=1))
        with pytest.raises(
            PartitionParked,
            match=r"breach-alerts \(2000\d{3} bytes\).*max\.message\.bytes to 400\d{4}.*partitions resume 0`",
        ):
            await writer.commit(unit({b"a": b"2" * 2_100_000}, alerts=[b"second", b"x" * 2_000_000], scans=2))
        assert await bench.committed("breach-alerts") == [b"first"]
        assert await bench.group_offset("parcel-scans") == 1
        await writer.start()
        await writer.commit(unit({b"a": b"3"}, alerts=[b"third"], scans=3))
        await writer.stop()
        assert await bench.committed("breach-alerts") == [b"first", b"third"]
        assert [entry.value for entry in await entries(bench) if entry.key == b"a"] == [b"1", b"3"]

    asyncio.run(scenario())


def test_the_end_is_found_and_nothing_is_seen_of_how(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        writer = bench.writer()
        assert await writer.start() == 0
        assert await writer.start() == 2
        assert await entries(bench) == []
        done = await writer.commit(unit({b"a": b"1"}))
        end = await writer.start()
        assert end == done.changelog_end + 1, "after the marker of the commit"
        await writer.stop()
        read = [entry async for chunk in bench.changelog().read(0, end) for entry in chunk]
        assert [entry.key for entry in read] == [b"a", meta.KEY]
        assert await entries(bench) == read

    asyncio.run(scenario())


def test_an_end_that_nobody_shows_is_not_waited_for_for_ever(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changelog, "STALLED_S", 0.3)
    monkeypatch.setattr(changelog, "LOOK_FOR_LEADER_S", 0.1)

    async def scenario() -> None:
        await bench.create_topics()
        writer = bench.writer()
        await writer.start()
        await writer.commit(unit({b"a": b"1"}))
        end = await writer.start()
        await writer.stop()
        read: list[bytes] = []

        async def restore() -> None:
            async for chunk in bench.changelog().read(0, end + 9):
                read.extend(entry.key for entry in chunk)

        with pytest.raises(TransactionFailed, match=rf"read up to {end + 2} of {end + 9}, and no further"):
            await restore()
        assert read == [b"a", meta.KEY]

    asyncio.run(scenario())


def test_a_zombie_is_fenced_and_its_open_transaction_settled(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        zombie, owner = bench.writer(), bench.writer()
        await zombie.start()
        await zombie.commit(unit({b"a": b"old"}, scans=1))
        await owner.start()
        with pytest.raises(Fenced):
            await zombie.commit(unit({b"a": b"undead"}, alerts=[b"undead"], scans=9))
        await owner.commit(unit({b"a": b"new"}, scans=2))
        await owner.stop()
        await zombie.stop()
        assert await bench.committed("breach-alerts") == []
        assert await bench.group_offset("parcel-scans") == 2
        assert [entry.value for entry in await entries(bench) if entry.key == b"a"] == [b"old", b"new"]

    asyncio.run(scenario())


def test_a_worker_killed_inside_a_transaction_leaves_nothing_visible(bench: Workbench, tmp_path: Path) -> None:
    program = f"""
import asyncio, os, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.integration.kafka_workbench import Workbench, unit

class Broker:
    bootstrap_servers = {bench.servers!r}

async def main():
    writer = Workbench(Broker(), {bench.names.namespace!r}).writer()
    await writer.start()
    await writer.commit(unit({{b"a": b"1"}}, alerts=[b"first"], scans=1))
    open(os.path.join({str(tmp_path)!r}, f"kill-in-transaction.{{os.getpid()}}"), "w").close()
    await writer.commit(unit({{b"a": b"2"}}, alerts=[b"second"], scans=2))

asyncio.run(main())
"""

    async def scenario() -> None:
        await bench.create_topics()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, env={"SHIPCLOCK_FAULTS": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
        )
        assert await process.wait() == -9
        heir = bench.writer()
        await heir.start()
        read = await entries(bench)
        await heir.stop()
        assert [entry.value for entry in read if entry.key == b"a"] == [b"1"]
        assert await bench.committed("breach-alerts") == [b"first"]
        assert await bench.group_offset("parcel-scans") == 1

    asyncio.run(scenario())


def test_units_above_the_batch_size_are_split_and_meta_comes_last(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        writer: KafkaWriter = bench.writer(limits=WriterLimits(batch_bytes=20_000))
        await writer.start()
        state = {b"%d" % number: b"x" * 500 for number in range(1_000)}
        done = await writer.commit(unit(dict(state), alerts=[b"y" * 700] * 300, scans=1))
        await writer.stop()
        read = await entries(bench)
        assert {entry.key: entry.value for entry in read[:-1]} == state
        assert read[-1].key == meta.KEY
        assert done.changelog_end == read[-1].offset + 1
        assert len(await bench.committed("breach-alerts")) == 300

    asyncio.run(scenario())


def test_a_writer_that_is_not_started_commits_nothing(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        writer = bench.writer()
        with pytest.raises(TransactionFailed, match="not started"):
            await writer.commit(unit({b"a": b"1"}))

    asyncio.run(scenario())


def test_the_tail_behind_a_commit_marker_is_read_at_once(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        writer, tail = bench.writer(), bench.changelog()
        await writer.start()
        done = await writer.commit(unit({b"a": b"1"}))
        end = await bench.end(STATE_TOPIC)
        assert end > done.changelog_end  # the commit marker has an offset too
        async with asyncio.timeout(0.9):
            assert [chunk async for chunk in tail.read(done.changelog_end, end)] == []
        await writer.commit(unit({b"a": b"2"}))
        await writer.stop()
        assert [entry.value for entry in await entries(bench, done.changelog_end)] == [b"2", b"{}"]

    asyncio.run(scenario())


def test_a_changelog_that_lost_its_beginning_is_told(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        writer = bench.writer()
        await writer.start()
        for number in range(5):
            await writer.commit(unit({b"a": b"%d" % number}))
        await writer.stop()
        await bench.remove_before("sla-state", 0, 9)
        with pytest.raises(ChangelogTruncated, match="offset 3 is needed but the log now begins at 9"):
            await entries(bench, 3)
        with pytest.raises(ChangelogTruncated, match="offset 0 is needed but the log now begins at 9"):
            await entries(bench)
        with pytest.raises(ChangelogTruncated, match="ends at 17, and 99 had been committed: acknowledged records"):
            await entries(bench, 99)

    asyncio.run(scenario())
