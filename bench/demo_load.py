"""The demo profile: the real air-freight transports, many times over, nearly all of them under way at the end.

As in the express profile, orders grow: they double every day.  So the share of each kind of record and of each part of
a journey is the same from beginning to end, and what differs between the first quarter and the last is how much the
worker remembers.
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from math import ceil, log2
from pathlib import Path

from bench.load import POLICIES, Expected
from bench.patterns import Pattern, pattern
from streams.demo.dataset import BUNDLED, load
from streams.demo.journeys import FIRST_START_MS, MINUTE_MS
from streams.demo.timeline import SCANS, SHIPMENTS
from streams.feed.records import FeedRecord, instant
from streams.sla.instants import DAY_MS

DOUBLING_MS = DAY_MS
"""Time in which orders double."""
WINDOW_MS = 8 * DOUBLING_MS
"""Time that the load spans, whatever its size.  Half of the real transports take longer than that."""

_GROWN = 2 ** (WINDOW_MS / DOUBLING_MS) - 1
"""By what multiple of the first orders they have grown at the end of the window."""
_STRIDE = 1_661
"""Shares no factor with the number of transports: neighbours in time are no neighbours in the file."""
_STEP_BITS, _SHIPMENT_BITS = 6, 26


class DemoLoad:
    """About so many scans: of as many shipments as have had them by the end of the window."""

    def __init__(self, scans: int) -> None:
        self._patterns = [pattern(number, transport) for number, transport in enumerate(load(BUNDLED))]
        expected_scans = sum(
            _begun(WINDOW_MS - offset) for each in self._patterns for offset in each.offsets[1:]
        ) / len(self._patterns)
        self._shipments = ceil(scans / expected_scans)
        self._expected = Expected()

    @property
    def policy(self) -> Path:
        """End to end, every leg, every milestone."""
        return POLICIES / "air-freight.yaml"

    def records(self) -> Iterator[FeedRecord]:
        """Yield the registrations and scans of the window in order of time; of a shipment, the registration first."""
        outcomes: Counter[tuple[str, str]] = self._expected.outcomes
        for event in sorted(self._events()):
            at = event >> (_STEP_BITS + _SHIPMENT_BITS)
            shipment = event >> _STEP_BITS & (1 << _SHIPMENT_BITS) - 1
            step = event & (1 << _STEP_BITS) - 1
            each = self._of(shipment)
            key = b"C2K-%08d" % shipment
            stamp = FIRST_START_MS + at
            if step:
                outcomes.update(each.outcomes[step - 1])
                yield FeedRecord(SCANS, key, each.scans[step - 1] % (key, key, written(stamp)), stamp)
            else:
                value = each.registration % (key, written(stamp), written(stamp + each.promised))
                yield FeedRecord(SHIPMENTS, key, value, stamp)
        for shipment in range(self._shipments):
            self._expected.open += self._begins(shipment) + self._of(shipment).offsets[-1] >= WINDOW_MS

    def expected(self) -> Expected:
        """Every outcome: a milestone or leg is late when it took longer than its plan."""
        return self._expected

    def _of(self, shipment: int) -> Pattern:
        return self._patterns[shipment * _STRIDE % len(self._patterns)]

    def _begins(self, shipment: int) -> int:
        return int(DOUBLING_MS * log2(1 + shipment / self._shipments * _GROWN))

    def _events(self) -> Iterator[int]:
        """Time, shipment and step, packed into one number that sorts like the three of them."""
        for shipment in range(self._shipments):
            begins = self._begins(shipment)
            offsets = self._of(shipment).offsets
            # Offsets of different legs are not in order, so each is looked at.
            for step, offset in enumerate(offsets):
                if begins + offset < WINDOW_MS:
                    yield (begins + offset << _SHIPMENT_BITS | shipment) << _STEP_BITS | step


def _begun(ms: int) -> float:
    """Share of the shipments that begin within so long."""
    return max(0.0, 2 ** (ms / DOUBLING_MS) - 1) / _GROWN


def written(ms: int) -> bytes:
    """RFC 3339 of UTC milliseconds."""
    minute, within = divmod(ms, MINUTE_MS)
    return b"%b%02d.%03dZ" % (_minute(minute), *divmod(within, 1000))


@lru_cache(maxsize=100_000)
def _minute(minute: int) -> bytes:
    return f"{instant(minute * MINUTE_MS):%Y-%m-%dT%H:%M:}".encode()
