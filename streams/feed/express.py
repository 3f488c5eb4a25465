"""Express parcels by the million: encoded records at several hundred thousand a second, for load tests.

Every shipment follows one of a few journeys, shifted to its own start; a journey's steps lie whole minutes apart.  So
the records of one minute are known without keeping anything per shipment: memory does not grow with their number.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from operator import itemgetter
from random import Random
from typing import NamedTuple

from streams.feed.records import FeedRecord

MINUTE_MS = 60_000
START_MS = 1_788_220_800_000
"""2026-09-01 00:00 UTC."""

_JOURNEYS = 64
_LOCAL = timezone(timedelta(hours=8))
_CITIES = ("BJS", "SHA", "CAN", "SZX", "HGH", "CTU", "WUH", "XIY", "NKG", "CKG", "TSN", "CGO")
_PRODUCTS = ("next-morning", "next-day", "standard", "economy")
_ID_SPACE = 10**12
# Both numbers share no factor with a power of ten, so different shipments and scans keep different ids.
_ID_STEP = 387_420_489_001
_SCAN_ID_STEP = 94_143_178_827
_SCAN_ID_SPACE = 10**14
_SCANS = 16
"""More than a shipment has."""

Begun = Callable[[int], int]
"""How many shipments have begun before a minute, which is counted from the start of the feed."""


def steady(per_minute: int) -> Begun:
    """As many in every minute."""
    return lambda minute: minute * per_minute


def doubling(every: float, shipments: int, minutes: int) -> Begun:
    """Twice as many in `every` minutes as in those before: so many in all when `minutes` are over."""
    before = shipments / (2 ** (minutes / every) - 1)
    return lambda minute: int(before * (2 ** (minute / every) - 1))


class _Step(NamedTuple):
    """One record of a journey."""

    topic: str
    occurs: int
    """Minutes after the minute in which the shipment began."""
    sent: int
    """Minutes likewise, when the record reaches the log."""
    other: int
    """Minutes likewise, of the second instant in the record: its upload, or the promise."""
    number: int
    template: bytes
    """With gaps for: shipment_id, a number, minute and second of the event, minute and second of the other instant."""


def express(seed: int, begun: Begun, start_ms: int = START_MS) -> Iterator[FeedRecord]:
    """Endless records in the order of their timestamps (append times), never stopping by themselves.

    A shipment has one registration and 14 scans, 8 when it stays in its city.  `start_ms` is taken down to a whole
    minute, UTC.
    """
    steps = _journeys(Random(seed))  # noqa: S311 - a reproducible load, no secret
    origin = start_ms // MINUTE_MS
    firsts = [begun(0)]
    minute = 0
    while True:
        firsts.append(begun(minute + 1))
        records: list[FeedRecord] = []
        for journey, step in steps:
            began = minute - step.sent
            if began < 0:
                break
            first, end = firsts[began], firsts[began + 1]
            first += (journey - first) % _JOURNEYS
            if first >= end:
                continue
            occurred = _minute(origin + began + step.occurs)
            # The minute of the upload, or of the promise.
            other = _minute(origin + began + step.other)
            base = (origin + minute) * MINUTE_MS
            topic, template, number = step.topic, step.template, step.number
            # Shipments of this journey among those that began in that minute.
            for shipment in range(first, end, _JOURNEYS):
                within = shipment * 7919 % MINUTE_MS
                second = b"%02d.%03d" % divmod(within, 1000)
                shipment_id = b"SF1%012d" % (shipment * _ID_STEP % _ID_SPACE)
                identity = (shipment * _SCANS + number) * _SCAN_ID_STEP % _SCAN_ID_SPACE
                value = template % (shipment_id, identity, occurred, second, other, second)
                records.append(FeedRecord(topic, shipment_id, value, base + within))
        # Stable: a registration stays before the scans of the same instant.
        records.sort(key=itemgetter(3))
        yield from records
        minute += 1


@lru_cache(maxsize=100_000)
def _minute(minute: int) -> bytes:
    """Local date and time up to the minute, with the colon that the seconds follow."""
    local = datetime.fromtimestamp(minute * 60, _LOCAL)
    return f"{local:%Y-%m-%dT%H:%M:}".encode()


def _journeys(rng: Random) -> list[tuple[int, _Step]]:
    """All steps of all journeys, by the time after which they reach the log; registrations first."""
    steps = [(number, step) for number in range(_JOURNEYS) for step in _journey(rng)]
    return sorted(steps, key=lambda entry: (entry[1].sent, entry[1].number))


def _journey(rng: Random) -> Iterator[_Step]:
    origin, destination = rng.choice(_CITIES), rng.choice(_CITIES)
    promise = 1440 if origin == destination else rng.choice((2880, 4320))
    yield _Step("shipments", 0, 0, promise, 0, _registration(rng, origin, destination))
    occurs = 0
    for number, (code, minutes, facility) in enumerate(_way(rng, origin, destination), 1):
        occurs += minutes
        # Scans are uploaded at once, or when the handheld is next online.
        delay = 0 if number == 1 or rng.random() < 0.8 else rng.randrange(1, 10)  # noqa: PLR2004
        sent = occurs + delay
        yield _Step("parcel-scans", occurs, sent, sent, number, _scan(code, facility))


class _Facility(NamedTuple):
    """Where scans are made."""

    id: str
    kind: str
    region: str


def _facility(rng: Random, region: str, kind: str) -> _Facility:
    return _Facility(f"{region}-{kind[0].upper()}{rng.randrange(100):02d}", kind, region)


def _way(rng: Random, origin: str, destination: str) -> Iterator[tuple[str, int, _Facility | None]]:
    """What is scanned, how many minutes after the scan before it, and where: all that is done in a place, in one."""
    # One journey in eight loses hours before the last hub.
    lost = rng.randrange(600, 3000) if rng.random() < 0.125 else 0  # noqa: PLR2004
    branch = _facility(rng, origin, "branch")
    yield "order_placed", 0, None
    yield "picked_up", _pickup(rng), branch
    yield "accepted", rng.randrange(20, 120), branch
    yield "departed", rng.randrange(60, 300), branch
    cities = [origin] if origin == destination else [origin, rng.choice(_CITIES), destination]
    hubs = [_facility(rng, city, "hub") for city in cities]
    for number, hub in enumerate(hubs):
        if number:
            yield "departed", rng.randrange(60, 240), hubs[number - 1]
        haul = rng.randrange(300, 540) if number else rng.randrange(30, 120)
        yield "arrived", haul + (lost if number == len(hubs) - 1 else 0), hub
        yield "sorted", rng.randrange(15, 60), hub
    branch = _facility(rng, destination, "branch")
    # The last mile takes less than 14 hours, but for one journey in sixteen.
    yield "out_for_delivery", rng.randrange(240, 720) + (300 if rng.random() < 1 / 16 else 0), branch
    last = "delivery_attempted" if rng.random() < 0.1 else "delivered"  # noqa: PLR2004
    yield last, rng.randrange(30, 300), branch


def _pickup(rng: Random) -> int:
    """Minutes from order to pickup: below two hours, but for one in sixteen it is close, and half of those late."""
    if rng.random() < 1 / 16:
        return rng.randrange(95, 145)
    return rng.randrange(15, 88)


def _registration(rng: Random, origin: str, destination: str) -> bytes:
    return (
        f'{{"shipment_id":"%b","customer_id":"C{rng.randrange(100_000):05d}","labels":{{"order":"%014d"}},'
        f'"registered_at":"%b%b+08:00","promised_at":"%b%b+08:00",'
        f'"tier":"{rng.choices("ABC", (50, 30, 20))[0]}","product":"{rng.choice(_PRODUCTS)}",'
        f'"origin":{{"region":"{origin}","time_zone":"Asia/Shanghai"}},'
        f'"destination":{{"region":"{destination}","time_zone":"Asia/Shanghai",'
        f'"remote":{rng.choices(("false", "true"), (19, 1))[0]}}},"pieces":1}}'
    ).encode()


def _scan(code: str, facility: _Facility | None) -> bytes:
    where = ""
    if facility is not None:
        where = f'"facility":{{"id":"{facility.id}","kind":"{facility.kind}","region":"{facility.region}"}},'
    return (
        f'{{"shipment_id":"%b","scan_id":"%014d","code":"{code}","occurred_at":"%b%b+08:00",'
        f'"recorded_at":"%b%b+08:00",{where}"carrier":"SF"}}'
    ).encode()
