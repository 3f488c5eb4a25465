"""What holds a partition back: too many rejects, too many commits, clocks that disagree."""

import pytest

from streams.errors import PartitionParked
from streams.partition.pace import Pace, TaskSettings
from streams.partition.ports import Committed
from streams.partition.reject_guard import RejectGuard
from streams.partition.skew import Skew


class Unit:
    """A unit of work as the pace sees it."""

    def __init__(
        self, *, records: int = 0, outputs: int = 0, pending: bool = True, exhausted: bool = False, idle: int = 0
    ) -> None:
        self.records_in_unit = records
        self.outputs_in_unit = outputs
        self.pending = pending
        self.exhausted = exhausted
        self.idle_since = idle


def read(guard: RejectGuard, good: int, bad: int) -> None:
    for _ in range(bad):
        guard.rejected()
    guard.read(good + bad)


def test_rejects_up_to_the_limit_are_borne() -> None:
    guard = RejectGuard(10, 0.5)
    for _ in range(100):
        read(guard, 5, 5)


def test_more_rejects_than_the_limit_park_the_partition_before_the_window_is_full() -> None:
    guard = RejectGuard(10, 0.5)
    read(guard, 0, 5)
    with pytest.raises(PartitionParked, match="shipclock partitions resume"):
        read(guard, 0, 1)


def test_a_few_bad_records_at_the_start_are_no_storm() -> None:
    guard = RejectGuard(1000, 0.5)
    read(guard, 0, 499)
    read(guard, 501, 0)


def test_a_limit_of_one_never_parks() -> None:
    guard = RejectGuard(10, 1.0)
    read(guard, 0, 1000)


def test_a_storm_that_was_forgiven_may_pass_and_the_next_one_parks_again() -> None:
    guard = RejectGuard(10, 0.5)
    guard.forgive()
    read(guard, 0, 30)
    read(guard, 10, 0)
    with pytest.raises(PartitionParked):
        read(guard, 0, 10)


def test_nothing_to_commit_asks_for_nothing_until_much_time_has_passed() -> None:
    pace = Pace(TaskSettings(idle_time_ms=10_000))
    assert pace.until_commit(Unit(pending=False, idle=9_999), 5.0, more=False) is None
    assert pace.until_commit(Unit(pending=False, idle=10_000), 5.0, more=False) == 0.0
    assert pace.until_commit(Unit(pending=False, idle=10_000), 5.0, more=True) is None


def test_a_unit_waits_for_the_shortest_interval_since_the_last_commit() -> None:
    pace = Pace(TaskSettings(commit_interval_s=0.1))
    pace.begin(0.0)
    pace.committed(10.0)
    assert pace.until_commit(Unit(records=1), 10.03, more=False) == pytest.approx(0.07)
    assert pace.until_commit(Unit(records=1), 10.5, more=False) == pytest.approx(-0.4)


def test_a_unit_grows_while_records_keep_coming_but_not_for_ever() -> None:
    pace = Pace(TaskSettings(commit_interval_s=0.1, longest_unit_s=1.0, unit_records=100, unit_outputs=300))
    pace.begin(0.0)
    assert pace.until_commit(Unit(records=1, outputs=299), 5.0, more=True) == pytest.approx(1.0)
    assert pace.until_commit(Unit(records=50), 6.0, more=True) == pytest.approx(0.0)
    assert pace.until_commit(Unit(records=100), 5.1, more=True) == 0.0
    assert pace.until_commit(Unit(records=1, outputs=300), 5.1, more=True) == 0.0
    assert pace.until_commit(Unit(exhausted=True), 5.1, more=True) == 0.0


@pytest.mark.parametrize(
    ("append", "skew"),
    [(1_000, 0), (1_005, 0), (1_010, 0), (995, -5), (1_025, 15)],
)
def test_skew_is_what_lies_outside_of_sending_and_acknowledging(append: int, skew: int) -> None:
    measure = Skew(10)
    assert not measure.trusts(0)
    measure.measure(Committed(1, append, 1_000, 1_010), 0, 0)
    assert measure.measured_ms == skew
    assert measure.trusts(0) == (abs(skew) <= 10)


def test_a_clock_that_has_been_set_since_is_not_trusted_until_it_has_been_measured_again() -> None:
    measure = Skew(10)
    measure.measure(Committed(1, 1_005, 1_000, 1_010), 0, 0)
    assert measure.trusts(5)
    assert not measure.trusts(3_600_000)
    assert not measure.trusts(-3_600_000)
    measure.measure(Committed(2, 3_601_005, 3_601_000, 3_601_010), 3_600_000, 3_600_000)
    assert measure.trusts(3_600_000)


def test_a_commit_across_which_the_clock_was_set_tells_nothing() -> None:
    measure = Skew(10)
    measure.measure(Committed(1, 1_005, 1_000, 1_010), 0, 0)
    measure.measure(Committed(2, 2_005, 2_000, 3_602_010), 0, 3_600_000)
    assert not measure.trusts(0)
    assert not measure.trusts(3_600_000)


def test_without_a_limit_every_clock_is_trusted() -> None:
    assert Skew(None).trusts(0)


def test_a_changelog_with_create_time_tells_nothing_about_skew() -> None:
    measure = Skew(10)
    measure.measure(Committed(1, 5_000, 1_000, 1_010), 0, 0)
    measure.measure(Committed(2, None, 2_000, 2_010), 0, 0)
    assert not measure.trusts(0)
