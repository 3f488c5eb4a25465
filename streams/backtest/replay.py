"""Runs the core of one partition over a history, in replay time, with nothing but memory around it.

Ids of decisions do not depend on partitions: the same history through Kafka gives the same decisions, id for id.
"""

from collections.abc import Callable

import msgspec

from schemas.records import Tick
from streams.backtest.history import Event, History
from streams.backtest.judgements import Judgements
from streams.feed.records import instant
from streams.partition.core import CONTROL, SOURCES, Core, CoreSettings
from streams.partition.lanes import TimeSource
from streams.partition.ports import CaughtUp, Output, SourceBatch
from streams.sla.policy import Policy

_CHUNK = 10_000
"""Records between two ticks: few enough that what is decided about them does not pile up."""
_EVER = 1
"""When everything was fetched, as far as a history is concerned: its time rests on records and ticks alone."""

Progress = Callable[[int], None]
"""Takes how many events have been judged."""
Listener = Callable[[Output], None]
"""Takes every output record, in the order of the decisions."""


def replay(
    policy: Policy,
    history: History,
    *,
    until: int | None = None,
    namespace: str = "backtest",
    progress: Progress | None = None,
    listener: Listener | None = None,
) -> Judgements:
    """What the policy says about a history.

    Time passes up to `until` (UTC milliseconds), which is not before the end of the history; without it, to that end.
    Deadlines before it fire.  `namespace` is a part of every id.
    """
    core = Core(policy, CoreSettings(namespace, 0, 1, TimeSource.REPLAY, reject_limit=1.0))
    core.restored(0)
    judgements = Judgements(history.labels)
    events = history.events
    end = max(history.end, until or 0)
    for begin in range(0, len(events), _CHUNK):
        stop = begin + _CHUNK
        chunk = events[begin:stop]
        # A tick is the time of the next record: every earlier one has been given.
        _offer(core, chunk, events[stop].timestamp if stop < len(events) else end)
        _work(core, judgements, listener)
        if progress is not None:
            progress(begin + len(chunk))
    judgements.running = dict(core.gauges()["running"])
    return judgements


def _offer(core: Core, chunk: list[Event], tick: int) -> None:
    by_topic: dict[str, list[Event]] = {topic: [] for topic in SOURCES}
    for event in chunk:
        by_topic[event.topic].append(event)
    value = msgspec.json.encode(Tick(at=instant(tick)))
    by_topic[CONTROL].append(Event(CONTROL, tick, b"tick", value, 0))
    for topic, records in by_topic.items():
        core.offer(SourceBatch(topic, records, _EVER))
        core.caught_up(CaughtUp(topic, 0, _EVER))


def _work(core: Core, judgements: Judgements, listener: Listener | None) -> None:
    more = True
    while more:
        more = core.work(_CHUNK)
        unit = core.take()
        judgements.count(unit.tally)
        for output in unit.outputs:
            judgements.add(output)
            if listener is not None:
                listener(output)
