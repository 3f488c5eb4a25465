"""A partition at work on a simulated Kafka."""

import asyncio

from streams.simulation import SimulatedChangelog, SimulatedWriter
from streams.simulation.log import Log
from tests.unit.partition.town import HOUR, PAGE, Town, Worker, picked_up, play


def test_it_commits_state_outputs_and_offsets_together() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        town.scan("S1", "delivered")
        worker = await Worker(town).started()
        await worker.idle()
        assert town.said == ["met"]
        assert town.broker.offsets[("parcel-scans", 0)] == 3
        assert sum(tally.scans for tally in worker.watcher.commits) == 3
        assert sum(tally.opened.get("delivery", 0) for tally in worker.watcher.commits) == 2
        await worker.task.stop(commit=True)
        assert worker.task.state == "stopped"

    play(story)


def test_an_alert_opens_when_the_caught_up_partition_passes_the_due_instant() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        worker = await Worker(town).started()
        town.later(10 * HOUR - 1)
        await worker.idle()
        assert town.said == []
        town.later(1)
        await worker.until(lambda: town.said == ["opened"])
        assert worker.task.health().gauges["overdue"] == {"delivery": 1}
        await worker.task.stop(commit=True)

    play(story)


def test_a_new_worker_restores_what_the_last_one_committed_and_reads_on_from_there() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2", "S3")
        first = await Worker(town).started()
        await first.idle()
        await first.task.stop(commit=True)
        town.scan("S1", "delivered")
        second = await Worker(town).started()
        assert len(second.core) == 3
        assert second.source.positions == {"control": 0, "shipments": 3, "parcel-scans": 3, "care-events": 0}
        await second.idle()
        assert town.said == ["met"]
        await second.task.stop(commit=True)

    play(story)


def test_metrics_count_what_was_committed_and_nothing_else() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        town.scan("S1", "delivered")
        town.broker.faults.fail_commits("aborted", "aborted", "aborted")
        worker = await Worker(town, unit_records=2).started()
        await worker.until(lambda: len(worker.watcher.aborts) == 3)
        await worker.idle()
        assert sum(tally.scans for tally in worker.watcher.commits) == 2
        assert sum(sum(tally.outcomes.values()) for tally in worker.watcher.commits) == 1
        await worker.task.stop(commit=True)

    play(story)


def test_a_storm_of_rejects_parks_the_partition_until_it_is_resumed() -> None:
    async def story(town: Town) -> None:
        town.rubbish(12)
        worker = await Worker(town).started()
        await worker.until(lambda: worker.task.state == "parked")
        assert "were rejected" in worker.task.detail
        assert worker.watcher.parks == [worker.task.detail]
        assert not worker.task.failure.done()
        assert not worker.source.reading
        assert worker.task.health().restored is False
        picked_up(town, "S1")
        assert worker.task.resume()
        await worker.idle()
        assert len(town.broker.outputs(["scan-rejects"], 0)) == 12
        assert len(worker.core) == 1
        assert not worker.task.resume()
        await worker.task.stop(commit=True)

    play(story)


def test_after_a_rebalance_a_partition_parks_again_only_where_the_storm_goes_on() -> None:
    async def story(town: Town) -> None:
        town.rubbish(6)
        worker = await Worker(town).started()
        await worker.until(lambda: worker.task.state == "parked")
        await worker.task.stop(commit=True)
        picked_up(town, "S1")
        await worker.started()
        await worker.idle()
        assert len(worker.watcher.parks) == 1
        await worker.task.stop(commit=True)
        town.rubbish(6)
        worker.task.start()
        await worker.until(lambda: worker.task.state == "parked")
        await worker.task.stop(commit=True)

    play(story)


def test_a_partition_that_says_it_is_parked_can_be_resumed_at_once() -> None:
    class Slow(SimulatedWriter):
        closes = asyncio.Event()

        async def stop(self) -> None:
            await self.closes.wait()
            await super().stop()

    async def story(town: Town) -> None:
        town.rubbish(12)
        writer = Slow(town.broker, 0, clock=town.clock)
        worker = await Worker(town, writer=writer).started()
        await worker.until(lambda: not worker.source.reading)
        resumed = worker.task.resume()
        writer.closes.set()
        if not resumed:
            await worker.until(worker.task.resume)
        await worker.idle()
        assert len(worker.watcher.restores) == 2
        await worker.task.stop(commit=True)

    play(story)


def test_a_parked_partition_still_tells_what_it_had() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        worker = await Worker(town).started()
        await worker.idle()
        before = worker.task.health()
        town.rubbish(12)
        await worker.until(lambda: worker.task.state == "parked")
        after = worker.task.health()
        assert after.gauges["running"] == before.gauges["running"] == {"delivery": 2}
        assert after.time >= before.time > 0
        assert len(worker.core) == 0
        town.later(HOUR)
        assert worker.task.health().behind_s >= HOUR / 1000
        await worker.task.stop(commit=True)

    play(story)


def test_a_partition_that_has_lost_state_does_not_go_on() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        first = await Worker(town).started()
        await first.idle()
        await first.task.stop(commit=True)
        sound = next(one.value or b"" for one in reversed(town.broker.outputs(["sla-state"], 0)) if one.key == b"S1")
        town.broker.produce("sla-state", 0, b"S1", None)
        second = await Worker(town).started_or_parked()
        assert second.task.state == "parked"
        assert "has 1 shipments, and had 2 when it was last written" in second.task.detail
        town.broker.produce("sla-state", 0, b"S1", sound)
        assert second.task.resume()
        await second.idle()
        await second.task.stop(commit=True)

    play(story)


def test_a_changelog_that_begins_late_parks_the_partition() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        first = await Worker(town).started()
        await first.idle()
        await first.task.stop(commit=True)
        town.broker.log("sla-state", 0).start = 1
        second = await Worker(town).started_or_parked()
        assert second.task.state == "parked"
        assert "is gone" in second.task.detail

    play(story)


def test_broken_state_that_nobody_had_looked_at_parks_the_partition() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        first = await Worker(town).started()
        await first.idle()
        await first.task.stop(commit=True)
        sound = next(one.value or b"" for one in reversed(town.broker.outputs(["sla-state"], 0)) if one.key == b"S1")
        broken = sound.replace(b"\1c", b"\1\xff")
        assert broken != sound, "its customer is c"
        town.broker.produce("sla-state", 0, b"S1", broken)
        second = await Worker(town).started()
        town.scan("S2", "delivered")
        await second.idle()
        town.scan("S1", "delivered")
        await second.until(lambda: second.task.state == "parked")
        assert "the state of shipment b'S1' cannot be read" in second.task.detail
        assert not second.task.failure.done()
        town.broker.produce("sla-state", 0, b"S1", sound)
        assert second.task.resume()
        await second.idle()
        await second.task.stop(commit=True)
        assert town.said == ["met", "met"]
        assert set(town.ids.values()) == {1}

    play(story)


def test_stopping_commits_what_is_in_hand() -> None:
    async def story(town: Town) -> None:
        worker = await Worker(town, commit_interval_s=3600.0, longest_unit_s=3600.0).started()
        picked_up(town, "S1")
        town.scan("S1", "delivered")
        await worker.until(lambda: worker.core.records_in_unit == 3)
        assert town.said == []
        await worker.task.stop(commit=True)
        assert town.said == ["met"]

    play(story)


def test_stopping_without_a_commit_leaves_what_is_in_hand_to_the_next_owner() -> None:
    async def story(town: Town) -> None:
        worker = await Worker(town, commit_interval_s=3600.0, longest_unit_s=3600.0).started()
        picked_up(town, "S1")
        await worker.until(lambda: worker.core.records_in_unit == 2)
        await worker.task.stop(commit=False)
        # What found the end, the probe of the clocks, which keeps the page of the policy, and their markers.
        assert town.broker.log("sla-state", 0).high_watermark == 5
        assert len(worker.core) == 0

    play(story)


def test_memory_outlives_a_stop_and_only_the_tail_is_read_again() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        kept = await Worker(town).started()
        await kept.idle()
        await kept.task.stop(commit=True)
        end = kept.core.changelog_end
        meanwhile = await Worker(town).started()
        town.scan("S2", "delivered")
        await meanwhile.idle()
        await meanwhile.task.stop(commit=True)
        await kept.started()
        assert kept.changelog.reads[-1][0] == end
        assert kept.watcher.restores[-1] < kept.watcher.restores[0] + 4
        town.scan("S1", "delivered")
        await kept.idle()
        assert town.said == ["met", "met"]
        assert set(town.ids.values()) == {1}
        await kept.task.stop(commit=True)

    play(story)


def test_a_changelog_that_lacks_what_memory_holds_parks_the_partition() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        worker = await Worker(town).started()
        await worker.idle()
        await worker.task.stop(commit=True)
        town.broker.logs["sla-state", 0] = Log()
        worker.changelog = SimulatedChangelog(town.broker, 0)
        worker.task._changelog = worker.changelog
        await worker.started_or_parked()
        assert worker.task.state == "parked"
        assert len(worker.core) == 0

    play(story)


def test_memory_is_as_old_as_its_last_commit_however_long_the_worker_has_run() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        worker = await Worker(town).started()
        for _ in range(3):
            town.later(5 * HOUR)
            town.scan("S1", "arrived")
            await worker.idle()
        await worker.task.stop(commit=True)
        end = worker.core.changelog_end
        await worker.started()
        assert len(worker.core) == 1
        assert worker.changelog.reads[-1][0] == end > 0
        await worker.task.stop(commit=True)

    play(story)


def test_memory_older_than_tombstones_live_is_read_anew() -> None:
    """A worker that was frozen for days wakes up to the partition that another one had meanwhile."""

    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        frozen = await Worker(town).started()
        await frozen.idle()
        await frozen.task.stop(commit=True)
        meanwhile = await Worker(town).started()
        town.scan("S1", "delivered")
        await meanwhile.idle()
        town.later(9 * HOUR)
        town.scan("S2", "delivered")
        await meanwhile.idle()
        town.later(2 * 365 * 24 * HOUR)
        await meanwhile.until(lambda: len(meanwhile.core) == 0)
        await meanwhile.idle()
        await meanwhile.task.stop(commit=True)
        town.broker.log("sla-state", 0).compact()
        await frozen.started()
        assert len(frozen.core) == 0
        await frozen.idle()
        assert town.said == ["met", "met"]
        await frozen.task.stop(commit=True)

    play(story)


def test_a_programming_error_ends_the_worker_loudly() -> None:
    def broken(key: bytes, partitions: int) -> int:
        raise ZeroDivisionError(f"{key!r} of {partitions}")

    async def story(town: Town) -> None:
        picked_up(town, "S1")
        worker = await Worker(town, partitioner=broken).started()
        await worker.until(worker.task.failure.done)
        assert isinstance(worker.task.failure.exception(), ZeroDivisionError)
        assert not worker.source.reading
        # What found the end, the probe of the clocks, which keeps the page of the policy, and their markers.
        assert town.broker.log("sla-state", 0).high_watermark == 5

    play(story)


def test_a_mistake_in_what_deals_with_mistakes_ends_the_worker_too() -> None:
    def broken(number: int, reason: str) -> None:
        raise ZeroDivisionError(f"{number}: {reason}")

    async def story(town: Town) -> None:
        town.rubbish(12)
        worker = await Worker(town).started()
        worker.watcher.parked = broken  # type: ignore[method-assign]
        await worker.until(worker.task.failure.done)
        assert isinstance(worker.task.failure.exception(), ZeroDivisionError)
        assert worker.task.state == "stopped"

    play(story)


def test_a_worker_with_another_policy_says_so_and_goes_on_with_what_is_in_force() -> None:
    async def story(town: Town) -> None:
        first = await Worker(town).started()
        await first.idle()
        await first.task.stop(commit=True)
        second = await Worker(town, page=PAGE.replace('version: "1"', 'version: "2"')).started()
        assert first.watcher.other_policies == []
        ((in_force, configured),) = second.watcher.other_policies
        assert (in_force[:6], configured[:6]) == ("test 1", "test 2")
        assert [one.version for one in second.core.meta.policies] == ["1"]

    play(story)
