"""Olist's orders as records: what was promised, what was delivered, and what was given up by the end of the data."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from schemas.records import ParcelScan, Place, ShipmentRegistration

ZONE: Final = ZoneInfo("America/Sao_Paulo")
END: Final = datetime(2018, 10, 17, 13, 22, tzinfo=ZONE)
"""When the data was taken: what the status of an order says became known then."""
_GIVEN_UP: Final = frozenset({"canceled", "unavailable"})

Promise = Literal["instant", "date"]
"""Whether an order is due at the 00:00 that stands in the file, or at the end of that day in Brazil."""


class Orders:
    """Reads orders, and counts what is odd about them."""

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines` of the CSV file, its header first."""
        self._rows = csv.DictReader(lines)
        self.oddities: Counter[str] = Counter()

    def records(self, promise: Promise) -> Iterator[ShipmentRegistration | ParcelScan]:
        """Yield the registration of each order, and the scan that ended it."""
        for row in self._rows:
            yield from self._order(row, promise)

    def _order(self, row: dict[str, str], promise: Promise) -> Iterator[ShipmentRegistration | ParcelScan]:
        order, status = row["order_id"], row["order_status"]
        promised = _local(row["order_estimated_delivery_date"])
        approved = _local(row["order_approved_at"])
        delivered = _local(row["order_delivered_customer_date"])
        self._note(status, approved, delivered)
        if promised is None:
            self.oddities["without a promised date: left out"] += 1
            return
        yield ShipmentRegistration(
            shipment_id=order,
            customer_id=row["customer_id"],
            # The file does not say when it was promised; it was before all of these.
            registered_at=min(moment for moment in (approved, delivered, promised) if moment is not None),
            destination=Place(time_zone=ZONE.key),
            promised_at=promised if promise == "instant" else None,
            promised_date=promised.date() if promise == "date" else None,
        )
        if delivered is not None:
            yield ParcelScan(scan_id=f"{order}-d", shipment_id=order, code="delivered", occurred_at=delivered)
        elif status in _GIVEN_UP:
            yield ParcelScan(scan_id=f"{order}-c", shipment_id=order, code="cancelled", occurred_at=END)

    def _note(self, status: str, approved: datetime | None, delivered: datetime | None) -> None:
        if approved is None:
            self.oddities["without approval time"] += 1
        elif delivered is not None and delivered < approved:
            self.oddities["delivered before approval"] += 1
        if status in _GIVEN_UP and delivered is not None:
            self.oddities[f"{status} yet delivered: delivered counts"] += 1
        if status == "delivered" and delivered is None:
            self.oddities["delivered without a time: still owed"] += 1


def _local(text: str) -> datetime | None:
    return datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=ZONE) if text else None
