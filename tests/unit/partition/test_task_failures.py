"""Commits of a partition that fail, are refused, or are fenced by another worker."""

import asyncio

import pytest

from streams.errors import NotAllowed
from streams.partition.governance import PAGES
from streams.partition.ports import Committed, UnitOfWork
from streams.simulation import SimulatedWriter
from streams.simulation.broker import Fault
from tests.unit.partition.town import HOUR, Town, Worker, picked_up, play


@pytest.mark.parametrize("fault", ["aborted", "unknown-committed", "unknown-aborted"])
def test_after_a_failed_or_unknown_commit_memory_is_void_and_everything_is_said_once(fault: Fault) -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        town.scan("S1", "delivered")
        town.broker.faults.fail_commits(fault)
        worker = await Worker(town).started()
        await worker.until(lambda: len(worker.watcher.aborts) == 1)
        await worker.idle()
        assert town.said == ["met"]
        assert set(town.ids.values()) == {1}
        assert len(worker.watcher.restores) == 2
        assert len(worker.core) == 2
        await worker.task.stop(commit=True)

    play(story)


def test_bad_records_that_are_read_again_after_failed_commits_are_no_storm() -> None:
    async def story(town: Town) -> None:
        worker = await Worker(town).started()
        await worker.idle()
        town.broker.faults.fail_commits("aborted", "aborted", "aborted")
        town.rubbish(3)
        await worker.until(lambda: len(worker.watcher.aborts) == 3)
        await worker.idle()
        assert worker.watcher.parks == []
        assert len(town.broker.outputs(["scan-rejects"], 0)) == 3
        await worker.task.stop(commit=True)

    play(story)


def test_a_right_that_was_never_there_ends_the_worker_at_the_first_refusal() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        town.broker.faults.fail_commits("forbidden")
        worker = Worker(town)
        worker.task.start()
        await worker.until(worker.task.failure.done)
        assert isinstance(worker.task.failure.exception(), NotAllowed)
        assert len(worker.watcher.aborts) == 1
        await worker.task.stop(commit=True)

    play(story)


def test_a_right_that_is_missing_for_a_while_is_waited_for_as_anything_else_is() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        worker = await Worker(town).started()
        await worker.idle()
        town.broker.faults.fail_commits("forbidden", "forbidden", "forbidden")
        town.scan("S1", "delivered")
        await worker.until(lambda: town.said == ["met"])
        assert len(worker.watcher.aborts) == 3
        await worker.task.stop(commit=True)

    play(story)


def test_a_fenced_worker_drops_its_memory_and_writes_nothing() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        old = await Worker(town, fenced_s=3600.0).started()
        await old.idle()
        await SimulatedWriter(town.broker, 0, clock=town.clock).start()
        before = town.broker.log("sla-state", 0).high_watermark
        town.scan("S1", "delivered")
        await old.until(lambda: len(old.watcher.aborts) == 1)
        assert old.task.state == "restoring"
        assert "another worker" in old.task.detail
        assert len(old.core) == 0
        assert town.said == []
        assert town.broker.log("sla-state", 0).high_watermark == before
        assert not old.task.failure.done()
        await old.task.stop(commit=True)
        assert town.said == []

    play(story)


def test_to_be_fenced_time_and_again_is_no_failure_and_brings_none_nearer_to_the_end() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        worker = await Worker(town, most_failures=1).started()
        await worker.idle()
        town.broker.faults.fail_commits("fenced", "fenced", "aborted", "fenced")
        town.scan("S1", "delivered")
        await worker.until(lambda: town.said == ["met"])
        assert len(worker.watcher.aborts) == 4
        assert not worker.task.failure.done()
        await worker.task.stop(commit=True)

    play(story)


def test_two_workers_that_fight_over_a_partition_are_heard_of_and_say_everything_once() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2", "S3")
        workers = [await Worker(town, most_failures=1).started() for _ in range(2)]
        for number in (1, 2, 3):
            town.scan(f"S{number}", "delivered")
            for _ in range(100):
                town.scan(f"S{number}", "arrived")
                for worker in workers:
                    worker.source.deliver()
                await asyncio.sleep(0)
        assert min(len(worker.watcher.aborts) for worker in workers) > 3
        await workers[0].task.stop(commit=True)
        await workers[1].until(lambda: town.said == ["met"] * 3)
        assert set(town.ids.values()) == {1}
        assert not any(worker.task.failure.done() for worker in workers)
        await workers[1].task.stop(commit=True)

    play(story)


def test_told_to_stop_while_it_is_being_fenced_it_does_not_rest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        old = await Worker(town, fenced_s=3600.0).started()
        await old.idle()
        await SimulatedWriter(town.broker, 0, clock=town.clock).start()
        stopping: list[asyncio.Task[None]] = []
        commit = old.task._writer.commit

        async def commit_while_the_group_rebalances(unit: UnitOfWork) -> Committed:
            stopping.append(asyncio.ensure_future(old.task.stop(commit=True)))
            await asyncio.sleep(0)
            return await commit(unit)

        monkeypatch.setattr(old.task._writer, "commit", commit_while_the_group_rebalances)
        town.scan("S1", "delivered")
        await old.until(lambda: bool(stopping) and stopping[0].done())
        assert old.task.state == "stopped"
        assert town.said == []

    play(story)


def test_a_first_commit_that_a_rebalance_cancels_has_kept_nothing() -> None:
    """The page of the policy goes out with the first commit, and must go out again where that did not happen."""

    class Hesitant(SimulatedWriter):
        hesitates = True
        waiting = False

        async def commit(self, unit: UnitOfWork) -> Committed:
            if self.hesitates:
                self.waiting = True
                await asyncio.Event().wait()
            return await super().commit(unit)

    async def story(town: Town) -> None:
        writer = Hesitant(town.broker, 0, clock=town.clock)
        worker = Worker(town, writer=writer)
        worker.task.start()
        await worker.until(lambda: writer.waiting)
        await worker.task.stop(commit=True)
        writer.hesitates = False
        await worker.started()
        await worker.idle()
        await worker.task.stop(commit=True)
        assert any((one.key or b"").startswith(PAGES) for one in town.broker.outputs(["sla-state"], 0))

    play(story)


def test_a_zombie_and_its_successor_say_everything_once() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        zombie = await Worker(town, fenced_s=3600.0).started()
        await zombie.idle()
        town.scan("S1", "delivered")
        successor = await Worker(town).started()
        await successor.idle()
        town.later(11 * HOUR)
        await zombie.until(lambda: zombie.task.state == "restoring")
        await successor.until(lambda: town.said == ["met", "opened"])
        assert set(town.ids.values()) == {1}
        await zombie.task.stop(commit=True)
        await successor.task.stop(commit=True)
        assert set(town.ids.values()) == {1}

    play(story)


def test_a_commit_that_fails_while_stopping_voids_memory() -> None:
    async def story(town: Town) -> None:
        worker = await Worker(town, commit_interval_s=3600.0, longest_unit_s=3600.0).started()
        picked_up(town, "S1")
        await worker.until(lambda: worker.core.records_in_unit == 2)
        town.broker.faults.fail_commits("aborted")
        await worker.task.stop(commit=True)
        assert worker.task.state == "stopped"
        assert len(worker.core) == 0

    play(story)
