"""The page of promises leaves none out, and its proofs exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text("utf-8")
SECTIONS = {part.split(maxsplit=1)[0]: part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]}


def test_there_is_a_section_for_each_of_the_24_promises_and_one_for_silent_feeds() -> None:
    assert list(SECTIONS) == [*(f"P{number}" for number in range(1, 25)), "Feeds"]


@pytest.mark.parametrize("promise", SECTIONS)
def test_each_has_lines_a_proof_and_what_bad_data_does(promise: str) -> None:
    section = SECTIONS[promise]
    assert "```yaml" in section or "The lines are those of" in section
    assert "Bad data: " in section
    assert re.search(r"Proof: \[", section)


@pytest.mark.parametrize("promise", SECTIONS)
def test_every_proof_is_a_test_of_the_file_that_it_links(promise: str) -> None:
    section = SECTIONS[promise]
    proofs = re.findall(r"Proof: \[[^]]+\]\(([^)]+)\):\s((?:\s*`test_\w+`[,.])+)", section)
    assert len(proofs) == section.count("Proof: ")
    for link, names in proofs:
        there = set(re.findall(r"def (test_\w+)", (ROOT / "docs" / link).read_text("utf-8")))
        named = re.findall(r"`(test_\w+)`", names)
        assert named
        assert set(named) <= there


@pytest.mark.parametrize("promise", [name for name in SECTIONS if name != "Feeds"])
def test_each_is_proved_through_wrong_turns(promise: str) -> None:
    """Silence promises nothing of a parcel: its own stories tell of late, doubled and missing scans."""
    assert "Proof: [test_wrong_turns_of_" in SECTIONS[promise]
