"""The same history through a real Kafka in replay time and through a backtest: the same decisions, id for id."""

import asyncio
from collections import Counter
from itertools import islice
from pathlib import Path

from streams.backtest.history import History
from streams.backtest.replay import replay
from streams.backtest.spool import Event
from streams.embedded import EmbeddedKafka
from streams.feed.profile import Profile
from streams.feed.simulation import simulate
from streams.partition.judging import SCANS, SHIPMENTS
from streams.sla.policy import parse_policy
from tests.integration.stage import REJECTS, Sent, Stage, tick

BEGIN = 1_793_577_600_000
AFTER_MS = 400 * 24 * 3_600_000
PARTITIONS = 3
POLICY = (Path(__file__).parents[2] / "streams" / "policies" / "express.yaml").read_text(encoding="utf-8")
PROFILE = Profile(shipments_per_second=2, speed=36_000, late=0.3, offline=0.2, duplicates=0.1, missing=0.1, orphans=0.1)


def messy_week() -> History:
    return History(
        Event(one.topic, one.timestamp, one.key or b"", one.value or b"", number)
        for number, one in enumerate(islice(simulate(PROFILE, 7, BEGIN), 2_000))
        if one.topic in {SHIPMENTS, SCANS}
    )


def test_backtest_and_two_workers_decide_alike_id_for_id(kafka: EmbeddedKafka, namespace: str, tmp_path: Path) -> None:
    past = messy_week()
    until = past.end + AFTER_MS
    stage = Stage(kafka.bootstrap_servers, namespace, tmp_path, POLICY, PARTITIONS, time="replay")

    async def through_kafka() -> Counter[str]:
        await stage.create()
        async with stage.workers(2), stage.outputs() as outputs:
            await stage.send(Sent(event.topic, event.key, event.value, at=event.timestamp) for event in past.events())
            await stage.send(tick(number, until) for number in range(PARTITIONS))
            await stage.committed({"control": PARTITIONS})
            await outputs.drain()
            return Counter(
                dict(record.headers)["ce_id"].decode()
                for topic, record in outputs.records
                if topic != REJECTS and record.value is not None
            )

    by_backtest: Counter[str] = Counter()

    def listen(headers: dict[str, bytes]) -> None:
        if "ce_id" in headers:
            by_backtest[headers["ce_id"].decode()] += 1

    replay(
        parse_policy(POLICY),
        past,
        until=until,
        namespace=namespace,
        listener=lambda output: listen(dict(output.headers)),
    )
    found = asyncio.run(through_kafka())
    assert len(found) > 500
    assert set(found.values()) == {1}
    assert by_backtest == found
