"""A page that cannot be read is refused with one line, and soon."""

from pathlib import Path

import pytest

from streams.errors import PolicyError
from streams.pages import DEEPEST, parse_page, read_page
from streams.sla.policy import parse_policy

HEAD = 'policy: p\nversion: "1"\n'
BOMB = "".join(
    f"a{level}: &a{level} [{', '.join(['x' if level == 0 else f'*a{level - 1}'] * 10)}]\n" for level in range(9)
)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("[" * 5_000, "page.yaml: lists and mappings are nested too deeply"),
        ("{a: " * 5_000, "page.yaml: lists and mappings are nested too deeply"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), f"page.yaml:1:{DEEPEST + 1}: this is not YAML: lists and mappings"),
        (f"a: &x {'[' * 30}{']' * 30}\nb: {'[' * 30}*x{']' * 30}\n", "page.yaml:1:4: this is not YAML: lists and"),
        (f"{HEAD}clocks: &x [{{name: c}}, *x]\n", "page.yaml:3:9: this is not YAML: it contains itself"),
        (f"{HEAD}title: &x {{en: *x}}\n", "page.yaml:3:8: this is not YAML: it contains itself"),
        ("policy: a\0b\n", "page.yaml: this is not YAML: unacceptable character"),
        (BOMB, "page.yaml:5:5: this is not YAML: more than 100,000 values"),
        ("policy: !!int soon\n", "page.yaml:1:9: this is not YAML: 'soon' is no int: quote it"),
        ("policy: !ours soon\n", "page.yaml:1:9: this is not YAML: could not determine a constructor"),
        ("? [a, b]\n: c\n", "page.yaml:1:3: this is not YAML: a list or a mapping is no key"),
        ("", "page.yaml:1:1: $: the page is empty"),
        ("# later\n", "page.yaml:1:1: $: the page is empty"),
    ],
    ids=range(13),
)
def test_a_page_that_cannot_be_read_is_refused_in_one_line(text: str, start: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_page(text, "page.yaml")
    assert str(caught.value).startswith(start), str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_an_alias_repeats_is_there_twice() -> None:
    page = parse_page("a: &x [1, {b: 2}]\nc: *x\n", "page.yaml")
    assert page.plain() == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}


@pytest.mark.parametrize(
    ("page", "start"),
    [
        ("extends: carrier\nclocks: [{name: [a]}]\n", "page.yaml:2:17: $.clocks["),
        ("extends: [a, b]\n", "page.yaml:1:10: $.extends: a page extends one other: give its name"),
    ],
)
def test_a_name_is_a_text(page: str, start: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(page, source="page.yaml")
    assert str(caught.value).startswith(start), str(caught.value)


def test_a_page_that_is_not_written_in_utf_8_is_told(tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes(b"policy: \xff\n")
    with pytest.raises(PolicyError, match="byte 8 is no UTF-8; write it in UTF-8"):
        read_page(file, "policy")


def test_a_folder_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read as a policy: Is a directory; name a YAML file"):
        read_page(tmp_path, "policy")
