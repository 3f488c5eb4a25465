"""An outcome, as far as it is summed up."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.sla.instants import from_datetime
from streams.sla.reasons import REOPENED

Day = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])-\d{2}$")]


class Outcome(Struct, frozen=True, gc=False, kw_only=True):
    """One revision of an outcome; the fields of `schemas.records.SlaOutcome` that count."""

    id: str
    customer_id: str | None = None
    clock: str
    kind: Literal["met", "missed", "cancelled", "excused"]
    start: datetime
    stopped_at: datetime | None = None
    late_by_ms: int | None = None
    reason: str | None = None
    tier: str | None = None
    origin: str | None = None
    destination: str | None = None
    day: Day
    measure: Literal["promise", "perfect-order", "incident"] = "promise"
    veto: bool = False
    replaces: "Outcome | None" = None

    @property
    def counts(self) -> bool:
        """Whether it says anything: an outcome that takes a verdict back does not."""
        return self.reason != REOPENED

    @property
    def judged(self) -> bool:
        """Whether it was met or missed."""
        return self.kind in {"met", "missed"}

    @property
    def spent_ms(self) -> int | None:
        """Milliseconds from start to stop; None when nothing stopped it, or what did lies before its start."""
        if self.stopped_at is None or self.stopped_at < self.start:
            return None
        return from_datetime(self.stopped_at) - from_datetime(self.start)
