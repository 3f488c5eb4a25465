"""A folder of jars laid out as Maven does it, filled from Maven Central on demand."""

import hashlib
from pathlib import Path

from streams.embedded.errors import INSTALL, EmbeddedKafkaError
from streams.embedded.lockfile import LockedJar

_DOWNLOAD_TIMEOUT = 60  # seconds without a byte


class MavenRepository:
    """The folder.  What it holds is not trusted: callers compare checksums."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def fetch(self, jar: LockedJar) -> Path:
        """The jar's file, downloaded unless it is there.

        A mirror named in jgo's own configuration is asked first; the checksum tells whether it can be trusted.
        """
        path = self.root / jar.file
        if path.exists():
            return path
        from jgo.config import GlobalSettings
        from jgo.constants import MAVEN_CENTRAL_URL
        from jgo.maven import MavenContext

        context = MavenContext(
            repo_cache=self.root,
            remote_repos={**GlobalSettings.load().repositories, "central": MAVEN_CENTRAL_URL},
            timeout=_DOWNLOAD_TIMEOUT,
        )
        try:
            context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors; jgo raises RuntimeError
            path.unlink(missing_ok=True)
            raise EmbeddedKafkaError(
                f"Kafka's {jar.coordinate} cannot be downloaded ({type(error).__name__}): check the network or proxy, "
                "or point SHIPCLOCK_CACHE to a copy of the cache of a machine that has it."
            ) from error
        return path


def require_jgo() -> None:
    """Raise `EmbeddedKafkaError` where jgo, which fetches jars, is not installed."""
    try:
        import jgo.config  # noqa: F401 - it is only to be there
    except ImportError as error:
        raise EmbeddedKafkaError(f"The embedded Kafka is fetched by jgo, which is not installed: {INSTALL}.") from error


def sha256(path: Path) -> str:
    """The file's checksum in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
