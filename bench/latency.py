"""How late alerts are, and how soon an outcome follows its scan: in live time, by append times."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchFailed
from bench.live_feed import Fed, LiveFeed
from bench.rates import percentile
from bench.site import Site
from bench.subscriber import Heard, Subscriber
from streams.demo.conditions import holds_within
from streams.kafka.names import Names

POLICY = Path(__file__).with_name("latency.yaml")
INSTANTS = {"opened": 0, "predicted": 2_000}
"""Milliseconds before the deadline at which a decision is to be made, by kind; the policy says so."""
PER_SECOND = 120.0
WARM_UP_S = 4.0
"""Seconds at the beginning that are checked but not measured."""
_NEVER = 2**63
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
    """Feed live parcels for that many seconds, after a few in which everything warms up.

    Raises:
        BenchFailed: something that was said is not true, or something was not said.
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
                parcels = int((WARM_UP_S + seconds) * PER_SECOND)
                fed = await LiveFeed(site.servers, names, site.partitions).run(parcels, PER_SECOND)
                await holds_within(
                    _ALL_WITHIN,
                    f"all {len(fed.never_delivered)} alerts and {len(fed.delivered)} outcomes have come",
                    lambda: subscriber.has_all(fed),
                )
                worker.require_running()
            finally:
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening
    wrong = list(untruths(subscriber.heard, fed))
    if wrong:
        raise BenchFailed(f"The live run went wrong: {'; '.join(wrong)}.")
    warm = min(each.due for each in subscriber.heard) + int(WARM_UP_S * 1000)
    return summarise([each for each in subscriber.heard if each.due >= warm], fed)


def untruths(heard: Sequence[Heard], fed: Fed) -> Iterator[str]:
    """Yield a clause for everything that should not have been said, or should have been and was not.

    An alert or a notice is false when the delivery had been appended before the instant at which it was due.
    """
    counts = Counter((each.shipment_id, each.kind) for each in heard)
    if any(count > 1 for count in counts.values()):
        yield f"{sum(count > 1 for count in counts.values())} decisions came more than once"
    said = [each for each in heard if each.kind in INSTANTS]
    false = sum(fed.delivered.get(each.shipment_id, _NEVER) <= _at(each) for each in said)
    if false:
        yield f"{false} alerts or notices are false"
    due = {"opened": fed.never_delivered, "predicted": fed.never_delivered, "met": fed.delivered.keys()}
    for kind, shipments in due.items():
        missing = sum(not counts[shipment, kind] for shipment in shipments)
        if missing:
            yield f"{missing} of {len(shipments)} have no {kind}"


def summarise(heard: Sequence[Heard], fed: Fed) -> Latency:
    """Take the percentiles."""
    alerts = [each for each in heard if each.kind == "opened"]
    notices = [each for each in heard if each.kind == "predicted"]
    outcomes = [each for each in heard if each.kind == "met"]
    return Latency(
        alerts=len(alerts),
        alert=Spread.of([each.appended - _at(each) for each in alerts]),
        alert_read=Spread.of([each.read - _at(each) for each in alerts]),
        notice=Spread.of([each.appended - _at(each) for each in notices]),
        outcome=Spread.of([each.appended - fed.delivered[each.shipment_id] for each in outcomes]),
        outcome_read=Spread.of([each.read - fed.delivered[each.shipment_id] for each in outcomes]),
    )


def _at(heard: Heard) -> int:
    """When it was to be said, UTC milliseconds."""
    return heard.due - INSTANTS[heard.kind]
