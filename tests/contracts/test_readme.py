"""What the pages promise is there: snippets, commands, links, settings, metrics and reasons."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from jsonschema import Draft202012Validator

from schemas.catalogue import load_catalogue
from schemas.generate import ROOT as SCHEMAS
from streams.cli import main
from streams.configuration import NO_SETTINGS
from streams.mapping import parse_mapping
from streams.settings import Settings, variable
from streams.sla.identity import Matter, decision_id, life_of
from streams.sla.policy import parse_policy
from streams.vocabularies import load_vocabulary

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("deploy/**/*.md")),
]
BUILTINS = {".", "export", "python", "python3"}
"""Commands of the snippets that are not the project's."""


class Snippet(NamedTuple):
    page: Path
    language: str
    subject: str
    """What stands after the language: the topic of a JSON record."""
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def snippets(language: str) -> list[Snippet]:
    return [snippet for page in PAGES for snippet in fenced(page) if snippet.language == language]


def fenced(page: Path) -> Iterator[Snippet]:
    text = page.read_text("utf-8")
    for match in re.finditer(r"^```(\w+) ?([\w-]*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield Snippet(page, match[1], match[2], match[3], text.count("\n", 0, match.start()) + 1)


def commands(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        for part in line.split("&&"):
            if words := shlex.split(part, comments=True):
                yield words


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("snippet", [snippet for snippet in snippets("yaml") if not snippet.subject], ids=str)
def test_a_policy_on_a_page_is_a_policy(snippet: Snippet) -> None:
    text = snippet.text
    if not re.search("^policy:", text, re.MULTILINE):  # a part of one
        text = f"policy: part\nversion: '1'\n{text}"
    if not re.search("^clocks:", text, re.MULTILINE):
        text += "\nclocks: [{name: c, from: accepted, until: delivered, within: PT1H}]\n"
    assert parse_policy(text, source=str(snippet)).clocks


@pytest.mark.parametrize("snippet", [one for one in snippets("yaml") if one.subject == "mapping"], ids=str)
def test_a_mapping_on_a_page_is_a_mapping(snippet: Snippet) -> None:
    text = snippet.text
    if not re.search("^mapping:", text, re.MULTILINE):  # a part of one
        text = f"mapping: part\nid: no\n{text}"
    assert not parse_mapping(text, source=str(snippet)).objects().read({}, 1).scans  # nothing comes of nothing


@pytest.mark.parametrize("snippet", [one for one in snippets("yaml") if one.subject == "vocabulary"], ids=str)
def test_a_vocabulary_on_a_page_is_a_vocabulary(snippet: Snippet, tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_text(snippet.text, encoding="utf-8")
    assert load_vocabulary("page", str(tmp_path)).values


def test_the_promise_of_the_readme_is_the_bundled_one() -> None:
    shown = next(snippet.text for snippet in snippets("yaml") if snippet.page.name == "README.md")
    bundled = (ROOT / "streams" / "policies" / "express.yaml").read_text("utf-8")
    clock = shown[shown.index("  - name: first-attempt") :]
    for line in clock.splitlines():
        assert line in bundled.splitlines()


@pytest.mark.parametrize("snippet", snippets("json"), ids=str)
def test_a_record_on_a_page_fits_its_schema(snippet: Snippet) -> None:
    spec = load_catalogue()[snippet.subject]
    schema = json.loads((SCHEMAS / "json" / spec.schema_file).read_text("utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(json.loads(snippet.text))) == []


@pytest.mark.parametrize("snippet", snippets("python"), ids=str)
def test_a_program_on_a_page_reads_topics_that_exist(snippet: Snippet) -> None:
    tree = ast.parse(snippet.text)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    topics = {spec.topic("shipclock") for spec in load_catalogue().values()}
    assert texts & topics
    assert "read_committed" in texts


@pytest.mark.parametrize("snippet", snippets("sh"), ids=str)
def test_a_command_on_a_page_exists_with_its_options(snippet: Snippet) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for words in commands(snippet.text):
        match words:
            case ["make", target, *_]:
                assert target in targets
            case ["shipclock", *arguments]:
                check(main, arguments)
            case _:
                assert words[0] in BUILTINS, words


def check(command: click.Command, arguments: list[str]) -> None:
    """Walk down the groups as the command line does; then every option must be known and every argument welcome."""
    context = click.Context(command)
    while isinstance(command, click.Group):
        found = command.get_command(context, arguments[0])
        assert found is not None, arguments
        command, arguments = found, arguments[1:]
        context = click.Context(command, parent=context)
    command.parse_args(context, arguments)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_sentence_names_exists(page: Path) -> None:
    for line in re.findall(r"`shipclock ([^`]+)`", page.read_text("utf-8")):
        command: click.Command = main
        for word in line.split():
            if not isinstance(command, click.Group):
                break
            found = command.get_command(click.Context(command), word)
            assert found is not None, line
            command = found
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([\w-]+)", page.read_text("utf-8"))) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    settings = {variable(name) for name in Settings.__dataclass_fields__} | NO_SETTINGS
    named = set(re.findall(r"SHIPCLOCK_[A-Z_]*[A-Z]", page.read_text("utf-8")))
    # `SHIPCLOCK_X_Y` is how the pages write any of them.
    assert named <= settings | {"SHIPCLOCK_X_Y"}


def test_the_alert_on_the_first_page_has_the_id_that_the_demo_gives_it() -> None:
    (alert,) = (json.loads(one.text) for one in snippets("json") if one.subject == "breach-alerts")
    began = round(datetime.fromisoformat(alert["life"]).timestamp() * 1000)
    life = life_of(b"demo", alert["shipment_id"].encode(), began)
    matter = Matter("breach-alerts", alert["clock"], alert["instance"])
    assert decision_id(life, matter, alert["revision"]).decode() == alert["id"]
