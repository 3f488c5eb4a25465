"""One backtest: a history under one policy or two."""

import time
from collections.abc import Callable

from streams.backtest.crew import batches, judge_together
from streams.backtest.history import History
from streams.backtest.part import Part, judge_part
from streams.backtest.report import Report, side
from streams.sla.instants import rfc3339
from streams.sla.policy import Policy

EVENTS_OF_A_PART = 5_000
_WORTHWHILE = 6
"""Parts below which starting processes costs more than it gains."""

Progress = Callable[[int], None]
"""Takes how many events have been judged."""


def backtest(
    history: History,
    policy: Policy,
    against: Policy | None,
    *,
    until: int | None = None,
    jobs: int = 1,
    part_events: int = EVENTS_OF_A_PART,
    progress: Progress | None = None,
) -> Report:
    """Judge a history, and hold a second policy against the first.

    Time passes up to `until` (UTC milliseconds), which is not before the end of the history; without it, to that end.
    Of shipments only counts are kept, so a history may be larger than memory.  Up to `jobs` processes work on it, each
    on parts of `part_events` events and more; a history of a few parts is judged by this process alone.
    """
    began = time.perf_counter()
    policies = [policy] if against is None else [policy, against]
    end = max(history.end, until or 0)

    piles = batches(history.shipments(), part_events)
    if jobs > 1 and len(history) >= _WORTHWHILE * part_events:
        parts = judge_together(policies, piles, end, jobs)
    else:
        parts = (judge_part(policies, batch, end) for batch in piles)
    whole = Part(len(policies))
    for part in parts:
        whole.merge(part)
        if progress is not None:
            progress(whole.events)
    return Report(
        events=whole.events,
        shipments=whole.shipments,
        until=rfc3339(end),
        oddities=history.oddities,
        seconds=time.perf_counter() - began,
        sides=[
            side(one, summary.rows(), judgements)
            for one, summary, judgements in zip(policies, whole.summaries, whole.judgements, strict=True)
        ],
        comparison=None if against is None else whole.changes.result(),
    )
