"""The result of a backtest, for scripts."""

from msgspec import Struct

from streams.backtest.comparison import Comparison
from streams.backtest.judgements import Judgements, Rejection
from streams.backtest.oddities import Odd
from streams.backtest.summary import Row
from streams.sla.policy import Policy


class Side(Struct, frozen=True, kw_only=True):
    """What one policy says."""

    policy: str
    version: str
    rows: list[Row]
    running: dict[str, int]
    """Clocks that run at the end, due or not, by name."""
    decisions: dict[str, int]
    """Records by `topic kind`."""
    rejects: dict[str, int]
    """Records that were not accepted, by `topic reason`."""
    rejected: list[Rejection]
    """The first of them."""
    flags: dict[str, int]
    """What was accepted although it is odd."""


class Report(Struct, frozen=True, kw_only=True):
    """Everything that a backtest has to say."""

    events: int
    shipments: int
    until: str
    """Where time ended, RFC 3339."""
    oddities: list[Odd]
    """Rows of the file that gave no record, and oddities that the mapping names, by kind and column."""
    seconds: float
    """How long judging took, for all policies together."""
    sides: list[Side]
    comparison: Comparison | None


def side(policy: Policy, rows: list[Row], judgements: Judgements) -> Side:
    """One policy's part of the report; of `judgements` only what they have counted."""
    return Side(
        policy=policy.name,
        version=policy.version,
        rows=rows,
        running={name: count for name, count in judgements.running.items() if count},
        decisions={f"{topic} {kind}": count for (topic, kind), count in sorted(judgements.decisions.items())},
        rejects={f"{topic} {reason}": count for (topic, reason), count in sorted(judgements.rejects.items())},
        rejected=judgements.rejected,
        flags=dict(judgements.flags),
    )
