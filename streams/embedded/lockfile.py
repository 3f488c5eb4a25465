"""The jars of the embedded Kafka, each with its checksum: `kafka.lock`, one jar a line."""

import os
from pathlib import Path
from typing import NamedTuple

from streams.errors import SettingsError

VARIABLE = "SHIPCLOCK_KAFKA_LOCK"
"""Names another lock: that of another version of Kafka."""

PATH = Path(__file__).with_name("kafka.lock")


class LockedJar(NamedTuple):
    """One jar and what its bytes must hash to."""

    group: str
    artifact: str
    version: str
    sha256: str
    """Lower-case hexadecimal."""

    @property
    def coordinate(self) -> str:
        """`group:artifact:version`, as Maven writes it."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def file(self) -> Path:
        """Where the jar lies inside a Maven repository."""
        return Path(*self.group.split("."), self.artifact, self.version, f"{self.artifact}-{self.version}.jar")


def chosen() -> Path:
    """The lock to go by.  Raises `SettingsError` where the one that is named is not there."""
    named = os.environ.get(VARIABLE)
    if not named:
        return PATH
    path = Path(named)
    if not path.is_file():
        raise SettingsError(
            f"{VARIABLE} is {named!r}: there is no such file; make java-lock ARGS='3.9.1 FILE' writes one"
        )
    return path


def read(path: Path = PATH) -> tuple[LockedJar, ...]:
    """The locked jars in class path order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_parse(line) for line in lines if line and not line.startswith("#"))


def write(jars: tuple[LockedJar, ...], path: Path = PATH) -> None:
    """Replace the lock file."""
    head = "# The class path of the embedded Kafka: Maven coordinate and sha256.  Written by `make java-lock`.\n"
    path.write_text(head + "".join(f"{jar.coordinate} {jar.sha256}\n" for jar in jars), encoding="utf-8")


def _parse(line: str) -> LockedJar:
    coordinate, sha256 = line.split()
    group, artifact, version = coordinate.split(":")
    return LockedJar(group, artifact, version, sha256)
