"""The example of docs/mapping.md does what the page says."""

import re
from pathlib import Path

from streams.mapping import load_mapping, parse_mapping
from streams.vocabularies import load_vocabulary, shipped
from tests.unit.mapping.reading import read, told

DOCS = Path(__file__).parents[3] / "docs"


def block(page: str, language: str) -> str:
    """The first block of a language on a page."""
    found = re.search(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_gives_two_registrations_and_names_the_bad_row(tmp_path: Path) -> None:
    rows = read(tmp_path, block("mapping.md", "yaml mapping"), block("mapping.md", "csv"))
    assert [row.registration and row.registration.tier for row in rows] == ["A", "B", None]
    assert [[scan.code for scan in row.scans] for row in rows] == [
        ["picked_up", "arrived", "delivered"],
        ["picked_up", "cancelled"],
        [],
    ]
    assert told(rows) == [(4, "bad-time")]


def test_the_page_for_a_topic_is_the_shipped_one() -> None:
    shown, shipped_page = parse_mapping(block("intake.md", "yaml mapping")), load_mapping("kuaidi100-push")
    assert (shown.document.id, shown.document.times, shown.document.events) == (
        shipped_page.document.id,
        shipped_page.document.times,
        shipped_page.document.events,
    )


def test_the_example_vocabulary_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "my-carrier.yaml").write_text(block("vocabularies.md", "yaml vocabulary"), encoding="utf-8")
    assert len(load_vocabulary("my-carrier", str(tmp_path)).values) == 5


def test_every_shipped_page_is_listed() -> None:
    text = (DOCS / "vocabularies.md").read_text(encoding="utf-8")
    assert [name for name in shipped() if f"`{name}`" not in text] == []
