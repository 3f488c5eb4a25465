"""How instants are written, wherever they lie."""

import pytest

from streams.sla.instants import BEGINNING, FOREVER, rfc3339

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
