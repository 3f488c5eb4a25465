"""Reads the worker's own metrics."""

import asyncio
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from bench.errors import BenchFailed
from bench.pinned import PinnedWorker


async def scans_counted(worker: PinnedWorker) -> int:
    """How many scans it says it has judged in this life."""
    text = await asyncio.to_thread(_get, f"http://127.0.0.1:{worker.port}/metrics")
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "shipclock_scans_total":
                return int(sample.value)
    raise BenchFailed("The worker's metrics do not say how many scans it has judged.")


def _get(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - http on the loopback address
            text: str = answer.read().decode()
            return text
    except OSError as error:
        raise BenchFailed(f"The worker does not show its metrics: {error}") from error
