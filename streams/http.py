"""What operators and machines ask a worker: metrics, health, readiness, and to resume a parked partition."""

import errno
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import msgspec
import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from streams.errors import SettingsError

log = structlog.get_logger(__name__)


class Answers(Protocol):
    """What the worker knows of itself."""

    def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Return whether all partitions owned are restored and running, and the detail."""

    def resume(self, number: int) -> bool:
        """Start a parked partition again; False when it is not parked here."""


@dataclass(slots=True)
class Server:
    """The worker's HTTP server, on localhost unless configured."""

    registry: CollectorRegistry
    answers: Answers
    port: int = 0
    """The real port, once started."""
    _runner: web.AppRunner | None = None

    async def start(self, host: str, port: int, port_file: Path | None = None) -> None:
        """Listen; port 0 chooses a free one, which is written to `port_file`.

        Raises `SettingsError` when the address cannot be used, or the file not be written.
        """
        app = web.Application()
        app.add_routes(
            [
                web.get("/metrics", self._metrics),
                web.get("/healthz", self._alive),
                web.get("/readyz", self._ready),
                web.get("/partitions", self._partitions),
                web.post("/partitions/{number}/resume", self._resume),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            await runner.cleanup()
            raise SettingsError(_cannot_listen(host, port, error)) from error
        self._runner = runner
        self.port = runner.addresses[0][1]
        if port_file is not None:
            try:
                _write(port_file, f"{self.port}\n")
            except OSError as error:
                await self.stop()
                raise SettingsError(
                    f"SHIPCLOCK_PORT_FILE is {str(port_file)!r}: it cannot be written ({error.strerror}); name a file"
                    " in a folder that is there"
                ) from error
        log.info("listening", host=host, port=self.port)

    async def stop(self) -> None:
        """Close the port."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _alive(self, _request: web.Request) -> web.Response:
        return _json({"alive": True})

    async def _ready(self, _request: web.Request) -> web.Response:
        ready, detail = self.answers.readiness()
        return _json({"ready": ready, **detail}, status=200 if ready else 503)

    async def _partitions(self, _request: web.Request) -> web.Response:
        return _json(self.answers.readiness()[1]["partitions"])

    async def _resume(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        if not number.isdecimal() or not self.answers.resume(int(number)):
            return _json({"error": f"partition {number} is not parked on this worker"}, status=404)
        return _json({"resumed": int(number)})


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    """Which of the two is wrong, and what to do."""
    unknown = isinstance(error, socket.gaierror)
    why = os.strerror(error.errno) if error.errno and not unknown else error.strerror  # asyncio's names it again
    wrong, remedy = f"SHIPCLOCK_HTTP_PORT is {port}", "give another port, or 0 for any free one"
    if unknown or error.errno == errno.EADDRNOTAVAIL:
        wrong, remedy = f"SHIPCLOCK_HTTP_HOST is {host!r}", "give an address of this machine, or 0.0.0.0 for all"
    return f"{wrong}: cannot listen on {host}:{port} ({why}); {remedy}"


def _write(file: Path, text: str) -> None:
    """Write a file that is there only once it is whole.  Raises `OSError`."""
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    written = file.with_name(f"{file.name}.part")
    written.write_text(text, encoding="ascii")
    written.replace(file)


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")
