"""Scans: record to `KnownScan`."""

from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from schemas.records import ParcelScan
from streams.intake.reading import AHEAD, EARLIEST, FURTHEST_AHEAD, event_time, read
from streams.intake.rejection import AHEAD_OF_TIME, KEY_MISMATCH, UNKNOWN_CODE, Rejected
from streams.sla.codes import NUMBERS
from streams.sla.details import PLAIN, ScanDetails
from streams.sla.scan import KnownScan

_decoder: Final = msgspec.json.Decoder(ParcelScan)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_FLAGS: Final[tuple[str, ...]] = ()


def read_scan(
    key: bytes | None, value: bytes | None, stamp: int, *, facilities: bool = False
) -> tuple[KnownScan, tuple[str, ...]]:
    """The scan of a record written at `stamp` (UTC milliseconds), and its flags.

    Kind and region of its facility are kept where `facilities` says so: where a policy asks for them.

    Raises `Rejected`.
    """
    if value is None or key is None:
        read(_decoder, key, value)
    try:
        body = _decoder.decode(value)  # type: ignore[arg-type]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        body = read(_decoder, key, value)
    if body.shipment_id.encode() != key:
        raise Rejected(KEY_MISMATCH, f"the key is not the body's shipment_id {body.shipment_id!r}", "$.shipment_id")
    happened = body.occurred_at
    since = happened - _EPOCH
    at = since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
    if at < EARLIEST or at > stamp + FURTHEST_AHEAD:
        event_time(happened, stamp, "$.occurred_at")
    facility = body.facility
    name = body.code
    code = NUMBERS.get(name)
    recorded = body.recorded_at
    scan = KnownScan(
        body.scan_id,
        name if code is None else code,
        at,
        None if recorded is None else _delay(happened, recorded),
        None if facility is None else facility.id,
        body.leg,
    )
    if body.revision or body.piece_id is not None or body.voids is not None or (facilities and facility is not None):
        scan.more = _details(body, facilities)
    if code is not None and at <= stamp + AHEAD:
        return scan, _NO_FLAGS
    if at > stamp + AHEAD:
        scan.more = replace(scan.more or PLAIN, suspect=AHEAD_OF_TIME)
    return scan, ((UNKNOWN_CODE,) if code is None else ()) + ((AHEAD_OF_TIME,) if at > stamp + AHEAD else ())


def _details(body: ParcelScan, facilities: bool) -> ScanDetails | None:  # noqa: FBT001 - of this module alone
    facility = body.facility if facilities else None
    details = ScanDetails(
        body.revision,
        body.piece_id,
        body.voids,
        None if facility is None else facility.kind,
        None if facility is None else facility.region,
    )
    return None if details == PLAIN else details


def _delay(happened: datetime, recorded: datetime) -> int:
    delay = recorded - happened
    return delay.days * 86_400_000 + delay.seconds * 1000 + delay.microseconds // 1000
