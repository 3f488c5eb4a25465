"""Clocks from every scan in custody to the next one: has the shipment been forgotten on the way?"""

from streams.sla.codes import name_of
from streams.sla.instance import Instance
from streams.sla.instants import NEVER
from streams.sla.pauses import Held, counted_due
from streams.sla.policy.compiled import Clock
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.standing import cancelled, running, stopped, warning
from streams.sla.state import Shipment
from streams.sla.verdict import Verdict


def gaps(
    clock: Clock, registration: Registration, scans: list[KnownScan], held: Held
) -> list[tuple[str | None, Verdict]]:
    """Every gap, named by the scan that begins it; the last one may still run."""
    starts, stops, ends = clock.starts, clock.stops, clock.ends
    starts_any, stops_any = clock.starts_any, clock.stops_any
    told: list[tuple[str | None, Verdict]] = []
    start: KnownScan | None = None
    for scan in scans:
        code = scan.code
        if scan.case is not None and (starts_any or stops_any):
            continue  # a case says nothing of where the parcel is
        if start is not None and (stops_any or code in stops or code in ends):
            due = clock.allowance.due(start.at, registration, start)
            if due is not None:
                due = counted_due(clock, registration, start, due, start.at, scan.at, scans, held)
                told.append((start.scan_id, _ended(clock, start, due, scan)))
            start = None
        if start is None and (starts_any or code in starts) and code not in ends:
            start = scan
    if start is not None:
        due = clock.allowance.due(start.at, registration, start)
        if due is not None:
            due = counted_due(clock, registration, start, due, start.at, NEVER, scans, held)
            told.append((start.scan_id, running(clock, registration, start.at, due, start)))
    return told


def _ended(clock: Clock, start: KnownScan, due: int, scan: KnownScan) -> Verdict:
    """A gap ends with whatever is seen of the parcel; an attempt, which is a promise of its own, may be called off."""
    if clock.per == "attempt" and not clock.stops_any and scan.code not in clock.stops:
        return cancelled(clock, start.at, due, start, scan, name_of(scan.code))
    return stopped(start.at, due, start, scan)


def roll(clock: Clock, instance: Instance, shipment: Shipment, latest: KnownScan, watermark: int) -> bool:
    """Let the instance of a gap that ended in time, and of which nothing was said, stand for the gap that begins now.

    False when that is not so, and everything has to be looked at.  `latest` follows the scan that began the gap.
    """
    after = instance.next_after
    if after == NEVER or not instance.silent or latest.code in clock.ends:
        return False
    at, life = latest.at, shipment.life
    warn_before = clock.warn_before if clock.warns is None else warning(clock, shipment.registered, latest)
    ahead = -clock.grace if warn_before is None else warn_before
    length = clock.allowance.fixed
    due = clock.allowance.due(at, shipment.registered, latest) if length is None else at + length
    if due is None or at > life + after + ahead or due - ahead < watermark:
        return False
    instance.scan, instance.next_after = latest, due - ahead - life
    return True
