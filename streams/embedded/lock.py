"""Resolves the embedded Kafka's jars again and writes `kafka.lock`: `make java-lock`.

With a version and a file it writes the lock of another Kafka: `make java-lock ARGS='3.9.1 FILE'`.
"""

import sys
import tempfile
from pathlib import Path

from streams.embedded import lockfile
from streams.embedded.maven import MavenRepository, sha256

VERSION = "4.2.1"
COORDINATES = "org.apache.kafka:kafka_2.13:{}+org.slf4j:slf4j-simple:1.7.36"
"""The broker, and the smallest logger it can write to.  log4j's own BOM would drag kafka-clients down to 3.8."""


def main(version: str = VERSION, file: str = str(lockfile.PATH)) -> None:
    """Download what the coordinates of a version need today and lock it."""
    import jgo

    artifacts = jgo.resolve(COORDINATES.format(version))
    with tempfile.TemporaryDirectory(prefix="shipclock-lock-") as fresh:
        repository = MavenRepository(Path(fresh))
        unhashed = (lockfile.LockedJar(a.groupId, a.artifactId, a.version, "") for a in artifacts)
        jars = tuple(jar._replace(sha256=sha256(repository.fetch(jar))) for jar in unhashed)
    lockfile.write(jars, Path(file))
    sys.stderr.write(f"Locked {len(jars)} jars in {Path(file).name}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
