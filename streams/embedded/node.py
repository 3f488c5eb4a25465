"""One broker process: formatted, started, stopped, killed, its log read when it fails."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from streams.embedded.errors import EmbeddedKafkaError
from streams.embedded.readiness import live_brokers
from streams.embedded.server_properties import render

_GUARD = Path(__file__).with_name("guard.py")
_LOG_LINES = 25
_FORMAT_WITHIN = 60.0  # seconds
_READY_WITHIN = 90.0  # seconds; four are usual, a loaded machine takes long
_POLL = 0.05
_GUARD_ANSWERS_WITHIN = 5.0


@dataclass
class Node:
    """A broker and the directory it lives in."""

    number: int
    directory: Path
    port: int
    """Where clients reach it."""
    java: Sequence[str]
    """Java with its options and class path; the main class and its arguments are added here."""
    removed_with_owner: bool
    """Whether the directory goes when this Python process is killed."""
    cpus: frozenset[int] = frozenset()
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def data(self) -> Path:
        """Where the broker keeps its logs."""
        return self.directory / "data"

    @property
    def is_running(self) -> bool:
        """Whether the process is alive, ready or not."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_group(self) -> int | None:
        """Id of the group of the broker and its guard, which leads it."""
        return None if self._process is None else self._process.pid

    def configure(self, properties: Mapping[str, str], cluster_id: str) -> None:
        """Write the broker's settings and, unless it holds data already, format its directory."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._settings.write_text(render(properties), encoding="utf-8")
        if (self.data / "meta.properties").exists():
            return
        command = [*self.java, "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(self._settings)]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_FORMAT_WITHIN, check=False)
        if answer.returncode:
            raise EmbeddedKafkaError(f"Kafka cannot format {self.data}:\n{answer.stdout}{answer.stderr}".rstrip())

    def start(self) -> None:
        """Start the process; it is ready some seconds later."""
        guard = [sys.executable, "-I", "-S", str(_GUARD)]
        cpus = ",".join(str(cpu) for cpu in sorted(self.cpus))
        leftovers = str(self.directory) if self.removed_with_owner else ""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*guard, cpus, leftovers, *self.java, "kafka.Kafka", str(self._settings)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, everyone: int = 1) -> None:
        """Wait until the broker itself says that it and at least `everyone` brokers in all are alive.

        Raises:
            EmbeddedKafkaError: it ended, or did not say so in time; with the end of its log.
        """
        deadline = time.monotonic() + _READY_WITHIN
        while True:
            alive = live_brokers(self.port)
            if self.number in alive and len(alive) >= everyone:
                return
            if not self.is_running:
                raise EmbeddedKafkaError(f"Kafka node {self.number} ended while starting. {self._last_words()}")
            if time.monotonic() > deadline:
                raise EmbeddedKafkaError(
                    f"Kafka node {self.number} was not ready within {_READY_WITHIN:.0f} s. {self._last_words()}"
                )
            time.sleep(_POLL)

    def terminate(self) -> None:
        """Ask the broker to hand over and end; returns at once."""
        if self.is_running and self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End the process now, as a crash would."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGUSR1)  # the guard kills the broker and sees it gone
        if not self.wait(_GUARD_ANSWERS_WITHIN) and self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self.wait(None)

    def wait(self, seconds: float | None) -> bool:
        """Whether the process has ended within that time."""
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None
        return True

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "Its log ends with:\n" + "\n".join(lines[-_LOG_LINES:])

    @property
    def _settings(self) -> Path:
        return self.directory / "server.properties"

    @property
    def _log(self) -> Path:
        return self.directory / "broker.log"
