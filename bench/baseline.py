"""The program as it was at an earlier revision, built to be measured beside the present one."""

import os
import subprocess
import sys
from pathlib import Path

from bench.errors import BenchFailed

_BUILT = Path("build")


def built(revision: str) -> Path:
    """Where the program of a Git revision lies; it is built, with its native modules, when it is asked for first.

    Raises:
        BenchFailed: there is no such revision, or it cannot be built.
    """
    commit = _run("git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
    place = _BUILT / f"baseline-{commit[:12]}"
    if (place / "streams").is_dir():
        return place.resolve()
    sources, wheels = place / "sources", place / "wheels"
    sources.mkdir(parents=True, exist_ok=True)
    _run("git", "archive", "--format=tar", f"--output={place}/sources.tar", commit)
    _run("tar", "-xf", f"{place}/sources.tar", "-C", str(sources))
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    _run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(sources))
    _run(*pip, "install", "--no-deps", "--target", str(place), *map(str, wheels.glob("*.whl")))
    return place.resolve()


def _run(*command: str) -> str:
    environment = {**os.environ, "SHIPCLOCK_COMPILE": "1", "PYTHONPATH": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        what, why = " ".join(command[:4]), done.stderr.strip()[-300:] or "nothing"
        raise BenchFailed(f"The program of that revision cannot be built: `{what} …` says: {why}")
    return done.stdout
