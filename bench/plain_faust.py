"""An ordinary Faust app that does a mere count per shipment: what Shipclock is compared with.

    python -m bench.plain_faust SERVERS TOPIC PARTITIONS SECONDS

It reads scans from the beginning of TOPIC, counts them in a table for that many seconds after the first one, prints one
JSON object, and ends at once.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any

import faust
from faust.types import StreamT

_LOOK_EVERY = 0.05


def main() -> None:
    """Run until the time is over; the process ends without ceremony, Faust's own takes many seconds."""
    servers, topic, partitions, seconds = sys.argv[1:]
    owner = os.getppid()
    app = faust.App(
        f"{topic}.plain-faust",
        broker=[f"kafka://{server}" for server in servers.split(",")],
        store="memory://",
        topic_partitions=int(partitions),
        consumer_auto_offset_reset="earliest",
        web_enabled=False,
    )
    counts = app.Table("scans-by-shipment", default=int)
    counted = 0
    begun = 0.0

    async def count(scans: StreamT[Any]) -> None:
        nonlocal counted, begun
        async for scan in scans:
            begun = begun or time.monotonic()
            counts[scan["shipment_id"]] += 1
            counted += 1

    async def end() -> None:
        while not begun or time.monotonic() - begun < float(seconds):
            await asyncio.sleep(_LOOK_EVERY)
            if os.getppid() != owner:
                os._exit(1)
        print(json.dumps({"scans": counted, "seconds": time.monotonic() - begun}), flush=True)
        os._exit(0)

    app.agent(app.topic(topic, key_type=bytes, value_serializer="json"))(count)
    app.task(end)
    faust.Worker(app, loglevel="ERROR", redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main()
