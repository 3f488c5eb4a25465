"""Judges a history shipment by shipment, in replay time, with nothing but memory around it.

What is decided about a shipment depends on its own records and on time alone, and in replay time a record comes at its
own timestamp.  So one shipment after another gives what all of them at once give through Kafka, id for id, and only one
is held at a time.  What a partition does between records is done here: deadlines before a record fire before it, and at
the end those before the end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from streams.backtest.history import CARE, History, labels_of
from streams.backtest.judgements import Judgements
from streams.backtest.spool import Event, Pile
from streams.partition.clerk import Clerk
from streams.partition.judging import SCANS, SHIPMENTS
from streams.partition.memory import Memory
from streams.partition.output import Output
from streams.partition.record import Record
from streams.partition.reject_guard import RejectGuard
from streams.sla.policy import Policy

Listener = Callable[[Output], None]
"""Takes every output record, for each shipment in the order of its decisions."""


class Trial:
    """One policy over a history."""

    def __init__(self, policy: Policy, *, namespace: str = "backtest", listener: Listener | None = None) -> None:
        """`namespace` is a part of every id."""
        self.policy = policy
        self.judgements = Judgements()
        self._listener = listener
        self._clerk = clerk = Clerk(
            policy,
            namespace=namespace,
            partition=0,
            partitions=1,
            partitioner=_everywhere,
            guard=RejectGuard(1, 1.0),
        )
        self._handlers: dict[str, Callable[[Record, int], None]] = {
            SHIPMENTS: clerk.registration,
            SCANS: clerk.scan,
            CARE: clerk.care_event,
        }

    def judge(self, key: bytes, events: Sequence[Event], end: int) -> None:
        """Judge the events of one shipment, and let time pass up to `end` (UTC milliseconds)."""
        clerk, handlers = self._clerk, self._handlers
        memory = clerk.memory = Memory()
        for event in events:
            stamp = event.timestamp
            self._fire(memory, key, stamp)
            handlers[event.topic](Record(event.offset, stamp, event.key, event.value), stamp)
        self._fire(memory, key, end)
        if clerk.journal.outputs:
            judgements, listener = self.judgements, self._listener
            for output in clerk.journal.told():
                judgements.add(output)
                if listener is not None:
                    listener(output)

    def _fire(self, memory: Memory, key: bytes, before: int) -> None:
        deadline = memory.deadline_of(key)
        while deadline is not None and deadline < before:
            self._clerk.fire(key, deadline)
            deadline = memory.deadline_of(key)

    def count(self) -> None:
        """Add what has been counted so far to the judgements."""
        clerk = self._clerk
        self.judgements.count(clerk.journal.settle(), clerk.docket.gauges()["running"])


def _everywhere(key: bytes, partitions: int) -> int:
    """Every shipment belongs to the one partition there is."""
    del key, partitions
    return 0


def judged(trials: Sequence[Trial], piles: Iterable[Pile], end: int) -> Iterator[int]:
    """Let all trials judge one shipment after another; gives after each how many events that were.

    Time passes up to `end` (UTC milliseconds); deadlines before it fire.
    """
    for key, events in piles:
        labels = labels_of(events)
        for trial in trials:
            trial.judgements.label(key.decode(errors="replace"), labels)
            trial.judge(key, events, end)
        yield len(events)
    for trial in trials:
        trial.count()


def replay(
    policy: Policy,
    history: History,
    *,
    until: int | None = None,
    namespace: str = "backtest",
    listener: Listener | None = None,
) -> Judgements:
    """Everything that one policy says about a history, all of it held in memory.

    Time passes up to `until` (UTC milliseconds), which is not before the end of the history; without it, to that end.
    """
    trial = Trial(policy, namespace=namespace, listener=listener)
    for _ in judged([trial], history.shipments(), max(history.end, until or 0)):
        pass
    return trial.judgements
