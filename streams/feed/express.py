"""Express parcels by the million: encoded records at several hundred thousand a second, for load tests.

Every shipment follows one of a few journeys, shifted to its own start; a journey's steps lie whole minutes apart.  So
the records of one minute are known without keeping anything per shipment: memory does not grow with their number.
"""

from collections.abc import Iterator
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


def express(seed: int, per_minute: int = 240, start_ms: int = START_MS) -> Iterator[FeedRecord]:
    """Endless records in the order of their timestamps (append times), never stopping by themselves.

    A shipment has one registration and seven scans.  In the long run `per_minute` * 2,400 shipments are under way.
    `start_ms` is taken down to a whole minute, UTC.
    """
    steps = _journeys(Random(seed))  # noqa: S311 - a reproducible load, no secret
    origin = start_ms // MINUTE_MS
    minute = 0
    while True:
        records: list[FeedRecord] = []
        for journey, step in steps:
            begun = minute - step.sent
            if begun < 0:
                continue
            first = begun * per_minute
            # Shipments of this journey among those that began in that minute.
            of_journey = range(first + (journey - first) % _JOURNEYS, first + per_minute, _JOURNEYS)
            occurred = _minute(origin + begun + step.occurs)
            # The minute of the upload, or of the promise.
            other = _minute(origin + begun + step.other)
            base = (origin + minute) * MINUTE_MS
            topic, template, number = step.topic, step.template, step.number
            for shipment in of_journey:
                within = shipment * 7919 % MINUTE_MS
                second = b"%02d.%03d" % divmod(within, 1000)
                shipment_id = b"SF1%012d" % (shipment * _ID_STEP % _ID_SPACE)
                identity = (shipment * 8 + number) * _SCAN_ID_STEP % _SCAN_ID_SPACE
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
    """All steps of all journeys, registrations first."""
    steps = [(number, step) for number in range(_JOURNEYS) for step in _journey(rng)]
    return sorted(steps, key=lambda entry: entry[1].number)


def _journey(rng: Random) -> Iterator[_Step]:
    origin, destination = rng.choice(_CITIES), rng.choice(_CITIES)
    same_city = origin == destination
    promise = 1440 if same_city else rng.choice((2880, 4320))
    yield _Step("shipments", 0, 0, promise, 0, _registration(rng, origin, destination))
    last = "delivery_attempted" if rng.random() < 0.1 else "delivered"  # noqa: PLR2004
    # Most are a little early; one journey in eight loses hours on the way and is late.
    lost = rng.randrange(600, 2400) if rng.random() < 0.125 else 0  # noqa: PLR2004
    line_haul = 120 if same_city else rng.randrange(600, 1500)
    plan = (
        ("order_placed", 0, None),
        ("picked_up", _pickup(rng), (origin, "branch")),
        ("accepted", rng.randrange(60, 240), (origin, "branch")),
        ("departed", rng.randrange(120, 480), (origin, "hub")),
        ("arrived", line_haul + lost, (destination, "hub")),
        ("out_for_delivery", rng.randrange(240, 720), (destination, "branch")),
        (last, rng.randrange(30, 300), (destination, "branch")),
    )
    occurs = 0
    for number, (code, minutes, facility) in enumerate(plan, 1):
        occurs += minutes
        # Scans are uploaded at once, or when the handheld is next online.
        delay = 0 if number == 1 or rng.random() < 0.8 else rng.randrange(1, 10)  # noqa: PLR2004
        sent = occurs + delay
        yield _Step("parcel-scans", occurs, sent, sent, number, _scan(rng, code, facility))


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


def _scan(rng: Random, code: str, facility: tuple[str, str] | None) -> bytes:
    where = ""
    if facility is not None:
        region, kind = facility
        identity = f"{region}-{kind[0].upper()}{rng.randrange(100):02d}"
        where = f'"facility":{{"id":"{identity}","kind":"{kind}","region":"{region}"}},'
    return (
        f'{{"shipment_id":"%b","scan_id":"%014d","code":"{code}","occurred_at":"%b%b+08:00",'
        f'"recorded_at":"%b%b+08:00",{where}"carrier":"SF"}}'
    ).encode()
