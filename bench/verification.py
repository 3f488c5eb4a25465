"""Holds what was said against what must have been.  Pure."""

from collections import Counter
from collections.abc import Iterator

from bench.load import Expected
from bench.scrape import Counted
from bench.told import Told

_SHOWN = 3


def differences(expected: Expected, told: Told, *, scans: int, counted: Counted, kept_open: int) -> Iterator[str]:
    """Yield a clause for everything that is wrong.

    `scans` were written, `counted` by the worker's own metrics; `kept_open` shipments are open in the state.  A
    transaction whose commit was not acknowledged is not counted by the worker, although it may have been committed.
    """
    if counted.scans > scans or (counted.scans < scans and not counted.aborted):
        yield f"{counted.scans} scans were judged, {scans} written"
    if told.rejects:
        yield f"{told.rejects} records were rejected"
    if told.repeated:
        yield f"{told.repeated} ids were used twice"
    if kept_open != expected.open:
        yield f"{kept_open} shipments are open in the state, {expected.open} in the input"
    yield from _counts(expected, told)
    yield from _sample(expected, told)


def _counts(expected: Expected, told: Told) -> Iterator[str]:
    any_verdict: Counter[str] = Counter()
    for (clock, _), number in told.outcomes.items():
        any_verdict[clock] += number
    for (clock, verdict), wanted in sorted(expected.outcomes.items()):
        found = any_verdict[clock] if verdict == "*" else told.outcomes[clock, verdict]
        if found != wanted:
            yield f"{clock} has {found} outcomes ({verdict}), {wanted} by arithmetic"
    known = {clock for clock, _ in expected.outcomes} | expected.uncounted
    for clock in sorted(any_verdict.keys() - known):
        if any_verdict[clock]:
            yield f"{clock} has {any_verdict[clock]} outcomes, none by arithmetic"


def _sample(expected: Expected, told: Told) -> Iterator[str]:
    found = {place: kind for place, (_, kind) in told.sampled.items()}
    wrong = [
        f"{shipment} {clock}: {found.get((shipment, clock), 'nothing')} instead of "
        f"{expected.sampled.get((shipment, clock), 'nothing')}"
        for shipment, clock in sorted(found.keys() | expected.sampled.keys())
        if found.get((shipment, clock)) != expected.sampled.get((shipment, clock))
    ]
    if wrong:
        yield f"{len(wrong)} verdicts of the sample differ, such as {'; '.join(wrong[:_SHOWN])}"
