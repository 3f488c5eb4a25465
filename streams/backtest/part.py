"""A part of a history, judged: counts that add up with those of other parts."""

from collections.abc import Iterable, Sequence

from streams.backtest.comparison import Changes
from streams.backtest.judgements import Judgements
from streams.backtest.replay import Trial, judged
from streams.backtest.spool import Pile
from streams.backtest.summary import Summary
from streams.sla.policy import Policy


class Part:
    """What policies say about some shipments."""

    def __init__(self, policies: int) -> None:
        """Nothing yet, about so many policies; two are held against each other."""
        self.events = 0
        self.shipments = 0
        self.summaries = [Summary() for _ in range(policies)]
        self.judgements = [Judgements() for _ in range(policies)]
        """Of each policy, what is counted; the judgements themselves are let go."""
        self.changes = Changes()

    def merge(self, other: "Part") -> None:
        """Add what other shipments came to."""
        self.events += other.events
        self.shipments += other.shipments
        for mine, others in zip(self.summaries, other.summaries, strict=True):
            mine.merge(others)
        for counts, more in zip(self.judgements, other.judgements, strict=True):
            counts.merge(more)
        self.changes.merge(other.changes)


def judge_part(policies: Sequence[Policy], piles: Iterable[Pile], end: int) -> Part:
    """Judge shipments by every policy; time passes up to `end`, UTC milliseconds."""
    trials = [Trial(policy) for policy in policies]
    part = Part(len(trials))
    part.judgements = [trial.judgements for trial in trials]
    for events in judged(trials, piles, end):
        part.shipments += 1
        part.events += events
        for trial, summary in zip(trials, part.summaries, strict=True):
            summary.add(trial.judgements)
        if len(trials) > 1:
            part.changes.add(trials[0].judgements, trials[1].judgements)
        for trial in trials:
            trial.judgements.forget()
    return part
