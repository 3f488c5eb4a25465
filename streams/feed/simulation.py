"""A simulated live feed: parcels that start one after the other, and what reaches Kafka of them.  Pure."""

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random

from msgspec.structs import replace

from schemas.encoding import encode
from streams.feed.bad_records import bad_record
from streams.feed.network import network
from streams.feed.parcels import Parcel, parcel
from streams.feed.profile import Profile
from streams.feed.records import FeedRecord, instant, milliseconds

SHIPMENTS = "shipments"
SCANS = "parcel-scans"
_HOUR_MS = 3_600_000
_NUMBERS_PER_MS = 100
"""Of parcels, kept free for each millisecond: no feed starts as many."""
_UPLOAD_MS = (50, 900)
"""How long a scan takes to arrive when the handheld is online."""


def simulate(profile: Profile, seed: int, start_ms: int) -> Iterator[FeedRecord]:
    """Endless records in the order in which they are sent; a record's timestamp is when that is, UTC milliseconds.

    The same profile, seed and start give the same records.  Numbers go on from the start: a feed that is started again
    sends other parcels.  Scans are sent out of order, twice or not at all as the profile says.
    """
    rng = Random(seed)  # noqa: S311 - a reproducible simulation, no secret
    cities = network(rng)
    pending: list[tuple[int, int, FeedRecord]] = []
    start = float(start_ms)
    number, sent = start_ms * _NUMBERS_PER_MS, 0
    while True:
        start += rng.expovariate(profile.shipments_per_second) * 1000
        # Nothing of this or a later parcel is sent before it starts.
        while pending and pending[0][0] <= start:
            yield heappop(pending)[2]
        number += 1
        for record in _sent(rng, profile, parcel(rng, cities, profile, number, int(start))):
            sent += 1
            heappush(pending, (record.timestamp, sent, record))


def _sent(rng: Random, profile: Profile, one: Parcel) -> Iterator[FeedRecord]:
    """What is sent for one parcel, in no particular order."""
    key = one.registration.shipment_id.encode()
    registered = milliseconds(one.registration.registered_at)
    if rng.random() < profile.orphans:
        registered += _delay(rng, profile, hours=6)
    yield FeedRecord(SHIPMENTS, key, encode(one.registration), registered)
    for position, scan in enumerate(one.scans, 1):
        if position < len(one.scans) and rng.random() < profile.missing:
            continue
        at = milliseconds(scan.occurred_at) + rng.randrange(*_UPLOAD_MS)
        if rng.random() < profile.offline:
            at += _delay(rng, profile, hours=2)
        # Written as the handheld would: with the offset of the place.
        uploaded = instant(at).astimezone(scan.occurred_at.tzinfo)
        value = encode(replace(scan, recorded_at=uploaded))
        record = FeedRecord(SCANS, key, value, at)
        yield record
        if rng.random() < profile.duplicates:
            yield record._replace(timestamp=at + _delay(rng, profile, hours=1))
        if rng.random() < profile.bad:
            yield bad_record(rng, record)


def _delay(rng: Random, profile: Profile, hours: float) -> int:
    """Up to so many hours, accelerated; milliseconds."""
    return int(rng.uniform(0, hours) * _HOUR_MS / profile.speed)
