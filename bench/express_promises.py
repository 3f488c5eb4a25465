"""The promises of the express policy, worked out by hand from a shipment's own dates.

Independent of the engine on purpose: it holds for the simple journeys of this bench and for nothing else.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from schemas.records import ParcelScan, ShipmentRegistration

GAPS = "stalled"
_GAP = timedelta(hours=48)


def verdicts(registration: ShipmentRegistration, scans: Sequence[ParcelScan]) -> dict[str, str]:
    """`met` or `missed` by clock, for the clocks that have stopped; gaps by clock and the scan that begins them.

    The scans are in order of time.
    """
    at: dict[str, datetime] = {scan.code: scan.occurred_at for scan in scans}  # the last of several
    attempted = at.get("delivered") or at.get("delivery_attempted")
    spans = {
        "pickup": (at.get("order_placed"), timedelta(hours=2), at.get("picked_up")),
        "first-attempt": (at.get("picked_up"), _first_attempt(registration), attempted),
        "promised-date": (registration.promised_at, timedelta(0), at.get("delivered")),
        "last-mile": (at.get("arrived"), timedelta(hours=14), at.get("out_for_delivery")),
    }
    found = {
        clock: "met" if stop <= start + allowed else "missed"
        for clock, (start, allowed, stop) in spans.items()
        if start is not None and stop is not None
    }
    return found | dict(_gaps(scans))


def _gaps(scans: Sequence[ParcelScan]) -> Iterator[tuple[str, str]]:
    """Those that were too long; and those that only seemed so, until the scan that had ended them was uploaded."""
    for before, after in pairwise(scans):
        due = before.occurred_at + _GAP
        if (after.recorded_at or after.occurred_at) > due:
            yield f"{GAPS} {before.scan_id}", "met" if after.occurred_at <= due else "missed"


def _first_attempt(registration: ShipmentRegistration) -> timedelta:
    origin, destination = registration.origin, registration.destination
    same_city = origin is not None and destination is not None and origin.region == destination.region
    remote = destination is not None and destination.remote
    return timedelta(hours=(24 if same_city else 72) + (48 if remote else 0))
