"""A worker whose clock is wrong."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from streams.embedded import EmbeddedKafka
from tests.integration.stage import WITHIN_S, Stage

POLICY = "{policy: clock, version: '1', clocks: [{name: c, from: accepted, until: delivered, within: PT1H}]}"
AN_HOUR_AHEAD = """
import streams.clock as clock
right = clock.time_ns
clock.time_ns = lambda: right() + 3_600_000_000_000
from streams.cli import main
main()
"""


async def told(stage: Stage, event: str) -> dict[str, Any]:
    """The first event that a worker, an hour ahead, logs with these words; it is told to end then."""
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", AN_HOUR_AHEAD, "worker"),
        env={**os.environ, **stage.environment},
        stderr=asyncio.subprocess.PIPE,
    )
    assert worker.stderr is not None
    try:
        async with asyncio.timeout(WITHIN_S):
            async for line in worker.stderr:
                said: dict[str, Any] = json.loads(line)
                if event in said["event"]:
                    return said
    finally:
        worker.terminate()
        await worker.communicate()
    raise AssertionError(f"it ended and did not say: {event}")


def test_a_worker_whose_clock_is_wrong_says_so_with_the_remedy_though_no_record_comes(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path
) -> None:
    stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, POLICY, partitions=2)

    async def scenario() -> None:
        await stage.create()
        said = await told(stage, "clocks differ")
        assert said["level"] == "warning"
        assert "NTP" in said["event"]
        assert -3_610 < said["brokers_ahead_s"] < -3_590

    asyncio.run(scenario())
