"""Scans: record to `KnownScan`."""

from typing import Any, Final

import msgspec
from msgspec.structs import astuple, replace
from mypy_extensions import i64

from schemas.records import Facility, ParcelScan
from streams.intake.bodies import ReadScan
from streams.intake.moments import UNCOMMON, common_instant, moment_of
from streams.intake.reading import AHEAD, check_event, read
from streams.intake.rejection import AHEAD_OF_TIME, KEY_MISMATCH, UNKNOWN_CODE, Rejected
from streams.sla.codes import NUMBERS
from streams.sla.details import PLAIN, ScanDetails
from streams.sla.instants import from_datetime, from_timedelta
from streams.sla.scan import KnownScan

_decoder: Final = msgspec.json.Decoder(ReadScan)
_contract: Final = msgspec.json.Decoder(ParcelScan)
_NO_FLAGS: Final[tuple[str, ...]] = ()
_astuple: Final = astuple  # a name of this module is found faster

_Fields = tuple[str, str, str, str, int, str | None, str | None, str | None, Facility | None, Any, Any, str | None]
"""Of a `ReadScan`, in their order."""


def read_scan(
    key: bytes | None, value: bytes | None, stamp: int, *, facilities: bool = False
) -> tuple[KnownScan, tuple[str, ...]]:
    """The scan of a record written at `stamp` (UTC milliseconds), and its flags.

    Kind and region of its facility are kept where `facilities` says so: where a policy asks for them.

    Raises `Rejected`.
    """
    if value is None or key is None:
        read(_decoder, key, value, _contract)
    try:
        body = _decoder.decode(value)  # type: ignore[arg-type]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        body = read(_decoder, key, value, _contract)
    # All fields at once: one by one they would cost as much as the decoding.
    fields: _Fields = _astuple(body)
    scan_id, shipment_id, name, happened, revision, recorded, piece, leg, facility, _, _, voids = fields
    common = common_instant(happened)
    at = from_datetime(moment_of(happened, "$.occurred_at")) if common == UNCOMMON else common
    delay = None if recorded is None else 0 if recorded == happened else _delay(recorded, happened, common)
    if shipment_id.encode() != key:
        raise Rejected(KEY_MISMATCH, f"the key is not the body's shipment_id {shipment_id!r}", "$.shipment_id")
    check_event(at, happened, stamp, "$.occurred_at")
    code = NUMBERS.get(name)
    scan = KnownScan(scan_id, name if code is None else code, at, delay, None if facility is None else facility.id, leg)
    if revision or piece is not None or voids is not None or (facilities and facility is not None):
        scan.more = _details(body, facilities)
    if code is not None and at <= stamp + AHEAD:
        return scan, _NO_FLAGS
    if at > stamp + AHEAD:
        scan.more = replace(scan.more or PLAIN, suspect=AHEAD_OF_TIME)
    return scan, ((UNKNOWN_CODE,) if code is None else ()) + ((AHEAD_OF_TIME,) if at > stamp + AHEAD else ())


def _delay(recorded: str, happened: str, common: i64) -> int:
    """Milliseconds between two instants, rounded down; `common` is `happened`, as `common_instant` reads it."""
    then = common_instant(recorded)
    if UNCOMMON not in (then, common):
        return int(then - common)
    return from_timedelta(moment_of(recorded, "$.recorded_at") - moment_of(happened, "$.occurred_at"))


def _details(body: ReadScan, facilities: bool) -> ScanDetails | None:  # noqa: FBT001 - of this module alone
    facility = body.facility if facilities else None
    details = ScanDetails(
        body.revision,
        body.piece_id,
        body.voids,
        None if facility is None else facility.kind,
        None if facility is None else facility.region,
    )
    return None if details == PLAIN else details
