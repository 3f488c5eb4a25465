"""What every source record has to pass: a key, a body, JSON of the topic's schema, sane instants."""

import re
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from mypy_extensions import i64

from streams.intake.rejection import ABSURD_TIME, INVALID, NOT_JSON, NULL_KEY, TOMBSTONE, Rejected
from streams.sla.instants import from_datetime

Body = TypeVar("Body")

EARLIEST: Final = 946_684_800_000
"""2000-01-01, UTC milliseconds: parcels had no scans of ours before."""
FURTHEST_AHEAD: Final = 24 * 3_600_000
"""How far after its record's timestamp an event may lie, in milliseconds; dates and plans are not events."""
AHEAD: Final = 10 * 60_000
"""From how far ahead an event is flagged, in milliseconds."""

_PATH: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]+)`)?$", re.DOTALL)
_DETAIL_LIMIT: Final = 300


def read(
    decoder: "msgspec.json.Decoder[Body]",
    key: bytes | None,
    value: bytes | None,
    contract: "msgspec.json.Decoder[Any] | None" = None,
) -> Body:
    """The decoded body.  Raises `Rejected`; in the words of the contract, where the decoder has a type of its own."""
    if value is None:
        raise Rejected(TOMBSTONE, "the record has no value")
    if key is None:
        raise Rejected(NULL_KEY, "the record has no key; it must be the shipment_id")
    try:
        return decoder.decode(value)
    except msgspec.ValidationError as error:
        said = str(error) if contract is None else _said(contract, value, error)
        matched = _PATH.match(said)
        path = (matched and matched["path"]) or "$"
        raise Rejected(INVALID, (matched["what"] if matched else said)[:_DETAIL_LIMIT], path) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Rejected(NOT_JSON, str(error)[:_DETAIL_LIMIT]) from None
    except RecursionError:
        raise Rejected(NOT_JSON, "the record is nested too deeply") from None


def _said(contract: "msgspec.json.Decoder[Any]", value: bytes, error: msgspec.ValidationError) -> str:
    try:
        contract.decode(value)
    except msgspec.ValidationError as own:
        return str(own)
    return str(error)


def event_time(moment: datetime, stamp: int, path: str) -> int:
    """UTC milliseconds of something that has happened, read from a record written at `stamp`.  Raises `Rejected`."""
    at = from_datetime(moment)
    return at if can_have_happened(at, stamp) else check_event(at, moment.isoformat(), stamp, path)


def check_event(at: int, said: str, stamp: int, path: str) -> int:
    """An instant at which something can have happened of which a record was written at `stamp`.  Raises `Rejected`."""
    if not can_have_happened(at, stamp):
        side = "before 2000" if at < EARLIEST else "more than a day after the record was written"
        raise Rejected(ABSURD_TIME, f"{said} is {side}", path)
    return at


def can_have_happened(at: i64, stamp: i64) -> bool:
    """Whether something can have happened then of which a record was written at `stamp`."""
    return at >= EARLIEST and at - FURTHEST_AHEAD <= stamp


def promise(moment: datetime, path: str) -> int:
    """UTC milliseconds of a promised or planned instant.  Raises `Rejected`."""
    at = from_datetime(moment)
    return at if at >= EARLIEST else check_promise(at, moment.isoformat(), path)


def check_promise(at: int, said: str, path: str) -> int:
    """An instant that can be promised.  Raises `Rejected`.

    The far future is a way to say "never"; the far past is a field that nobody has filled in.
    """
    if at < EARLIEST:
        raise Rejected(ABSURD_TIME, f"{said} is before 2000", path)
    return at
