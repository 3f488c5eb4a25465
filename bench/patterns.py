"""Real transports as patterns for encoded records: the numbers and dates are filled in for each shipment."""

import re
from dataclasses import dataclass
from random import Random

import msgspec

from schemas.encoding import encode
from streams.demo import cast
from streams.demo.cargo2000 import Leg, Transport
from streams.demo.journeys import FIRST_START_MS, MINUTE_MS, journey
from streams.feed.records import milliseconds

_PLACEHOLDER = "C2K-SHIPMENT"
_INSTANT = re.compile(rb'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"')

Verdicts = tuple[tuple[str, str], ...]
"""Clock and verdict of the outcomes of one scan."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One transport."""

    registration: bytes
    """With gaps for: shipment_id, registered_at, promised_at."""
    promised: int
    """Milliseconds from the start to the promise."""
    scans: tuple[bytes, ...]
    """With gaps for: shipment_id in the scan_id, shipment_id, occurred_at."""
    offsets: tuple[int, ...]
    """Milliseconds from the start: of the registration, then of every scan."""
    outcomes: tuple[Verdicts, ...]
    """What must come of every scan."""


def pattern(number: int, transport: Transport) -> Pattern:
    """The pattern of a transport; `number` chooses its customer."""
    who = cast.customer(Random(number))
    made = journey(_PLACEHOLDER, transport, FIRST_START_MS, who)
    starts = [milliseconds(scan.occurred_at) - FIRST_START_MS for scan in made.scans]
    return Pattern(
        registration=_gaps(made.registration),
        promised=transport.planned * MINUTE_MS,
        scans=tuple(_gaps(scan) for scan in made.scans),
        offsets=(0, *starts),
        outcomes=tuple(_outcomes(transport)),
    )


def _gaps(record: msgspec.Struct) -> bytes:
    value = encode(record).replace(b"%", b"%%").replace(_PLACEHOLDER.encode(), b"%b")
    return _INSTANT.sub(b'"%b"', value)


def _outcomes(transport: Transport) -> list[Verdicts]:
    """One entry per scan, in the order of the journey: the order, the inbound legs, the outbound one."""
    outcomes: list[Verdicts] = [()]
    for leg in (*transport.inbound, transport.outbound):
        outcomes += _of_leg(leg)
    actual = max(leg.actual for leg in transport.inbound) + transport.outbound.actual
    outcomes[-1] += (("end-to-end", _verdict(actual, transport.planned)),)
    return outcomes


def _of_leg(leg: Leg) -> list[Verdicts]:
    outcomes: list[Verdicts] = [(("milestone", _verdict(step.actual, step.planned)),) for step in leg.steps]
    outcomes[-1] += (("leg", _verdict(leg.actual, leg.planned)),)
    return outcomes


def _verdict(actual: int, planned: int) -> str:
    return "missed" if actual > planned else "met"
