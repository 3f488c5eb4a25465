"""Kafka's jars: fetched from Maven Central when missing, verified against the lock, kept in a cache."""

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from streams.embedded import lockfile
from streams.embedded.errors import EmbeddedKafkaError
from streams.embedded.lockfile import LockedJar
from streams.embedded.maven import MavenRepository, require_jgo, sha256
from streams.errors import SettingsError

_DOWNLOADS_AT_ONCE = 6


def cache_directory() -> Path:
    """`SHIPCLOCK_CACHE`, else `shipclock` in the user's cache directory."""
    chosen = os.environ.get("SHIPCLOCK_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "shipclock"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "shipclock"


def class_path(lock: Path | None = None) -> str:
    """The Java class path of the locked Kafka, every jar of it verified; without a lock, by the one that is chosen.

    Safe to call from several processes at once; only the first downloads.

    Raises:
        EmbeddedKafkaError: a jar can be neither found nor downloaded, or is not the one that was locked.
        SettingsError: the cache cannot be written, or the lock that is named is not there.
    """
    cache = cache_directory()
    repository = MavenRepository(cache / "maven")
    jars = lockfile.read(lock or lockfile.chosen())
    with _alone(cache):
        stamp = cache / "kafka.verified"
        if not _is_verified(stamp, repository, jars):
            _fetch_all(repository, jars)
            with _explained(cache):
                stamp.write_text(_fingerprint(repository, jars), encoding="utf-8")
    return os.pathsep.join(str(repository.root / jar.file) for jar in jars)


def _fetch_all(repository: MavenRepository, jars: tuple[LockedJar, ...]) -> None:
    missing = sum(not (repository.root / jar.file).exists() for jar in jars)
    if missing:
        require_jgo()
        sys.stderr.write(f"Fetching Apache Kafka, {missing} jars, once ...\n")
    with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool:
        for _ in pool.map(lambda jar: _fetch_verified(repository, jar), jars):
            pass


def _fetch_verified(repository: MavenRepository, jar: LockedJar) -> None:
    path = repository.root / jar.file
    if path.exists() and sha256(path) != jar.sha256:
        path.unlink()  # cut short by an interrupted download
    if sha256(repository.fetch(jar)) != jar.sha256:
        path.unlink()
        raise EmbeddedKafkaError(
            f"What was downloaded as {jar.coordinate} is not what was locked (sha256 differs): "
            "do not trust the network or mirror it came through, and try again from another."
        )


def _is_verified(stamp: Path, repository: MavenRepository, jars: tuple[LockedJar, ...]) -> bool:
    try:
        return stamp.read_text(encoding="utf-8") == _fingerprint(repository, jars)
    except OSError:
        return False


def _fingerprint(repository: MavenRepository, jars: tuple[LockedJar, ...]) -> str:
    """What changes when a jar or the lock changes, without reading the jars."""
    facts = []
    for jar in jars:
        status = (repository.root / jar.file).stat()
        facts.append([jar.coordinate, jar.sha256, status.st_size, status.st_mtime_ns])
    return json.dumps(facts, indent=0)


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    with _explained(cache):
        cache.mkdir(parents=True, exist_ok=True)
        file = (cache / "in-use").open("w")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _explained(cache: Path) -> Iterator[None]:
    """Say what to do where the cache cannot be made or written."""
    try:
        yield
    except OSError as error:
        raise SettingsError(
            f"The jars of the embedded Kafka cannot be kept in {cache} ({error.strerror}): set SHIPCLOCK_CACHE to a"
            " folder that can be made and written"
        ) from error
