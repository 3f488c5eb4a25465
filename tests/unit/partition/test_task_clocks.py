"""A partition at work while clocks are wrong, set, or stand: on the worker and on the broker."""

import asyncio

from streams.partition.ports import CaughtUp
from tests.unit.partition.town import HOUR, Town, Worker, picked_up, play


def test_a_clock_that_is_set_ahead_opens_no_alert() -> None:
    async def story(town: Town) -> None:
        picked_up(town, "S1")
        worker = await Worker(town).started()
        await worker.idle()
        held = worker.core.time
        town.clock.set(11 * HOUR)
        for _ in range(100):
            worker.source.deliver()
            await asyncio.sleep(0)
        assert worker.core.time == held
        assert town.said == []
        town.clock.set(-11 * HOUR)
        town.later(11 * HOUR)
        await worker.until(lambda: town.said == ["opened"])
        await worker.task.stop(commit=True)

    play(story)


def test_a_mark_counts_as_the_clock_was_set_when_it_was_made() -> None:
    """It may have been made under a clock that was ahead for a moment, and come when that is over."""

    async def story(town: Town) -> None:
        picked_up(town, "S1")
        worker = await Worker(town).started()
        await worker.idle()
        held, now = worker.core.time, town.clock.now_ms()
        for topic, position in worker.source.positions.items():
            for at, set_to in ((now + 11 * HOUR, 11 * HOUR), (now + 11 * HOUR, now), (now - 1, 11 * HOUR)):
                worker.task.caught_up(CaughtUp(topic, position, at, set_to=set_to))
        for _ in range(100):
            await asyncio.sleep(0)
        assert worker.core.time == held
        assert town.said == []
        await worker.task.stop(commit=True)

    play(story)


def test_an_idle_partition_looks_at_the_clocks_again_when_they_have_been_set() -> None:
    """A machine that slept: its wall clock is right when it wakes, and nobody sends a record."""

    async def story(town: Town) -> None:
        picked_up(town, "S1")
        worker = await Worker(town, probe_s=0.0).started()
        await worker.idle()
        town.clock.set(10_000)
        town.broker_clock.move(10_000)
        town.later(11 * HOUR)
        await worker.until(lambda: town.said == ["opened"])
        await worker.task.stop(commit=True)

    play(story)


def test_a_broker_whose_clock_was_ahead_for_one_record_breaks_no_promise() -> None:
    """Its append time is in the future: what lies behind it in the log is not kept waiting until then."""

    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        worker = await Worker(town).started()
        await worker.idle()
        town.broker_clock.move(24 * HOUR)
        town.scan("S2", "arrived")
        town.broker_clock.move(-24 * HOUR)
        town.later(HOUR)
        town.scan("S1", "delivered")
        town.later(11 * HOUR)
        await worker.until(lambda: town.said == ["met", "opened"])
        await worker.task.stop(commit=True)

    play(story)


def test_poll_times_do_not_move_time_while_the_clocks_disagree() -> None:
    async def story(town: Town) -> None:
        worker = await Worker(town).started()
        town.broker_clock.move(-10_000)
        picked_up(town, "S1")
        await worker.idle()
        assert worker.task.health().skew_ms == -10_000
        held = worker.core.time
        town.later(20 * HOUR)
        worker.task.caught_up(CaughtUp("parcel-scans", 1, town.clock.now_ms()))
        for _ in range(100):
            worker.source.deliver()
            await asyncio.sleep(0)
        assert worker.core.time == held
        assert town.said == []
        await worker.task.stop(commit=True)

    play(story)


def test_a_broker_whose_clock_stayed_ahead_for_a_while_breaks_no_promise() -> None:
    """While the clocks disagree time stands still, and afterwards nothing waits for a time that is yet to come."""

    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        worker = await Worker(town, probe_s=0.001).started()
        await worker.idle()
        town.broker_clock.move(24 * HOUR)
        for code in ("arrived", "departed", "arrived"):
            town.scan("S2", code)
            await worker.idle()
        assert worker.task.health().skew_ms == 24 * HOUR
        assert worker.core.time <= town.clock.now_ms()
        town.broker_clock.move(-24 * HOUR)
        town.later(9 * HOUR)
        town.scan("S1", "delivered")
        town.later(2 * HOUR)
        await worker.until(lambda: town.said == ["met", "opened"])
        await worker.task.stop(commit=True)

    play(story)


def test_a_broker_that_falls_days_behind_costs_no_scan_for_a_day_and_then_parks_the_partition() -> None:
    """Time stands at what it was: a scan is held against that as long as nothing tells which clock is wrong."""

    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        worker = await Worker(town, probe_s=0.001).started()
        await worker.idle()
        town.broker_clock.move(-72 * HOUR)
        town.scan("S2", "arrived", town.clock.now_ms())
        await worker.idle()
        town.later(23 * HOUR)
        town.scan("S1", "delivered", town.clock.now_ms())
        await worker.until(lambda: town.said == ["missed"])
        assert town.broker.outputs(("scan-rejects",), 0) == []
        town.later(2 * HOUR)
        for number in range(20):
            town.scan(f"S{number}", "arrived", town.clock.now_ms())
        await worker.until(lambda: worker.task.state == "parked")
        reasons = [dict(one.headers)["reason"] for one in town.broker.outputs(("scan-rejects",), 0)]
        assert set(reasons) == {b"absurd-time"}
        await worker.task.stop(commit=True)

    play(story)


def test_wrong_times_that_fill_a_batch_of_a_backlog_may_open_an_alert_that_what_lies_behind_withdraws() -> None:
    """In a backlog such times look like those after a quiet day, until right ones come: then it is too late."""

    async def story(town: Town) -> None:
        picked_up(town, "S1", "S2")
        town.broker_clock.move(24 * HOUR)
        for code in ("arrived", "departed") * 4:
            town.scan("S2", code, town.clock.now_ms())
        town.broker_clock.move(-24 * HOUR)
        town.scan("S1", "delivered")
        town.scan("S2", "delivered")
        town.later(72 * HOUR)
        worker = await Worker(town).started()
        await worker.idle()
        assert town.said == ["opened", "withdrawn", "met"] * 2
        await worker.task.stop(commit=True)

    play(story)
