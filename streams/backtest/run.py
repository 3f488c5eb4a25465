"""One backtest: a history under one policy or two."""

import time
from collections.abc import Callable, Iterator

from streams.backtest.crew import batches, judge_together
from streams.backtest.history import History
from streams.backtest.part import Part, judge_part
from streams.backtest.report import Report, side
from streams.backtest.spool import Pile
from streams.sla.instants import rfc3339
from streams.sla.policy import Policy

_EVENTS_OF_A_PART = 5_000
_WORTHWHILE = 3.0
"""Seconds of work ahead from which on it pays to start more processes, which takes one."""

Progress = Callable[[int], None]
"""Takes how many events have been judged."""


def backtest(
    history: History,
    policy: Policy,
    against: Policy | None,
    *,
    until: int | None = None,
    jobs: int = 1,
    part_events: int = _EVENTS_OF_A_PART,
    worthwhile: float = _WORTHWHILE,
    progress: Progress | None = None,
) -> Report:
    """Judge a history, and hold a second policy against the first.

    Time passes up to `until` (UTC milliseconds), which is not before the end of the history; without it, to that end.
    Of shipments only counts are kept, so a history may be larger than memory.  It is judged in parts of `part_events`
    events and more.  Where one process would go on for more than `worthwhile` seconds, `jobs` processes share
    what is left.
    """
    began = time.perf_counter()
    policies = [policy] if against is None else [policy, against]
    end = max(history.end, until or 0)
    whole = Part(len(policies))
    for part in _parts(policies, batches(history.shipments(), part_events), end, jobs, worthwhile, len(history)):
        whole.merge(part)
        if progress is not None:
            progress(whole.events)
    return Report(
        events=whole.events,
        shipments=whole.shipments,
        until=rfc3339(end),
        oddities=history.odd.told(),
        seconds=time.perf_counter() - began,
        sides=[
            side(one, summary.rows(), judgements)
            for one, summary, judgements in zip(policies, whole.summaries, whole.judgements, strict=True)
        ],
        comparison=None if against is None else whole.changes.result(),
    )


def _parts(
    policies: list[Policy], batches: Iterator[list[Pile]], end: int, jobs: int, worthwhile: float, events: int
) -> Iterator[Part]:
    began, done = time.perf_counter(), 0
    for batch in batches:
        part = judge_part(policies, batch, end)
        done += part.events
        yield part
        if jobs > 1 and (time.perf_counter() - began) / done * (events - done) > worthwhile:
            yield from judge_together(policies, batches, end, jobs)
