"""How instants are written, wherever they lie."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from streams.sla.instants import BEGINNING, FOREVER, describe, from_datetime, rfc3339

FIRST, LAST = -62_135_596_800_000, 253_402_300_799_999


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (FIRST, BEGINNING),
        (FIRST + 1, "0001-01-01T00:00:00.001Z"),
        (LAST, FOREVER),
    ],
)
def test_an_instant_is_written_with_milliseconds(instant: int, written: str) -> None:
    assert rfc3339(instant) == written


@pytest.mark.parametrize("beyond", [1, 86_400_000, 10**17, 10**30])
def test_what_lies_outside_the_calendar_is_written_as_its_ends(beyond: int) -> None:
    assert rfc3339(LAST + beyond) == FOREVER
    assert rfc3339(FIRST - beyond) == BEGINNING


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=14, minutes=1))])
@pytest.mark.parametrize("microseconds", [0, 999, 1000, 86_400_000_000 - 1, -1])
def test_an_instant_is_read_in_any_offset_and_rounded_down(zone: timezone, microseconds: int) -> None:
    moment = (datetime(1970, 1, 2, tzinfo=UTC) + timedelta(microseconds=microseconds)).astimezone(zone)
    assert from_datetime(moment) == 86_400_000 + microseconds // 1000


def test_an_instant_is_read_in_a_zone_whose_offset_changes() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    winter, summer = datetime(2026, 1, 1, tzinfo=berlin), datetime(2026, 7, 1, tzinfo=berlin)
    assert from_datetime(winter) == from_datetime(datetime(2025, 12, 31, 23, tzinfo=UTC))
    assert from_datetime(summer) == from_datetime(datetime(2026, 6, 30, 22, tzinfo=UTC))


@pytest.mark.parametrize("within", [0, 1, 999, 1_000, 59_999, 60_000, 3_599_999, 3_600_000, 45_296_789, 86_399_999])
def test_every_part_of_a_day_is_written_in_its_place(within: int) -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(milliseconds=within)
    written = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert rfc3339(from_datetime(moment)) == written


def test_days_that_share_a_place_in_the_table_of_dates_are_told_apart() -> None:
    day = 86_400_000
    for instant in (0, 1_024 * day, 0, -1_024 * day, 2_048 * day, 1_024 * day):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
        assert rfc3339(instant) == f"{moment:%Y-%m-%d}T00:00:00.000Z"


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (-20, "20 ms"),
        (1_000, "1 s"),
        (-61_000, "1 min 1 s"),
        (3_600_000, "1 h"),
        (3_605_000, "1 h 5 s"),
        (12_000_000, "3 h 20 min"),
        (90_061_000, "1 d 1 h"),
        (86_400_000 * 3_653, "3653 d"),
    ],
)
def test_a_duration_is_described_by_its_two_largest_units(duration: int, words: str) -> None:
    assert describe(duration) == words
