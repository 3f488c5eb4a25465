"""How late alerts are, and how soon an outcome follows its scan: in live time, by append times."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchFailed
from bench.live_feed import LiveFeed
from bench.rates import percentile
from bench.site import Site
from bench.subscriber import Heard, Subscriber
from streams.demo.conditions import holds_within
from streams.kafka.names import Names

POLICY = Path(__file__).with_name("latency.yaml")
NOTICE_BEFORE_MS = 2_000
PER_SECOND = 120.0
_ALL_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds."""

    p50: float
    p99: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of measured values, at least one."""
        return cls(percentile(values, 0.5), percentile(values, 0.99), max(values))


@dataclass(frozen=True, slots=True)
class Latency:
    """Of records of a live run with many partitions."""

    alerts: int
    alert: Spread
    """From the deadline until the broker had the alert."""
    alert_read: Spread
    """From the deadline until a subscriber that reads committed records only had it."""
    notice: Spread
    """From the instant of the warning until the broker had the notice."""
    outcome: Spread
    """From the append of a scan until the broker had the outcome that it made."""
    outcome_read: Spread
    """Likewise, until a subscriber had it."""


async def measure(site: Site, seconds: float) -> Latency:
    """Feed live parcels for that many seconds.

    Raises:
        BenchFailed: alerts or outcomes are missing, or there are too many.
    """
    names = Names("bench-latency")
    site.console.print(f"latency: live parcels for {seconds:.0f} s …", style="dim")
    async with site.topics(names.namespace, "live"):
        subscriber = Subscriber(site.servers, names, site.partitions)
        with site.worker(names.namespace, "live", POLICY) as worker:
            worker.start()
            await worker.restored(site.partitions)
            listening = asyncio.create_task(subscriber.run())
            try:
                feed = LiveFeed(site.servers, names, site.partitions)
                delivered = await feed.run(int(seconds * PER_SECOND), PER_SECOND)
                await holds_within(
                    _ALL_WITHIN,
                    f"all {feed.late} alerts and {len(delivered)} outcomes have come",
                    lambda: subscriber.count("opened") >= feed.late and subscriber.count("met") >= len(delivered),
                )
                worker.require_running()
            finally:
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening
    return summarise(subscriber.heard, subscriber.repeated, delivered, feed.late)


def summarise(heard: Sequence[Heard], repeated: int, delivered: Mapping[str, int], late: int) -> Latency:
    """Check that everything was said once and nothing wrong, and take the percentiles.

    Raises:
        BenchFailed: something was said that is not true, or was not said.
    """
    alerts = [each for each in heard if each.kind == "opened"]
    notices = [each for each in heard if each.kind == "predicted"]
    outcomes = [each for each in heard if each.kind == "met"]
    wrong = {each.shipment_id for each in (*alerts, *notices)} & delivered.keys()
    if repeated or wrong or len(alerts) != late or len(notices) != late or len(outcomes) != len(delivered):
        raise BenchFailed(
            f"The live run went wrong: {len(alerts)} alerts and {len(notices)} notices of {late}, "
            f"{len(outcomes)} outcomes of {len(delivered)}, {len(wrong)} false, {repeated} repeated."
        )
    return Latency(
        alerts=len(alerts),
        alert=Spread.of([each.appended - each.due for each in alerts]),
        alert_read=Spread.of([each.read - each.due for each in alerts]),
        notice=Spread.of([each.appended - (each.due - NOTICE_BEFORE_MS) for each in notices]),
        outcome=Spread.of([each.appended - delivered[each.shipment_id] for each in outcomes]),
        outcome_read=Spread.of([each.read - delivered[each.shipment_id] for each in outcomes]),
    )
