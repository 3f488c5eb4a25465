"""The build of the native hot path: twice where that works, once where it does not, and nothing left of what failed."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

import hatch_build

BUILT = ("core.so", "build/core.o")


class Compiler:
    """Stands in for the compiler, the loads and what they leave behind."""

    def __init__(self, place: Path, fails: str) -> None:
        self.flags: list[str] = []
        self._place, self._fails = place, fails

    def run(self, command: list[str], place: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        assert place == self._place
        trains = "bench.core" in command
        flags = "load" if trains else environment["CFLAGS"]
        if not trains:
            assert not any((place / name).exists() for name in BUILT), "it would be taken for what is asked for now"
            for name in BUILT:
                (place / name).parent.mkdir(exist_ok=True)
                (place / name).touch()
            self.flags.append(flags)
        else:
            (place / "build" / "core.gcda").touch()
        failed = self._fails and self._fails in flags
        return subprocess.CompletedProcess(command, int(bool(failed)), "", "no such option")


def _hook(root: Path) -> hatch_build.CustomBuildHook:
    nothing: Any = None
    return hatch_build.CustomBuildHook(str(root), {}, nothing, nothing, str(root), "wheel")


@pytest.mark.parametrize(
    ("fails", "trained"), [("", True), ("generate", False), ("load", False), ("partial-training", False)]
)
def test_a_profile_that_cannot_be_made_or_used_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str, *, trained: bool
) -> None:
    compiler = Compiler(tmp_path, fails)
    monkeypatch.setattr(hatch_build, "_run", compiler.run)
    assert _hook(tmp_path)._train(tmp_path) is trained
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == ({"core.so", "core.o", "core.gcda"} if trained else set())
    assert "-fprofile-generate" in compiler.flags[0]
    assert ("-fprofile-use" in compiler.flags[-1]) is (fails not in {"generate", "load"})


@pytest.mark.parametrize(("said", "gcc"), [("gcc version 12.2.0", True), ("clang version 17", False)])
def test_gcc_is_told_by_what_it_says_of_itself(monkeypatch: pytest.MonkeyPatch, said: str, *, gcc: bool) -> None:
    def run(command: list[str], place: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        assert (command, place.is_dir(), environment["LC_ALL"]) == (["my-cc", "-m64", "-v"], True, "C")
        return subprocess.CompletedProcess(command, 0, "", said)

    monkeypatch.setenv("CC", "my-cc -m64")
    monkeypatch.setattr(hatch_build, "_run", run)
    assert hatch_build._is_gcc() is gcc


def test_no_compiler_is_not_gcc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "there-is-no-such-compiler")
    assert not hatch_build._is_gcc()
