"""Local times of files: zones, clocks that are put forward and back, formats."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.mapping.reading import read, told

PAGE = """
mapping: theirs
id: no
times: {{formats: {formats}, zone: {zone}}}
events: [{{code: delivered, at: {at}}}]
"""


def instant(tmp_path: Path, text: str, *, formats: str = "[iso]", zone: str = "UTC") -> datetime | None:
    [row] = read(tmp_path, PAGE.format(formats=formats, zone=zone, at="time"), f'no,time\n1,"{text}"\n')
    return row.scans[0].occurred_at if row.scans else None


@pytest.mark.parametrize(
    ("text", "formats", "zone", "expected"),
    [
        ("2026-11-01 08:00", "[iso]", "Asia/Shanghai", datetime(2026, 11, 1, 0, 0, tzinfo=UTC)),
        ("2026-11-01T08:00:00+01:00", "[iso]", "Asia/Shanghai", datetime(2026, 11, 1, 7, 0, tzinfo=UTC)),
        ("1/2/2026 03:04", '["%d/%m/%Y %H:%M"]', "UTC", datetime(2026, 2, 1, 3, 4, tzinfo=UTC)),
        ("01.02.2026", '["%d.%m.%Y"]', "Europe/Berlin", datetime(2026, 1, 31, 23, 0, tzinfo=UTC)),
        ("Feb 1 2026 3PM", '["%b %d %Y %I%p"]', "UTC", datetime(2026, 2, 1, 15, 0, tzinfo=UTC)),
        ("20260229", '["%Y%m%d"]', "UTC", None),
        ("20280229", '["%Y%m%d"]', "UTC", datetime(2028, 2, 29, tzinfo=UTC)),
        ("1793491200", "[unix]", "Asia/Shanghai", datetime(2026, 11, 1, tzinfo=UTC)),
        ("31.11.2026", '["%d.%m.%Y", iso]', "UTC", None),
        ("0001-01-01 00:00", "[iso]", "Asia/Shanghai", None),
    ],
)
def test_times_are_read_by_their_formats_in_their_zone(
    tmp_path: Path, text: str, formats: str, zone: str, expected: datetime | None
) -> None:
    assert instant(tmp_path, text, formats=formats, zone=zone) == expected


def test_an_hour_that_clocks_skipped_or_repeated_is_told_every_time(tmp_path: Path) -> None:
    page = PAGE.format(formats="[iso]", zone="Europe/Berlin", at="time")
    rows = read(
        tmp_path,
        page,
        "no,time\n1,2026-03-29 02:30\n2,2026-10-25 02:30\n3,2026-03-29 02:30\n4,2026-10-25 04:30\n",
    )
    assert told(rows) == [(2, "skipped-hour"), (3, "repeated-hour"), (4, "skipped-hour")]
    assert [row.scans[0].occurred_at.astimezone(UTC).hour for row in rows[:2]] == [1, 0]


def test_a_column_may_name_the_zone_of_each_row(tmp_path: Path) -> None:
    page = PAGE.format(formats="[iso]", zone="UTC", at="{column: time, zone: where}")
    rows = read(
        tmp_path, page, "no,time,where\n1,2026-11-01 08:00,Asia/Tokyo\n2,2026-11-01 08:00,\n3,2026-11-01 08:00,Mars\n"
    )
    assert [row.scans[0].occurred_at.hour for row in rows[:2]] == [23, 8]
    assert told(rows) == [(4, "bad-value")]


@pytest.mark.parametrize(
    ("choice", "hour"), [("first: [a, b, c]", 9), ("earliest: [a, b, c]", 7), ("latest: [a, b, c]", 9)]
)
def test_one_of_several_columns_gives_the_time(tmp_path: Path, choice: str, hour: int) -> None:
    page = PAGE.format(formats="[iso]", zone="UTC", at=f"{{{choice}}}")
    [row] = read(tmp_path, page, "no,a,b,c\n1,,2026-11-01 09:00,2026-11-01 07:00\n")
    assert row.scans[0].occurred_at.hour == hour


def test_a_promised_date_is_the_local_one(tmp_path: Path) -> None:
    page = """
mapping: theirs
id: no
times: {zone: America/Sao_Paulo}
shipment: {registered_at: created, promised_date: promised}
"""
    [row] = read(tmp_path, page, "no,created,promised\n1,2018-10-01 08:00,2018-11-04 00:00\n")
    assert row.registration is not None
    assert str(row.registration.promised_date) == "2018-11-04"
