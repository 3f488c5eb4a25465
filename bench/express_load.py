"""The express profile: five clocks, seven scans a shipment at the end, when nine of ten are still under way.

As in the days before a great sale, orders double every twelve hours.  A parcel takes a day and a half for its 14 scans,
so most have had a part of them.  And because orders and scans grow alike, the share of each kind of record is the same
from beginning to end: what differs between the first quarter and the last is how much the worker remembers.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.express_promises import GAPS, verdicts
from bench.load import POLICIES, Expected
from schemas.records import ParcelScan, ShipmentRegistration
from streams.demo.timeline import SCANS
from streams.feed.express import doubling, express
from streams.feed.records import FeedRecord

MINUTES = 4 * 24 * 60
"""Time that the load spans, whatever its size."""
DOUBLING = 12 * 60
"""Minutes in which orders double."""
SCANS_PER_SHIPMENT = 7.02
"""How many scans a shipment has had by then, on average: what follows from the journeys and from the growth."""
SAMPLE = 16
"""One shipment in so many is looked at closely."""

_STOPS = {
    b"picked_up": ("pickup",),
    b"out_for_delivery": ("last-mile",),
    b"delivered": ("first-attempt", "promised-date"),
    b"delivery_attempted": ("first-attempt",),
}
"""Clocks that each code stops; no shipment of this feed has two scans that stop the same one."""


class ExpressLoad:
    """So many scans; the number of shipments follows."""

    def __init__(self, scans: int, seed: int = 1) -> None:
        self._scans = scans
        self._seed = seed
        self._codes: defaultdict[bytes, int] = defaultdict(int)
        self._registered = 0
        self._sample: defaultdict[bytes, list[tuple[str, bytes]]] = defaultdict(list)

    @property
    def policy(self) -> Path:
        """Five clocks."""
        return POLICIES / "express.yaml"

    def records(self) -> Iterator[FeedRecord]:
        """Yield registrations and scans, up to the last scan asked for."""
        begun = doubling(DOUBLING, round(self._scans / SCANS_PER_SHIPMENT), MINUTES)
        scans = 0
        for record in express(self._seed, begun):
            value, key = record.value or b"", record.key or b""
            if record.topic == SCANS:
                scans += 1
                begin = value.index(b'"code":"') + 8
                self._codes[value[begin : value.index(b'"', begin)]] += 1
            else:
                self._registered += 1
            if zlib.crc32(key) % SAMPLE == 0:
                self._sample[key].append((record.topic, value))
            yield record
            if scans == self._scans:
                return

    def expected(self) -> Expected:
        """One outcome for every scan that stops a clock; the verdicts themselves for the sample."""
        expected = Expected(
            open=self._registered - self._codes[b"delivered"],
            sampled_shipments=frozenset(key.decode() for key in self._sample),
            uncounted=frozenset({GAPS}),
        )
        for code, clocks in _STOPS.items():
            for clock in clocks:
                expected.outcomes[clock, "*"] += self._codes[code]
        for key, records in self._sample.items():
            (registered,) = [value for topic, value in records if topic != SCANS]
            found = verdicts(
                msgspec.json.decode(registered, type=ShipmentRegistration),
                [msgspec.json.decode(value, type=ParcelScan) for topic, value in records if topic == SCANS],
            )
            expected.sampled |= {(key.decode(), clock): verdict for clock, verdict in found.items()}
        return expected
