"""Where the time of a late shipment went: the stages that took more than their share."""

from collections.abc import Sequence

from streams.sla.policy.compiled import Stage
from streams.sla.scan import KnownScan
from streams.sla.verdict import Fault


def faults(stages: Sequence[Stage], scans: list[KnownScan], start: int, stop: int) -> tuple[Fault, ...]:
    """The stages between two instants that took longer than their budget, the worst first.

    A stage lasts from the first scan that starts it to the first one after that which ends it, or until the clock
    stopped.  Who scans early what belongs to the next stage hands the time to that one, and keeps it where it stays.
    """
    found: list[Fault] = []
    for stage in stages:
        began: int | None = None
        ended = stop
        for scan in scans:
            if not start <= scan.at <= stop:
                continue
            if began is None:
                if scan.code in stage.starts:
                    began = scan.at
            elif scan.code in stage.stops:
                ended = scan.at
                break
        if began is not None and ended - began > stage.budget:
            found.append(Fault(stage.name, ended - began, stage.budget))
    return tuple(sorted(found, key=lambda fault: -fault.over))
