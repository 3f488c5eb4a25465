"""One backtest: a history under one policy or two."""

import time
from collections.abc import Callable

from streams.backtest.comparison import compare
from streams.backtest.history import History
from streams.backtest.judgements import Judgements
from streams.backtest.replay import Progress, replay
from streams.backtest.report import Report, side
from streams.sla.instants import rfc3339
from streams.sla.policy import Policy

Announce = Callable[[Policy], Progress]
"""Told which policy is next; gives who wants to know how far it is."""


def backtest(
    history: History, policy: Policy, against: Policy | None, *, until: int | None = None, announce: Announce
) -> Report:
    """Judge a history, and hold a second policy against the first.  `until` as for `streams.backtest.replay`."""
    began = time.perf_counter()
    policies = [policy] if against is None else [policy, against]
    found: list[Judgements] = [replay(one, history, until=until, progress=announce(one)) for one in policies]
    return Report(
        events=len(history.events),
        shipments=len({event.key for event in history.events}),
        until=rfc3339(max(history.end, until or 0)),
        oddities=history.oddities,
        seconds=time.perf_counter() - began,
        sides=[side(one, judged) for one, judged in zip(policies, found, strict=True)],
        comparison=None if against is None else compare(found[0], found[1]),
    )
