"""Where the demo plays: directories, topics, settings of the workers."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.catalogue import TimeMode, load_catalogue
from streams.errors import ShipclockError, TopicMismatch
from streams.topics.cluster import TopicCluster
from streams.topics.connection import connected
from streams.topics.plan import plan_topics
from streams.topics.target import Target

_SESSION_TIMEOUT_MS = 6_000
"""The shortest that workers accept: a killed one is missed soon."""


class StageTaken(ShipclockError):
    """The data directory holds an earlier run."""

    exit_code = 2


@contextmanager
def directory(asked: Path | None) -> Iterator[Path]:
    """Yield a directory for one run: the one asked for, which stays, or a temporary one, which is removed.

    Raises:
        StageTaken: the directory that was asked for is not empty, or cannot be used.
    """
    if asked is None:
        root = Path(tempfile.mkdtemp(prefix="shipclock-demo-"))
        try:
            yield root
        finally:
            shutil.rmtree(root, ignore_errors=True)
        return
    try:
        asked.mkdir(parents=True, exist_ok=True)
        taken = any(asked.iterdir())
    except OSError as error:
        raise StageTaken(f"{asked} cannot be used: {error.strerror}.") from error
    if taken:
        raise StageTaken(f"{asked} is not empty: name a new directory, or remove what an earlier run left there.")
    yield asked


async def create_topics(bootstrap_servers: str, namespace: str, time: TimeMode, partitions: int) -> None:
    """Create every topic of the catalogue.

    Raises:
        TopicMismatch: the cluster has topics of this namespace that will not do.
    """
    target = Target(catalogue=load_catalogue(), namespace=namespace, time=time, partitions=partitions)
    async with connected(bootstrap_servers, {}) as client:
        cluster = TopicCluster(client)
        plan = plan_topics(target, await cluster.describe(target.names()))
        if plan.fatal:
            raise TopicMismatch("; ".join(finding.describe() for finding in plan.fatal))
        await cluster.apply(plan.actions)


def worker_settings(
    bootstrap_servers: str, namespace: str, time: TimeMode, policy: Path, faults: Path | None = None
) -> dict[str, str]:
    """Environment of the workers of one system; `faults` is where they look for orders to fail."""
    settings = {
        "SHIPCLOCK_BOOTSTRAP_SERVERS": bootstrap_servers,
        "SHIPCLOCK_NAMESPACE": namespace,
        "SHIPCLOCK_TIME": time,
        "SHIPCLOCK_POLICY": str(policy),
        "SHIPCLOCK_SESSION_TIMEOUT_MS": str(_SESSION_TIMEOUT_MS),
        "SHIPCLOCK_HTTP_HOST": "127.0.0.1",
        "SHIPCLOCK_HTTP_PORT": "0",
        "SHIPCLOCK_LOG_FORMAT": "json",
    }
    return settings if faults is None else settings | {"SHIPCLOCK_FAULTS": str(faults)}
