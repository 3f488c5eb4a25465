"""Outcomes of parcels, as records of `sla-outcomes-by-customer` hold them."""

from typing import Any

import msgspec

from streams.scorecards.outcome import Outcome
from streams.sla.instants import rfc3339

BEGIN = 1_793_577_600_000
MINUTE, HOUR = 60_000, 3_600_000


def body(
    name: str, kind: str = "met", *, spent: int | None = HOUR, late: int | None = None, **more: Any
) -> dict[str, Any]:
    """An outcome of customer C on the lane A>B on 2026-11-02; times in milliseconds."""
    stopped = {} if spent is None else {"stopped_at": rfc3339(BEGIN + spent)}
    lateness = {} if late is None else {"late_by_ms": late}
    facts = {"customer_id": "C", "clock": "delivery", "origin": "A", "destination": "B", "day": "2026-11-02"}
    return {"id": name, "kind": kind, "start": rfc3339(BEGIN), **facts, **stopped, **lateness, **more}


def correction(name: str, before: dict[str, Any], kind: str, **more: Any) -> dict[str, Any]:
    """The next revision of an outcome."""
    replaced = {field: value for field, value in before.items() if field != "replaces"}
    return body(name, kind, **{"replaces": replaced, **more})


def outcome(fields: dict[str, Any]) -> Outcome:
    return msgspec.convert(fields, Outcome, strict=False)
