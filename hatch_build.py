"""Build hook: compiles the hot path to native modules with mypyc, where it is asked for and a C compiler is there.

The same sources run as plain Python everywhere; compiled they do about seven times as much.  `SHIPCLOCK_COMPILE=1 pip
wheel .` builds such a wheel; `make compiled` builds one and unpacks it for the bench.

GCC compiles it twice: what the first build does with the loads of the bench tells the second one which way the code
goes most.  Where that cannot be - another compiler, no bench - or with `SHIPCLOCK_COMPILE=quick`, once is enough.
"""

import os
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from shutil import copytree
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FASTER_CALLS = ("-fno-plt", "-fno-semantic-interposition") if sys.platform == "linux" else ()
"""For the C compiler: Python, and one module another, are called without a detour.  5 % less of the core."""

WATCHED = ("-fprofile-generate",)
"""For a first build, which notes what it does."""
TRAINED = ("-fprofile-use", "-fprofile-partial-training", "-fprofile-correction", "-Wno-missing-profile")
"""For the build after it.  What no load went through is compiled as if nothing were known, not as if it never ran."""
_QUICK = "quick"
_HOW = ("1", _QUICK)
"""What may be asked for."""
_TRAINING = ("-m", "bench.core", "--scans", "30000")

HOT_PATH = (
    "streams/intake/care.py",
    "streams/intake/moments.py",
    "streams/intake/plans.py",
    "streams/intake/reading.py",
    "streams/intake/registrations.py",
    "streams/intake/scans.py",
    "streams/kafka/envelopes.py",
    "streams/kafka/unpacking.py",
    "streams/partition/belonging.py",
    "streams/partition/clerk.py",
    "streams/partition/copies.py",
    "streams/partition/core.py",
    "streams/partition/deadlines.py",
    "streams/partition/doubts.py",
    "streams/partition/headers.py",
    "streams/partition/journal.py",
    "streams/partition/judging.py",
    "streams/partition/lanes.py",
    "streams/partition/memory.py",
    "streams/partition/output.py",
    "streams/partition/outputs.py",
    "streams/partition/partitioners.py",
    "streams/partition/record.py",
    "streams/partition/reject_guard.py",
    "streams/partition/states.py",
    "streams/partition/watching.py",
    "streams/sla/calendars/calendar.py",
    "streams/sla/calendars/local.py",
    "streams/sla/calendars/year.py",
    "streams/sla/calendars/zones.py",
    "streams/sla/codes.py",
    "streams/sla/combined.py",
    "streams/sla/decision.py",
    "streams/sla/digits.py",
    "streams/sla/docket.py",
    "streams/sla/encoding.py",
    "streams/sla/evidence.py",
    "streams/sla/explain.py",
    "streams/sla/faults.py",
    "streams/sla/feeds.py",
    "streams/sla/forms.py",
    "streams/sla/gaps.py",
    "streams/sla/identity.py",
    "streams/sla/incidents.py",
    "streams/sla/instance.py",
    "streams/sla/instances.py",
    "streams/sla/instants.py",
    "streams/sla/journeys.py",
    "streams/sla/judge.py",
    "streams/sla/lives.py",
    "streams/sla/milestone.py",
    "streams/sla/milestone_keys.py",
    "streams/sla/plan.py",
    "streams/sla/policy/allowances/additions.py",
    "streams/sla/policy/allowances/base.py",
    "streams/sla/policy/allowances/days.py",
    "streams/sla/policy/allowances/elapsed.py",
    "streams/sla/policy/allowances/place.py",
    "streams/sla/policy/allowances/rules.py",
    "streams/sla/policy/allowances/shifted.py",
    "streams/sla/policy/allowances/working.py",
    "streams/sla/policy/conditions.py",
    "streams/sla/policy/attributes.py",
    "streams/sla/policy/choices.py",
    "streams/sla/policy/compensation.py",
    "streams/sla/policy/compiled.py",
    "streams/sla/policy/rulebook.py",
    "streams/sla/packing.py",
    "streams/sla/pauses.py",
    "streams/sla/phases.py",
    "streams/sla/pieces.py",
    "streams/sla/reasons.py",
    "streams/sla/recordings.py",
    "streams/sla/registration.py",
    "streams/sla/render.py",
    "streams/sla/rulings.py",
    "streams/sla/scan.py",
    "streams/sla/scans.py",
    "streams/sla/spans.py",
    "streams/sla/standing.py",
    "streams/sla/state.py",
    "streams/sla/transitions.py",
    "streams/sla/verdict.py",
    "streams/sla/verdicts.py",
    "streams/sla/words.py",
)
"""What every scan passes through.  Modules that define records stay as they are: msgspec makes those native already."""


class CustomBuildHook(BuildHookInterface[Any]):
    """Adds the native modules to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless this is an editable install or nobody asked."""
        asked = os.environ.get("SHIPCLOCK_COMPILE")
        if version == "editable" or asked not in _HOW:
            return
        self._workplace = tempfile.TemporaryDirectory(prefix="shipclock-compile-")
        place = Path(self._workplace.name)
        for package in ("agents", "schemas", "streams"):
            copytree(Path(self.root, package), place / package)
        if asked == _QUICK or not (_is_gcc() and self._train(place)):
            _compile(place)
        for module in _modules(place):
            build_data["force_include"][str(module)] = str(module.relative_to(place))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def _train(self, place: Path) -> bool:
        """Compile, run, and compile for what has run; False, and nothing left of it, where that does not work."""
        try:
            _compile(place, *WATCHED)
            _rehearse(place, self.root)
            _clear(place, "*.so", "*.o")
            _compile(place, *TRAINED)
        except RuntimeError as error:
            self.app.display_warning(f"The native hot path is built without a profile: {error}")
            _clear(place, "*.so", "*.o", "*.gcda")
            return False
        return True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the workplace away."""
        del version, build_data, artifact_path
        workplace = getattr(self, "_workplace", None)
        if workplace is not None:
            workplace.cleanup()


def _compile(place: Path, *flags: str) -> None:
    """Compile the hot path of the packages that lie there, beside its sources."""
    environment = {**os.environ, "CFLAGS": " ".join([*FASTER_CALLS, *flags, os.environ.get("CFLAGS", "")])}
    done = _run([sys.executable, "-m", "mypyc", "--ignore-missing-imports", *HOT_PATH], place, environment)
    if done.returncode:
        raise RuntimeError(f"mypyc could not compile the hot path: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def _rehearse(place: Path, root: str) -> None:
    """Let the first build note the way that the loads of the bench go.  Raises `RuntimeError`."""
    paths = os.pathsep.join([str(place), root])
    done = _run([sys.executable, *_TRAINING], place, {**os.environ, "PYTHONPATH": paths, "PYTHONSAFEPATH": "1"})
    if done.returncode:
        raise RuntimeError(f"the loads of the bench do not run: {done.stderr[-500:]}")


def _modules(place: Path) -> list[Path]:
    """The native modules, as they are imported."""
    return [module for module in place.rglob("*.so") if "build" not in module.relative_to(place).parts]


def _clear(place: Path, *patterns: str) -> None:
    """Take away what has been built."""
    for pattern in patterns:
        for built in place.rglob(pattern):
            built.unlink()


def _is_gcc() -> bool:
    """Whether the C compiler is GCC: others want their profiles in another way."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    try:
        return "gcc version" in _run([*compiler, "-v"], Path.cwd(), {**os.environ, "LC_ALL": "C"}).stderr
    except OSError:
        return False


def _run(command: list[str], place: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own files
        command, cwd=place, env=environment, capture_output=True, text=True, check=False
    )
