"""A feed that has changed its format: one partition stops, the others go on."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from streams.demo.conditions import holds_within
from streams.demo.workers import Worker
from streams.embedded import EmbeddedKafka
from tests.integration.parcels import POLICY, Parcels, samples, verdicts
from tests.integration.stage import WITHIN_S, Sent, Stage, ask

PARTITIONS = 4
HOUR = 3_600_000


async def cli(worker: Worker, *arguments: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from streams.cli import main; main()", "partitions", *arguments),
        *("--worker", f"http://127.0.0.1:{worker.port}"),
        env=dict(os.environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(WITHIN_S):
        out, _ = await process.communicate()
    return process.returncode, out.decode()


def test_a_storm_of_rejects_parks_its_partition_alone_until_somebody_resumes_it(
    kafka: EmbeddedKafka, namespace: str, tmp_path: Path
) -> None:
    settings = {"SHIPCLOCK_REJECT_WINDOW": "100", "SHIPCLOCK_REJECT_RATIO_LIMIT": "0.3"}
    stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, POLICY, PARTITIONS, settings=settings)
    parcels = Parcels(stage, int(time.time()) * 1000 - 3 * HOUR)
    stormy, calm = 1, 2

    async def scenario() -> None:
        await stage.create()
        async with stage.workers() as (worker,), stage.outputs() as outputs:

            async def judge(partition: int, *bad: Sent) -> list[str]:
                shipments = [parcels.number_in(partition) for _ in range(20)]
                for number, shipment in enumerate(shipments):
                    await stage.send(
                        [*parcels.begun(shipment, late=bool(number % 2)), *bad[number::20], parcels.ended(shipment)]
                    )
                return shipments

            before = await judge(stormy)
            await outputs.until("the calm before", lambda: verdicts(outputs).keys() >= set(before))
            storm = [Sent("parcel-scans", b"k", b"hail %d" % number, stormy) for number in range(500)]
            during = await judge(stormy, *storm)

            async def parked() -> bool:
                status, text = await ask(worker, "/readyz")
                return status == 503 and json.loads(text)["partitions"][str(stormy)]["state"] == "parked"

            await holds_within(WITHIN_S, "the partition parks", parked)
            ready = json.loads((await ask(worker, "/readyz"))[1])
            assert {n for n, state in ready["partitions"].items() if state["state"] == "running"} == {"0", "2", "3"}
            assert "of the last" in ready["partitions"]["1"]["detail"]
            assert "partitions resume" in ready["partitions"]["1"]["detail"]
            assert (await ask(worker, "/healthz"))[0] == 200
            exposition = (await ask(worker, "/metrics"))[1]
            assert samples(exposition, "shipclock_partition_parked", "partition")["1",] == 1
            assert samples(exposition, "shipclock_partition_parked", "partition").total() == 1

            elsewhere = await judge(calm)
            await outputs.until("the others go on", lambda: verdicts(outputs).keys() >= set(elsewhere))
            assert not verdicts(outputs).keys() >= set(during)

            code, said = await cli(worker, "list")
            assert (code, [line.split()[1] for line in said.splitlines()].count("parked")) == (0, 1)
            assert await cli(worker, "resume", str(calm)) == (
                1,
                f"shipclock: partition {calm} is not parked on this worker\n",
            )
            assert await cli(worker, "resume", str(stormy)) == (0, f"partition {stormy} resumed\n")
            after = await judge(stormy)
            await outputs.until("the stormy partition goes on", lambda: verdicts(outputs).keys() >= {*during, *after})
            await outputs.drain()
            assert verdicts(outputs) == parcels.expected
            assert sorted(reject.value for reject in outputs.rejects()) == sorted(
                record.value or b"" for record in storm
            )
            await stage.ready(worker)
            assert (await ask(worker, "/readyz"))[0] == 200
            exposition = (await ask(worker, "/metrics"))[1]
            assert samples(exposition, "shipclock_partition_parked", "partition").total() == 0
            assert samples(exposition, "shipclock_parkings_total").total() == 1
            assert samples(exposition, "shipclock_rejects_total", "reason") == {("not-json",): len(storm)}

    asyncio.run(scenario())
