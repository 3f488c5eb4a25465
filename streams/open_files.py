"""How many files this process may have open: every partition keeps connections of its own, and each is one."""

import resource

import structlog

log = structlog.get_logger(__name__)

PER_PARTITION = 6
"""Connections of one partition, at most, with three brokers: one to each as a leader, one to each as a coordinator."""
BESIDE = 64
"""What a worker has open beside them."""


def raise_limit() -> None:
    """Raise the limit as far as this process may: the usual one of 1024 is for programs that wait with `select`."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def warn_if_few(partitions: int) -> None:
    """Say when the limit may be too low for a worker that is left alone with all partitions."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = BESIDE + PER_PARTITION * partitions
    if limit != resource.RLIM_INFINITY and limit < needed:
        log.warning(
            "few files may be open: without one for each connection it will look as if no broker answered; raise the"
            " limit (ulimit -n, LimitNOFILE) or keep enough workers running",
            limit=limit,
            wanted=needed,
        )
