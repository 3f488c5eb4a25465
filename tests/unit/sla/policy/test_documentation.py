"""The examples of the page on the policy language say what they mean: nothing in them is doubtful."""

import re
from pathlib import Path

import pytest

from streams.pages import parse_page
from streams.sla.policy import parse_policy
from streams.sla.policy.checking import doubts
from streams.sla.policy.load import document_of

PAGE = Path(__file__).parents[4] / "docs" / "policy.md"
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", [text for text in EXAMPLES if "extends:" not in text])
def test_no_example_of_the_page_is_doubtful(example: str) -> None:
    text = example if example.startswith("policy:") else f'policy: part\nversion: "1"\n{example}'
    assert [str(doubt) for doubt in doubts(document_of(parse_page(text, "policy.md")))] == []


def test_the_page_that_extends_another_changes_it_as_it_says() -> None:
    (example,) = (text for text in EXAMPLES if "extends:" in text)
    found = parse_policy(example)
    assert [clock.name for clock in found.clocks] == [
        "pickup",
        "first-attempt",
        "promised-date",
        "stalled",
        "handed-in",
    ]
    assert found.clocks[0].warn_before is None
