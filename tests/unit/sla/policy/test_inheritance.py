"""A page changes another line by line, and what is wrong is told where it is written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import PolicyError
from streams.pages import Place, Value
from streams.sla.policy import load_policy
from streams.sla.policy.inheritance import merged

BASE = """policy: base
version: "1"
shipment: {settle: P9D}
clocks:
  - {name: pickup, from: order_placed, until: picked_up, within: PT2H, severity: critical}
  - {name: door, from: picked_up, until: delivered, within: PT72H}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    return tmp_path


def own(folder: Path, text: str, name: str = "own.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_clock_takes_over_what_it_does_not_say(base: Path) -> None:
    found = load_policy(
        own(base, "extends: base.yaml\npolicy: own\nclocks:\n  - {name: pickup, within: PT1H, warn: {before: PT5M}}\n")
    )
    assert found.name == "own"
    assert [clock.name for clock in found.clocks] == ["pickup", "door"]
    assert found.clocks[0].severity == "critical"
    assert found.clocks[0].warn_before == 300_000


def test_null_takes_a_field_away_and_remove_a_clock(base: Path) -> None:
    found = load_policy(
        own(base, "extends: base\nclocks: [{name: pickup, severity: null}, {name: door, remove: true}]\n")
    )
    assert [(clock.name, clock.severity) for clock in found.clocks] == [("pickup", "warning")]


def test_what_is_wrong_in_the_base_is_told_there(base: Path) -> None:
    own(base, BASE.replace("PT72H", "soon"), "base.yaml")
    with pytest.raises(PolicyError, match=r"base\.yaml:6:\d+: \$\.clocks\[1\]\.within: 'soon'"):
        load_policy(own(base, "extends: base\npolicy: own\n"))


def test_what_is_wrong_in_the_page_is_told_there(base: Path) -> None:
    with pytest.raises(PolicyError, match=r"own\.yaml:2:31: \$\.clocks\[1\]\.within: 'soon'"):
        load_policy(own(base, "extends: base\nclocks: [{name: door, within: soon}]\n"))


def test_pages_do_not_extend_each_other_in_a_circle(base: Path) -> None:
    own(base, "extends: own\n" + BASE, "base.yaml")
    with pytest.raises(PolicyError, match="break the circle"):
        load_policy(own(base, "extends: base\n"))


def test_a_page_that_is_not_there_is_named_with_those_that_are(base: Path) -> None:
    with pytest.raises(PolicyError, match=r"own\.yaml:1:10: \$\.extends: no nothing\.yaml .*express"):
        load_policy(own(base, "extends: nothing\n"))


def test_the_digest_is_that_of_what_was_put_together(base: Path) -> None:
    whole = own(base, BASE.replace("PT72H", "PT48H"), "whole.yaml")
    parts = own(base, "extends: base\nclocks: [{name: door, within: PT48H}]\n")
    assert load_policy(whole).digest == load_policy(parts).digest


_names = st.sampled_from(["a", "b", "c"])
_scalars = st.integers(0, 3)


def _value(content: object) -> Value:
    if isinstance(content, dict):
        return Value({name: _value(one) for name, one in content.items()}, Place("p", 1, 1))
    if isinstance(content, list):
        return Value([_value(one) for one in content], Place("p", 1, 1))
    return Value(content, Place("p", 1, 1))


_clocks = st.lists(
    st.fixed_dictionaries({"name": _names}, optional={"within": _scalars}), unique_by=lambda c: c["name"]
)
_documents = st.fixed_dictionaries({"clocks": _clocks}, optional={"shipment": st.dictionaries(_names, _scalars)})


@given(_documents, _documents, _documents)
def test_it_does_not_matter_in_which_order_pages_are_put_together(first: object, second: object, third: object) -> None:
    one, two, three = _value(first), _value(second), _value(third)
    assert merged(merged(one, two), three).plain() == merged(one, merged(two, three)).plain()


@given(_documents)
def test_a_page_on_top_of_itself_is_itself(document: object) -> None:
    assert merged(_value(document), _value(document)).plain() == document
