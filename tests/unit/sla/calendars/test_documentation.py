"""The page on calendars shows calendars that work."""

from pathlib import Path

import msgspec
from ruamel.yaml import YAML

from streams.sla.calendars import Calendar
from streams.sla.policy.calendar_document import CalendarDocument, compile_calendar
from tests.unit.sla.calendars.wall import at, shown

PAGE = Path(__file__).parents[4] / "docs" / "calendars.md"


def documented(name: str) -> Calendar:
    example = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    written = YAML(typ="safe", pure=True).load(example)["calendars"]
    assert set(written) == {"always", "work", "branch", "hub"}
    return compile_calendar(msgspec.convert(written[name], CalendarDocument), f"$.calendars.{name}")


def test_the_calendars_of_the_page_open_as_it_says() -> None:
    saturday_noon = at("2026-11-07 12:30", "Asia/Shanghai")
    opens = {
        name: shown(documented(name).at(None, "Asia/Shanghai").next_open(saturday_noon), "Asia/Shanghai")
        for name in ("always", "work", "branch", "hub")
    }
    assert opens == {
        "always": "2026-11-07 12:30",
        "work": "2026-11-09 09:00",
        "branch": "2026-11-07 13:00",
        "hub": "2026-11-07 22:00",
    }
