"""Mapping pages that are wrong, or do not fit their file: errors name the place and the remedy."""

from pathlib import Path

import pytest

from streams.errors import PolicyError
from streams.mapping import load_mapping, parse_mapping
from streams.mapping.rows import FileError, MappedFile
from tests.unit.mapping.reading import read

GOOD = "mapping: theirs\nid: no\nevents:\n  - {code: delivered, at: time}\n"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (
            GOOD.replace("time}", "tiem}"),
            r"mapping:4:\d+: \$\.events\[0\]\.at: the file has no column 'tiem'; did you mean 'time'",
        ),
        (GOOD.replace("code:", "cod:"), r"mapping:4:11: \$\.events\[0\]\.cod: .*code"),
        (GOOD.replace("code: delivered, ", ""), r"an event needs a code"),
        (
            GOOD + "times: {zone: Asia/Shangai}\n",
            r"mapping:5:\d+: \$\.times\.zone: there is no time zone 'Asia/Shangai'",
        ),
        (GOOD + "times: {formats: []}\n", r"mapping:5:\d+: \$\.times\.formats: .*give one such as iso"),
        (GOOD + 'times: {formats: ["%Q"]}\n', r"\$\.times\..*: .*give iso, unix"),
        (GOOD + "ends: soon\n", r"\$\.ends: 'soon' is no time; write it as the file does"),
        (
            GOOD.replace("code: delivered", "code: {column: time, first: [no]}"),
            r"give one of column, first and constant",
        ),
        (GOOD.replace("at: time", "at: {column: time, constant: 2026-11-01}"), r"give one of column, first, earliest"),
        (GOOD.replace("at: time", "at: time, when: {no: {least: 3}}"), r"\$\.events\[0\]\.when\.no: give a value"),
        (GOOD.replace("at: time", "at: {after: yesterday}"), r"mapping:4:\d+: .*yesterday"),
        (GOOD + "start: {base: 2026-11-01, every: often}\n", r"\$\.start\.every: 'often' is not a duration"),
        (GOOD + "start: {every: PT1H}\n", r"\$\.start: give at, or base with every"),
        (GOOD + "oddities: [{name: odd, before: [time]}]\n", r"\$\.oddities\[0\]\.before: give two columns"),
        (GOOD + "legs: [{names: [a], after: [b], milestones: []}]\n", r"there is no leg 'b'; there are a"),
        (
            GOOD.replace("code: delivered", "code: {column: no, vocabulary: klingon}"),
            r"mapping:4:\d+: \$\.events\[0\]\.code\.vocabulary: there is no vocabulary 'klingon'.*kuaidi100",
        ),
        ("mapping: theirs\nid: no\n", r"it says nothing: give shipment, events or legs"),
        (GOOD + "extends: elsewhere\n", r"mapping:5:10: \$\.extends: no elsewhere\.yaml in .*come .*olist"),
    ],
)
def test_a_wrong_page_is_refused_with_place_and_remedy(tmp_path: Path, page: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        read(tmp_path, page, "no,time\n1,2026-11-01\n")


def test_mappings_that_extend_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / f"{name}.yaml").write_text(f"{GOOD}extends: {other}\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"two\.yaml:5:10: \$\.extends: one\.yaml extends itself by way of this page"):
        load_mapping(str(tmp_path / "one.yaml"))


def test_a_mapping_may_extend_the_one_of_its_own_name_and_neighbours_of_neighbours(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "olist.yaml").write_text("extends: olist\n", encoding="utf-8")
    (folder / "middle.yaml").write_text("extends: olist\n", encoding="utf-8")
    (tmp_path / "ours.yaml").write_text("extends: theirs/middle\ntitle: {en: ours}\n", encoding="utf-8")
    ours, shipped = load_mapping(str(tmp_path / "ours.yaml")).document, load_mapping("olist").document
    assert (ours.mapping, ours.events) == (shipped.mapping, shipped.events)


def test_an_unknown_mapping_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(PolicyError, match=r"there is no mapping nowhere.*cargo2000, .*olist"):
        load_mapping("nowhere")


def test_a_file_of_another_encoding_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"line 3: .*; `encoding` of the mapping says how the file is written"):
        read(tmp_path, GOOD, "no,time\n1,2026-11-01\n签收\n".encode("gb18030"))
    with pytest.raises(FileError, match="there is no encoding 'utf-9'; let `encoding` of the mapping be one such"):
        read(tmp_path, GOOD + "encoding: utf-9\n", "no,time\n")


def test_a_file_that_cannot_be_opened_is_told_without_a_word_of_its_encoding(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "nothing", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(FileError, match=f"cannot be read: {why}[^;]*$"):
            list(MappedFile(parse_mapping(GOOD), path))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="its first line should name the columns"):
        read(tmp_path, GOOD, "")
