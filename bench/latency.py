"""How late alerts are, and how soon an outcome follows its scan: in live time, by append times."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.live_feed import Fed, LiveFeed
from bench.live_truth import POLICY, all_told, decided_by, listening
from bench.rates import percentile
from bench.site import Site
from bench.subscriber import Heard
from streams.kafka.names import Names

PER_SECOND = 120.0
WARM_UP_S = 4.0
"""Seconds at the beginning that are checked but not measured."""


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
    """Feed live parcels for that many seconds, after a few in which everything warms up.

    Raises:
        BenchFailed: something that was said is not true, or something was not said.
    """
    names = Names("bench-latency")
    site.console.print(f"latency: live parcels for {seconds:.0f} s …", style="dim")
    async with site.topics(names.namespace, "live"):
        with site.worker(names.namespace, "live", POLICY) as worker:
            worker.start()
            await worker.restored(site.partitions)
            async with listening(site, names) as subscriber:
                parcels = int((WARM_UP_S + seconds) * PER_SECOND)
                fed = await LiveFeed(site.servers, names, site.partitions).run(parcels, PER_SECOND)
                await all_told(subscriber, fed)
                worker.require_running()
    warm = min(each.due for each in subscriber.heard) + int(WARM_UP_S * 1000)
    return summarise([each for each in subscriber.heard if each.due >= warm], fed)


def summarise(heard: Sequence[Heard], fed: Fed) -> Latency:
    """Take the percentiles."""
    alerts = [each for each in heard if each.kind == "opened"]
    notices = [each for each in heard if each.kind == "predicted"]
    outcomes = [each for each in heard if each.kind == "met"]
    return Latency(
        alerts=len(alerts),
        alert=Spread.of([each.appended - decided_by(each) for each in alerts]),
        alert_read=Spread.of([each.read - decided_by(each) for each in alerts]),
        notice=Spread.of([each.appended - decided_by(each) for each in notices]),
        outcome=Spread.of([each.appended - fed.delivered[each.shipment_id] for each in outcomes]),
        outcome_read=Spread.of([each.read - fed.delivered[each.shipment_id] for each in outcomes]),
    )
