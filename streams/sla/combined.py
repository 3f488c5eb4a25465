"""Promises made of others: a perfect order is on time, complete and without error."""

from collections.abc import Sequence

from streams.sla.instants import NEVER
from streams.sla.phases import CANCELLED, EXCUSED, MET, MISSED, RUNNING
from streams.sla.policy.compiled import Clock
from streams.sla.scan import KnownScan
from streams.sla.standing import stop_of
from streams.sla.verdict import Verdict


def combined(clock: Clock, verdicts: Sequence[Verdict | None], closing: KnownScan | None) -> Verdict | None:
    """Decided when the shipment is closed (by the scan `closing`) and none of the clocks runs any more.

    Missed when any of them was, met when some were met and none missed.  None while none has started.
    """
    known = [verdict for verdict in verdicts if verdict is not None]
    if not known:
        return None
    first = min(known, key=lambda verdict: verdict.start)
    if closing is None or any(verdict.status == RUNNING for verdict in known):
        return Verdict(RUNNING, first.start, NEVER, first.start_scan)
    stop_at = max([closing.at, *(at for verdict in known if (at := stop_of(verdict)) is not None)])
    due = max([verdict.due for verdict in known if verdict.due != NEVER], default=stop_at)
    missed = [
        member.name
        for member, verdict in zip(clock.members, verdicts, strict=True)
        if verdict is not None and verdict.status == MISSED
    ]
    statuses = {verdict.status for verdict in known}
    if missed:
        status, reason = MISSED, f"missed: {', '.join(missed)}"
    elif MET in statuses:
        status, reason = MET, None
    else:
        status, reason = (EXCUSED, "excused") if EXCUSED in statuses else (CANCELLED, "cancelled")
    return Verdict(status, first.start, due, first.start_scan, closing, reason, stop_at=stop_at)
