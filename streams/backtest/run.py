"""One backtest: a history under one policy or two."""

import time
from collections.abc import Callable

from streams.backtest.comparison import Changes
from streams.backtest.history import History
from streams.backtest.replay import Trial, judged
from streams.backtest.report import Report, side
from streams.backtest.summary import Summary
from streams.sla.instants import rfc3339
from streams.sla.policy import Policy

_EVERY = 2_000
"""Events between two reports of progress, about."""

Progress = Callable[[int], None]
"""Takes how many events have been judged."""


def backtest(
    history: History, policy: Policy, against: Policy | None, *, until: int | None = None, progress: Progress
) -> Report:
    """Judge a history, and hold a second policy against the first.  `until` as for `streams.backtest.replay.judged`.

    Of the shipments only counts are kept, so a history may be larger than memory.
    """
    began = time.perf_counter()
    trials = [Trial(one) for one in (policy, against) if one is not None]
    summaries = [Summary() for _ in trials]
    changes = None if against is None else Changes()
    shipments = done = told = 0
    for events in judged(trials, history, until=until):
        shipments += 1
        done += events
        for trial, summary in zip(trials, summaries, strict=True):
            summary.add(trial.judgements)
        if changes is not None:
            changes.add(trials[0].judgements, trials[1].judgements)
        for trial in trials:
            trial.judgements.forget()
        if done - told >= _EVERY:
            told = done
            progress(done)
    return Report(
        events=len(history),
        shipments=shipments,
        until=rfc3339(max(history.end, until or 0)),
        oddities=history.oddities,
        seconds=time.perf_counter() - began,
        sides=[side(trial.policy, one.rows(), trial.judgements) for trial, one in zip(trials, summaries, strict=True)],
        comparison=None if changes is None else changes.result(),
    )
