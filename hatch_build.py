"""Build hook: compiles the hot path to native modules with mypyc, where it is asked for and a C compiler is there.

The same sources run as plain Python everywhere; compiled they do about seven times as much.  `SHIPCLOCK_COMPILE=1 pip
wheel .` builds such a wheel; `make compiled` builds one and unpacks it for the bench.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copytree
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FASTER_CALLS = ("-fno-plt", "-fno-semantic-interposition") if sys.platform == "linux" else ()
"""For the C compiler: Python, and one module another, are called without a detour.  5 % less of the core."""

HOT_PATH = (
    "streams/intake/care.py",
    "streams/intake/moments.py",
    "streams/intake/plans.py",
    "streams/intake/reading.py",
    "streams/intake/registrations.py",
    "streams/intake/scans.py",
    "streams/kafka/envelopes.py",
    "streams/partition/belonging.py",
    "streams/partition/clerk.py",
    "streams/partition/core.py",
    "streams/partition/deadlines.py",
    "streams/partition/doubts.py",
    "streams/partition/headers.py",
    "streams/partition/judging.py",
    "streams/partition/lanes.py",
    "streams/partition/memory.py",
    "streams/partition/outputs.py",
    "streams/partition/partitioners.py",
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
        if version == "editable" or os.environ.get("SHIPCLOCK_COMPILE") != "1":
            return
        self._workplace = tempfile.TemporaryDirectory(prefix="shipclock-compile-")
        place = Path(self._workplace.name)
        for package in ("agents", "schemas", "streams"):
            copytree(Path(self.root, package), place / package)
        command = [sys.executable, "-m", "mypyc", "--ignore-missing-imports", *HOT_PATH]
        environment = {**os.environ, "CFLAGS": " ".join([*FASTER_CALLS, os.environ.get("CFLAGS", "")])}
        done = subprocess.run(  # noqa: S603 - our own files
            command, cwd=place, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"mypyc could not compile the hot path: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        for module in place.rglob("*.so"):
            if "build" not in module.relative_to(place).parts:
                build_data["force_include"][str(module)] = str(module.relative_to(place))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the workplace away."""
        del version, build_data, artifact_path
        workplace = getattr(self, "_workplace", None)
        if workplace is not None:
            workplace.cleanup()
