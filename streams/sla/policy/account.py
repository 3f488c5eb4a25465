"""An account of one shipment under one policy: which rule gave which due instant, and what each clock is worth."""

from collections.abc import Iterator

from msgspec import Struct

from streams.sla.codes import name_of
from streams.sla.instants import NEVER, describe, rfc3339
from streams.sla.phases import RUNNING, VERDICTS
from streams.sla.policy import compiled
from streams.sla.policy.compiled import Clock, Policy
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.scans import together
from streams.sla.standing import stop_of
from streams.sla.verdict import Verdict
from streams.sla.verdicts import Facts


class Account(Struct, frozen=True, omit_defaults=True):
    """One instance of one clock."""

    clock: str
    verdict: str
    """`met`, `missed`, `cancelled`, `excused`, `running`, `overdue`, `paused`, or `not-started`."""
    steps: list[str]
    """How it came to be, a sentence a step."""
    key: str | None = None
    """Of a clock that has several instances: which leg, facility, piece or case."""
    start: str | None = None
    due: str | None = None
    stop: str | None = None


def accounts(
    policy: Policy, registration: Registration, scans: list[KnownScan], *, at: int, clock: str | None = None
) -> list[Account]:
    """Every instance of every clock, or of the one named, as it stands at an instant (UTC milliseconds).

    `scans` are those that count, in order; what happened after that instant is left out.
    """
    known = [scan for scan in scans if scan.at <= at]
    facts = Facts(registration, together(known))
    found: list[Account] = []
    for one in policy.clocks:
        if clock is None or one.name == clock:
            every = [_account(one, key, verdict, registration, known, at) for key, verdict in facts.every(one)]
            found.extend(every or [Account(one.name, "not-started", [_why_not(one, registration, known)])])
    return found


def _account(
    clock: Clock, key: str | None, verdict: Verdict, registration: Registration, scans: list[KnownScan], at: int
) -> Account:
    stop = stop_of(verdict)
    return Account(
        clock.name,
        _standing(clock, verdict, at),
        list(_steps(clock, verdict, registration, scans, at)),
        key=key,
        start=rfc3339(verdict.start),
        due=None if verdict.due >= NEVER else rfc3339(verdict.due),
        stop=None if stop is None else rfc3339(stop),
    )


def _standing(clock: Clock, verdict: Verdict, at: int) -> str:
    if verdict.status != RUNNING:
        return VERDICTS[verdict.status]
    if verdict.due >= NEVER:
        return "paused" if clock.pauses else "running"
    return "overdue" if at > verdict.due else "running"


def _steps(
    clock: Clock, verdict: Verdict, registration: Registration, scans: list[KnownScan], at: int
) -> Iterator[str]:
    by = "the registration" if verdict.start_scan is None else _scan(verdict.start_scan)
    yield f"started at {rfc3339(verdict.start)} by {by}"
    if clock.form in {compiled.SPAN, compiled.GAPS, compiled.RECORDED}:
        yield from clock.allowance.steps(verdict.start, registration, verdict.start_scan)
        given = clock.allowance.due(verdict.start, registration, verdict.start_scan)
        yield from _paused(clock, verdict, scans)
        if given is not None and given != verdict.due:
            yield f"due at {rfc3339(given)} without pauses"
    if verdict.due < NEVER:
        yield f"due at {rfc3339(verdict.due)}"
    stop = stop_of(verdict)
    if stop is None or verdict.stop_scan is None:
        yield f"nothing has stopped it by {rfc3339(at)}"
        return
    told = verdict.reason in {None, name_of(verdict.stop_scan.code)}
    reason = "" if told else f", {verdict.reason}"
    yield f"{VERDICTS.get(verdict.status, 'ended')} at {rfc3339(stop)} by {_scan(verdict.stop_scan)}{reason}"
    if stop > verdict.due:
        yield f"{describe(stop - verdict.due)} late"
    for fault in verdict.faults:
        yield f"{fault.stage} took {describe(fault.spent)} of {describe(fault.budget)}"
    if verdict.owed is not None:
        yield f"owed: {verdict.owed.amount} {verdict.owed.currency} ({verdict.owed.rule})"


def _paused(clock: Clock, verdict: Verdict, scans: list[KnownScan]) -> Iterator[str]:
    stop = stop_of(verdict)
    begins = frozenset[object]().union(*(begin for begin, _ in clock.pauses))
    untils = frozenset[object]().union(*(until for _, until in clock.pauses))
    for scan in scans:
        if scan.at >= verdict.start and (stop is None or scan.at <= stop):
            if scan.code in begins:
                yield f"paused from {rfc3339(scan.at)} by {_scan(scan)}"
            elif scan.code in untils:
                yield f"goes on at {rfc3339(scan.at)} by {_scan(scan)}"


def _why_not(clock: Clock, registration: Registration, scans: list[KnownScan]) -> str:
    if clock.form == compiled.ALL_OF:
        return "its clocks have not started"
    if clock.from_registration:
        return "; ".join(clock.allowance.steps(registration.registered_at, registration, None))
    for scan in scans:
        if scan.code in clock.starts:
            return "; ".join(clock.allowance.steps(scan.at, registration, scan))
    starts = ", ".join(sorted(name_of(code) for code in clock.starts))
    return f"no scan has started it: it starts with {starts}" if starts else "no scan has started it"


def _scan(scan: KnownScan) -> str:
    where = "" if scan.facility is None else f" at {scan.facility}"
    return f"{name_of(scan.code)} ({scan.scan_id}){where}"
