"""All records of the demo in the order in which they are fed.  Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from schemas.encoding import encode
from streams.demo.journeys import MINUTE_MS, Journey
from streams.feed.records import FeedRecord, milliseconds

SHIPMENTS = "shipments"
SCANS = "parcel-scans"
CONTROL = "control"
_AFTERMATH_MS = 60 * 24 * 60 * MINUTE_MS
"""The last tick comes 60 days after the last thing that can happen."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is fed."""

    records: tuple[FeedRecord, ...]
    """Registrations and scans by time; at equal times registrations come first."""
    end: int
    """UTC milliseconds of the last tick: every deadline lies before it."""
    shipments: int
    scans: int


def timeline(journeys: Iterable[Journey]) -> Timeline:
    """Merge the journeys by time."""
    registrations: list[FeedRecord] = []
    scans: list[FeedRecord] = []
    last_planned = 0
    for journey in journeys:
        key = journey.registration.shipment_id.encode()
        begun = milliseconds(journey.registration.registered_at)
        registrations.append(FeedRecord(SHIPMENTS, key, encode(journey.registration), begun))
        scans += (FeedRecord(SCANS, key, encode(scan), milliseconds(scan.occurred_at)) for scan in journey.scans)
        last_planned = max(last_planned, _planned_ms(journey))
    # The sort is stable: registrations stay before scans, and a shipment's scans in their order.
    records = tuple(sorted(chain(registrations, scans), key=lambda record: record.timestamp))
    end = records[-1].timestamp + last_planned + _AFTERMATH_MS
    return Timeline(records, end, len(registrations), len(scans))


def _planned_ms(journey: Journey) -> int:
    plan = journey.registration.plan
    legs = plan.legs if plan else ()
    durations = (stone.within for leg in legs for stone in leg.milestones if stone.within)
    return sum(int(within.total_seconds() * 1000) for within in durations)


def chunks(records: tuple[FeedRecord, ...], end: int, size: int) -> Iterator[tuple[tuple[FeedRecord, ...], int]]:
    """Cut into pieces of `size` records, each with the tick that may follow it.

    A tick is the time of the next record that is not yet written, so every earlier one is.
    """
    starts = [*range(0, len(records), size), len(records)]
    for begin, stop in pairwise(starts):
        yield records[begin:stop], records[stop].timestamp if stop < len(records) else end
