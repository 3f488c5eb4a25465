"""Reads the worker's own metrics."""

import asyncio
import urllib.request
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from bench.errors import BenchFailed
from bench.pinned import PinnedWorker

_LOOKS, _EVERY_S = 20, 0.25


@dataclass(frozen=True, slots=True)
class Counted:
    """What a worker says of itself, in this life."""

    scans: int
    """Scans of transactions whose commit it knows of."""
    aborted: int
    """Transactions that it has given up: it read their records again, unless they had been committed after all."""


async def counted(worker: PinnedWorker, scans: int) -> Counted:
    """What it says, after giving it a moment to have counted them all."""
    found = await _look(worker)
    for _ in range(_LOOKS):
        if found.scans >= scans or found.aborted:
            break
        await asyncio.sleep(_EVERY_S)
        found = await _look(worker)
    return found


async def _look(worker: PinnedWorker) -> Counted:
    text = await asyncio.to_thread(_get, f"http://127.0.0.1:{worker.port}/metrics")
    values = {
        sample.name: int(sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.labels
    }
    try:
        return Counted(values["shipclock_scans_total"], values["shipclock_transactions_aborted_total"])
    except KeyError as error:
        raise BenchFailed(f"The worker's metrics have no {error}.") from error


def _get(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - http on the loopback address
            text: str = answer.read().decode()
            return text
    except OSError as error:
        raise BenchFailed(f"The worker does not show its metrics: {error}") from error
