"""Lets plain Faust count the scans of a profile, on the core that the worker had."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.cores import pin
from bench.errors import BenchFailed
from bench.site import Site
from streams.demo.conditions import DeadlineMissed, holds_within
from streams.demo.timeline import SCANS
from streams.kafka.names import Names

_START_WITHIN = 60.0


class PlainFaust(msgspec.Struct):
    """What it did."""

    scans: int
    seconds: float

    @property
    def scans_per_s(self) -> float:
        """Counted per second, from its first scan."""
        return self.scans / self.seconds


async def count(site: Site, names: Names, seconds: float) -> PlainFaust:
    """Count for that many seconds.

    Raises:
        BenchFailed: it ended early, or did not begin.
    """
    site.console.print(f"plain Faust: counting the same scans for {seconds:.0f} s …", style="dim")
    log = site.directory / "plain-faust.log"
    arguments = [site.servers, names.topic(SCANS), str(site.partitions), str(seconds)]
    with site.aside(), _app(arguments, site.directory / "plain-faust", log) as process:
        pin(process.pid, site.cores.for_worker)
        try:
            await holds_within(_START_WITHIN + seconds, "plain Faust has counted", lambda: process.poll() is not None)
        except DeadlineMissed as error:
            raise BenchFailed(f"Plain Faust did not count in time. {_end_of(log)}") from error
        answer, _ = await asyncio.to_thread(process.communicate)
    try:
        return msgspec.json.decode(answer.splitlines()[-1], type=PlainFaust)
    except (IndexError, msgspec.DecodeError) as error:
        raise BenchFailed(f"Plain Faust ended with status {process.returncode}. {_end_of(log)}") from error


@contextmanager
def _app(arguments: Sequence[str], data: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.plain_faust", *arguments],
            env={**os.environ, "APP_DATADIR": str(data)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _end_of(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "Its log ends with:\n" + "\n".join(lines[-10:])
