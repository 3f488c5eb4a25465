"""Care events: record to the `KnownScan` that stands for a step of a case."""

from typing import Final

import msgspec

from schemas.records import CareEvent
from streams.intake.reading import AHEAD, event_time, read
from streams.intake.rejection import AHEAD_OF_TIME, KEY_MISMATCH, Rejected
from streams.sla.details import ScanDetails
from streams.sla.instants import from_datetime
from streams.sla.scan import KnownScan

_decoder: Final = msgspec.json.Decoder(CareEvent)


def read_care_event(key: bytes | None, value: bytes | None, stamp: int) -> tuple[KnownScan, tuple[str, ...]]:
    """The step of a record written at `stamp` (UTC milliseconds), and its flags.  Its code is `kind.step`.

    Raises `Rejected`.
    """
    body = read(_decoder, key, value)
    if body.shipment_id.encode() != key:
        raise Rejected(KEY_MISMATCH, f"the key is not the body's shipment_id {body.shipment_id!r}", "$.shipment_id")
    at = event_time(body.occurred_at, stamp, "$.occurred_at")
    ahead = at > stamp + AHEAD
    details = ScanDetails(
        body.revision,
        voids=body.voids,
        case=body.case_id,
        severity=body.severity,
        suspect=AHEAD_OF_TIME if ahead else None,
    )
    delay = None if body.recorded_at is None else from_datetime(body.recorded_at) - at
    step = KnownScan(body.event_id, f"{body.kind}.{body.step}", at, delay, more=details)
    return step, (AHEAD_OF_TIME,) if ahead else ()
