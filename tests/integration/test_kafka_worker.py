import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from streams.embedded import EmbeddedKafka
from streams.embedded.ports import free_ports

MAIN = (sys.executable, "-c", "from streams.cli import main; main()")


def environment(servers: str, namespace: str, tmp_path: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "SHIPCLOCK_BOOTSTRAP_SERVERS": servers,
        "SHIPCLOCK_NAMESPACE": namespace,
        "SHIPCLOCK_HTTP_PORT": "0",
        "SHIPCLOCK_PORT_FILE": str(tmp_path / "port"),
        "SHIPCLOCK_LOG_FORMAT": "json",
        **more,
    }


async def run(*arguments: str, env: dict[str, str]) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        *MAIN, *arguments, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def ready_port(env: dict[str, str]) -> int | None:
    file = Path(env["SHIPCLOCK_PORT_FILE"])
    port = int(file.read_text(encoding="ascii")) if file.exists() else None
    return port if port is not None and ask(port, "/readyz")[0] == 200 else None


@asynccontextmanager
async def worker(env: dict[str, str]) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """A worker that is ready, and its port."""
    process = await asyncio.create_subprocess_exec(*MAIN, "worker", env=env)
    try:
        async with asyncio.timeout(45):
            while (port := await asyncio.to_thread(ready_port, env)) is None:
                assert process.returncode is None, "the worker has ended"
                await asyncio.sleep(0.05)
        yield process, port
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_a_worker_gets_ready_tells_how_it_is_and_drains_on_sigterm(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path
) -> None:
    async def scenario() -> None:
        env = environment(kafka.bootstrap_servers, namespace, tmp_path)
        code, _, err = await run("topics", "apply", "--partitions", "3", env=env)
        assert code == 0, err
        async with worker(env) as (process, port):
            ready = json.loads((await asyncio.to_thread(ask, port, "/readyz"))[1])
            assert set(ready["partitions"]) == {"0", "1", "2"}
            assert (await asyncio.to_thread(ask, port, "/healthz"))[0] == 200
            metrics = (await asyncio.to_thread(ask, port, "/metrics"))[1]
            assert "shipclock_partitions_owned 3.0" in metrics
            assert "shipclock_build_info{" in metrics
            status, text = await asyncio.to_thread(ask, port, "/partitions/9/resume")
            assert status == 405, text
            code, out, err = await run("partitions", "list", "--worker", f"http://127.0.0.1:{port}", env=env)
            assert (code, len(out.splitlines())) == (0, 3), err
            code, _, err = await run("partitions", "resume", "0", "--worker", f"http://127.0.0.1:{port}", env=env)
            assert (code, err) == (1, "shipclock: partition 0 is not parked on this worker\n")
            told = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
            assert time.monotonic() - told < 5

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("variable", "value", "code", "sentence"),
    [
        ("SHIPCLOCK_TIME", "dead", 2, "SHIPCLOCK_TIME is 'dead'"),
        ("SHIPCLOCK_NAMESPACE", "nobody-made-topics-here", 3, "nobody-made-topics-here.parcel-scans"),
        ("SHIPCLOCK_BOOTSTRAP_SERVERS", "", 4, "No Kafka broker answers"),
    ],
)
def test_what_is_wrong_at_start_is_one_line_and_an_exit_code(
    kafka: EmbeddedKafka, tmp_path: Path, *, variable: str, value: str, code: int, sentence: str
) -> None:
    wrong = value or f"127.0.0.1:{free_ports(1)[0]}"
    env = environment(kafka.bootstrap_servers, "any", tmp_path) | {variable: wrong}
    found, _, err = asyncio.run(run("worker", env=env))
    assert found == code
    assert err.splitlines()[-1].startswith("shipclock: ")
    assert sentence in err.splitlines()[-1]
    assert "Traceback" not in err
