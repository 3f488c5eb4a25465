"""How instants are written, wherever they lie."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from streams.sla.instants import BEGINNING, FOREVER, from_datetime, rfc3339

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
