"""What is wrong with a calendar is told with its place and the remedy."""

from typing import Any

import pytest

from streams.sla.policy.problems import Problem
from tests.unit.sla.calendars.wall import calendar

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"country": "China"}, "country", "did you mean 'CN'?"),
    ({"country": "DEU"}, "country", "did you mean 'DE'?"),
    ({"country": "QQ"}, "country", "give its two letters, such as CN or DE"),
    ({"country": "DE", "subdivision": "BV"}, "subdivision", "there are: BB, BE, BW, BY"),
    ({"subdivision": "BY"}, "subdivision", "add `country`"),
    ({"regions": {"HK": {"country": "Hong Kong"}}}, "regions.HK.country", "did you mean 'HK'?"),
    ({"hours": {"monday": "09:00-17:00"}}, "hours.monday", "did you mean 'mon'?"),
    ({"hours": {"mon-fri": "09:00-17:00", "fri": "09:00-12:00"}}, "hours.fri", "fri is in 'mon-fri' already"),
    ({"hours": "nine to five"}, "hours", "give one such as 09:00-21:00"),
    ({"hours": "09:00-25:00"}, "hours", "give one from 00:00 to 24:00"),
    ({"hours": "09:00-09:00"}, "hours", "for a whole day give 00:00-24:00"),
    ({"hours": {"sat": ["09:00-12:00", "11:00-13:00"]}}, "hours.sat", "overlap"),
    ({"hours": {"sat": []}}, "hours", "it never opens"),
    ({"closed": ["2026-02-30"]}, "closed[0]", "is no date"),
    ({"open": ["2026-02-14", "14.02.2026"]}, "open[1]", "is no date"),
    ({"closed": ["2026-02-20..2026-02-16"]}, "closed[0]", "ends before it begins"),
    ({"closed": ["2026-02-16..2062-02-20"]}, "closed[0]", "longer than a year"),
    ({"time_zone": "Asia/Shanghia"}, "time_zone", "did you mean 'Asia/Shanghai'?"),
]


@pytest.mark.parametrize(("fields", "path", "remedy"), WRONG, ids=[str(fields) for fields, _, _ in WRONG])
def test_what_makes_no_sense_is_refused_with_its_place(fields: dict[str, Any], path: str, remedy: str) -> None:
    with pytest.raises(Problem) as problem:
        calendar(**fields)
    assert problem.value.path == f"$.calendars.branch.{path}"
    assert remedy in problem.value.what
