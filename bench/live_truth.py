"""What has to be said of live parcels, and what must not be."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bench.errors import BenchFailed
from bench.live_feed import Fed
from bench.site import Site
from bench.subscriber import Heard, Subscriber
from streams.demo.conditions import holds_within
from streams.kafka.names import Names

POLICY = Path(__file__).with_name("latency.yaml")
_INSTANTS = {"opened": 0, "predicted": 2_000}
"""Milliseconds before the deadline at which a decision is to be made, by kind; the policy says so."""
_NEVER = 2**63
_ALL_WITHIN = 30.0


@asynccontextmanager
async def listening(site: Site, names: Names) -> AsyncIterator[Subscriber]:
    """A subscriber that hears everything from now on."""
    subscriber = Subscriber(site.servers, names, site.partitions)
    task = asyncio.create_task(subscriber.run())
    try:
        yield subscriber
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def all_told(subscriber: Subscriber, fed: Fed) -> None:
    """Wait until all has been said that has to be.

    Raises:
        BenchFailed: something that was said is not true, or something was not said.
    """
    await holds_within(
        _ALL_WITHIN,
        f"all {len(fed.never_delivered)} alerts and {len(fed.delivered)} outcomes have come",
        lambda: subscriber.has_all(fed),
    )
    wrong = list(untruths(subscriber.heard, fed))
    if wrong:
        raise BenchFailed(f"The live run went wrong: {'; '.join(wrong)}.")


def untruths(heard: Sequence[Heard], fed: Fed) -> Iterator[str]:
    """Yield a clause for everything that should not have been said, or should have been and was not.

    An alert or a notice is false when the delivery had been appended before the instant at which it was due.
    """
    counts = Counter((each.shipment_id, each.kind) for each in heard)
    if any(count > 1 for count in counts.values()):
        yield f"{sum(count > 1 for count in counts.values())} decisions came more than once"
    said = [each for each in heard if each.kind in _INSTANTS]
    false = sum(fed.delivered.get(each.shipment_id, _NEVER) <= decided_by(each) for each in said)
    if false:
        yield f"{false} alerts or notices are false"
    due = {"opened": fed.never_delivered, "predicted": fed.never_delivered, "met": fed.delivered.keys()}
    for kind, shipments in due.items():
        missing = sum(not counts[shipment, kind] for shipment in shipments)
        if missing:
            yield f"{missing} of {len(shipments)} have no {kind}"


def decided_by(heard: Heard) -> int:
    """When it was to be said, UTC milliseconds."""
    return heard.due - _INSTANTS[heard.kind]
