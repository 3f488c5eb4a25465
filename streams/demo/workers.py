"""Worker processes of the demo: started, asked, killed, stopped."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from streams.demo.conditions import holds
from streams.errors import ShipclockError

_LOG_LINES = 25
_OURS = "SHIPCLOCK_"
_KEPT = "SHIPCLOCK_CACHE"
_STOP_WITHIN = 10.0
"""Seconds after which a worker that was asked to stop is killed."""


class WorkerFailed(ShipclockError):
    """A worker ended, or did not become ready; the message ends with its log."""


def foreign(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the user's settings: they are meant for another Kafka than the demo's."""
    return {name: value for name, value in environment.items() if not name.startswith(_OURS) or name == _KEPT}


@dataclass
class Worker:
    """One `shipclock worker` with its files, in a process group of its own."""

    name: str
    directory: Path
    """Holds the log and the file in which the worker tells its port."""
    environment: Mapping[str, str]
    """Settings, on top of this process's own environment; settings that are in that do not reach the worker."""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        """What the worker wrote to standard error, over all its lives."""
        return self.directory / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """Process id; None before the first start."""
        return self._process.pid if self._process else None

    @property
    def exit_status(self) -> int | None:
        """None while it runs; minus the signal when one ended it."""
        return self._process.poll() if self._process else None

    @property
    def port(self) -> int | None:
        """Where it answers HTTP on the loopback address; None until it has said so."""
        with suppress(OSError, ValueError):
            return int(self._port_file.read_text())
        return None

    def start(self) -> None:
        """Start the process; it is ready some seconds later."""
        self._port_file.unlink(missing_ok=True)
        settings = {**foreign(os.environ), **self.environment, "SHIPCLOCK_PORT_FILE": str(self._port_file)}
        command = [sys.executable, "-m", "streams.demo.lifeline", str(os.getpid()), "worker"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                command, env=settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def terminate(self) -> None:
        """Ask it to drain and end; returns at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    async def ask(self, path: str) -> Any | None:
        """The JSON that it answers to GET `path`; None while there is no answer."""
        port = self.port
        if port is None:
            return None
        timeout = aiohttp.ClientTimeout(total=2)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(f"http://127.0.0.1:{port}{path}") as answer,
            ):
                return await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None

    async def partitions(self) -> frozenset[int]:
        """The partitions that it owns and works on.

        Raises:
            WorkerFailed: one of them is parked.
        """
        return self._working(await self.ask("/readyz"))

    def _working(self, answer: Any) -> frozenset[int]:
        owned = answer.get("partitions", {}) if isinstance(answer, dict) else {}
        for number, state in owned.items():
            if state["state"] == "parked":
                raise WorkerFailed(f"Partition {number} is parked on {self.name}: {state['detail']}.")
        return frozenset(int(number) for number, state in owned.items() if state["state"] == "running")

    async def ended(self, seconds: float) -> int | None:
        """Its exit status when it ends within that time, else None."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await holds(lambda: self.exit_status is not None)
        return self.exit_status

    async def stop(self) -> int | None:
        """Let it drain and end; a worker that does not is killed.  Its exit status."""
        self.terminate()
        if await self.ended(_STOP_WITHIN) is None:
            self.kill()
        return self.exit_status

    def require_running(self) -> None:
        """Raise `WorkerFailed` when it has ended."""
        if self.exit_status is not None:
            raise WorkerFailed(f"{self.name} ended with exit status {self.exit_status}. {self.last_words()}")

    def last_words(self) -> str:
        """The end of its log, for an error message."""
        with suppress(OSError):
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
            return "Its log ends with:\n" + "\n".join(lines[-_LOG_LINES:])
        return "It left no log."

    @property
    def _port_file(self) -> Path:
        return self.directory / f"{self.name}.port"
