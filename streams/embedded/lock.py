"""Resolves the embedded Kafka's jars again and writes `kafka.lock`: `make java-lock`."""

import sys
import tempfile
from pathlib import Path

from streams.embedded import lockfile
from streams.embedded.maven import MavenRepository, sha256

COORDINATES = "org.apache.kafka:kafka_2.13:4.2.1+org.slf4j:slf4j-simple:1.7.36"
"""The broker, and the smallest logger it can write to.  log4j's own BOM would drag kafka-clients down to 3.8."""


def main() -> None:
    """Download what the coordinates need today and lock it."""
    import jgo

    artifacts = jgo.resolve(COORDINATES)
    with tempfile.TemporaryDirectory(prefix="shipclock-lock-") as fresh:
        repository = MavenRepository(Path(fresh))
        unhashed = (lockfile.LockedJar(a.groupId, a.artifactId, a.version, "") for a in artifacts)
        jars = tuple(jar._replace(sha256=sha256(repository.fetch(jar))) for jar in unhashed)
    lockfile.write(jars)
    sys.stderr.write(f"Locked {len(jars)} jars in {lockfile.PATH.name}\n")


if __name__ == "__main__":
    main()
