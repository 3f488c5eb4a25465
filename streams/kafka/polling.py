"""One poll, in the thread of the consumer: seek, fetch, and look where the partitions stand."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from streams.clock import SystemClock
from streams.kafka.errors import FetchingEnded, SourceTruncated, StateLost
from streams.kafka.leaders import Leaders
from streams.kafka.reading import Standing
from streams.partition.ports import EARLIEST
from streams.partition.record import Record
from streams.partition.skew import set_to

_clock: Final = SystemClock()

MAX_BATCH_RECORDS = 1_000
"""Records of one partition batch at most: what one task computes without letting go of the event loop."""

RECENT_S = 1.0
"""A leader that led so long ago is believed that the log begins later, or ends earlier, than was thought."""

MAX_POLL_RECORDS = 12_000
"""Records of one poll at most."""


class Want(NamedTuple):
    """What to do for one partition."""

    tp: TopicPartition
    generation: int
    seek: int | None
    fetch: bool


class FetchedBatch(NamedTuple):
    """Consecutive records of one partition."""

    tp: TopicPartition
    generation: int
    records: Sequence[Record]


class Lost(NamedTuple):
    """A partition that cannot be read on."""

    tp: TopicPartition
    generation: int
    error: SourceTruncated | StateLost


@dataclass(slots=True)
class Polled:
    """What a poll found."""

    batches: list[FetchedBatch] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    sought: list[Want] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)


async def poll(consumer: AIOKafkaConsumer, leaders: Leaders, wants: Sequence[Want], wait_s: float) -> Polled:
    """Fetch at most `MAX_POLL_RECORDS` of the wanted partitions; wait up to `wait_s` for the first.

    Partitions that are not assigned (a rebalance is under way) are left out.  What cannot be read any more comes back
    as `lost`.  Raises `FetchingEnded`, or what has ended the coordination of the group, also where nothing is wanted.
    """
    _check(consumer)
    polled = Polled()
    generations = {want.tp: want.generation for want in wants}
    try:
        await _seek(consumer, wants, polled)
        if polled.lost:
            return polled
        fetch = [want.tp for want in wants if want.fetch]
        if fetch:
            await _fetch(consumer, fetch, generations, wait_s, polled)
        polled.standings = _standings(consumer, leaders, generations)
    except (IllegalStateError, NoOffsetForPartitionError):
        # Revoked, or revoked and assigned again, meanwhile: the tasks have been stopped and will begin anew.
        return polled
    except OffsetOutOfRangeError as error:
        # One that was deposed, and does not know it, has less than its successor: it is asked again.
        polled.standings = _standings(consumer, leaders, generations)
        vouched = leaders.vouched(consumer, generations)
        for tp, offset in error.args[0].items():
            if tp in vouched and vouched[tp] < RECENT_S:
                polled.lost.append(Lost(tp, generations[tp], SourceTruncated(await _told(consumer, tp, offset))))
        if not polled.lost:
            await asyncio.sleep(wait_s)
    return polled


def _check(consumer: AIOKafkaConsumer) -> None:
    """Look at the routines of aiokafka: it tells of one that has ended only those who fetch, or nobody."""
    consumer._coordinator.check_errors()  # noqa: SLF001 - aiokafka is pinned
    fetching = consumer._fetcher.error_future  # noqa: SLF001 - as above
    if fetching.done() and not fetching.cancelled() and (error := fetching.exception()) is not None:
        raise FetchingEnded(f"Nothing is fetched any more: {error.__cause__ or error!r}") from error


async def _seek(consumer: AIOKafkaConsumer, wants: Sequence[Want], polled: Polled) -> None:
    beginnings = []
    for want in wants:
        if want.seek is None:
            continue
        consumer.resume(want.tp)
        if want.seek == EARLIEST:
            committed = await consumer.committed(want.tp)
            if committed:
                polled.lost.append(Lost(want.tp, want.generation, StateLost(_unknown(want.tp, committed))))
            else:
                beginnings.append(want)
        else:
            consumer.seek(want.tp, want.seek)
            polled.sought.append(want)
    if beginnings and await consumer.seek_to_beginning(*(want.tp for want in beginnings)):
        polled.sought += beginnings


async def _fetch(
    consumer: AIOKafkaConsumer,
    partitions: Sequence[TopicPartition],
    generations: Mapping[TopicPartition, int],
    wait_s: float,
    polled: Polled,
) -> None:
    timeout_ms, room = int(wait_s * 1000), MAX_POLL_RECORDS
    while room > 0:
        drained: dict[TopicPartition, list[Record]] = await consumer.getmany(
            *partitions, timeout_ms=timeout_ms, max_records=MAX_BATCH_RECORDS
        )
        if not drained:
            return
        for tp, records in drained.items():
            polled.batches.append(FetchedBatch(tp, generations[tp], records))
            room -= len(records)
        timeout_ms = 0


def _standings(
    consumer: AIOKafkaConsumer, leaders: Leaders, generations: Mapping[TopicPartition, int]
) -> list[Standing]:
    subscription: Any = consumer._subscription.subscription  # noqa: SLF001 - position() may wait
    assignment = subscription and subscription.assignment
    if not assignment or not assignment.active:
        return []
    now, vouched = _clock.now_ms(), leaders.vouched(consumer, generations)
    standings = []
    for tp, generation in generations.items():
        state = assignment.state_value(tp)
        if state is None or not state.has_valid_position or state.timestamp is None:
            continue
        found = (state.position, state.highwater, state.lso, state.timestamp)
        age = vouched.get(tp)
        vouched_at = None if age is None else now - ceil(age * 1000)
        standings.append(Standing(tp, generation, *found, set_to(_clock), vouched_at))
    return standings


async def _told(consumer: AIOKafkaConsumer, tp: TopicPartition, offset: int) -> str:
    where = f"{tp.topic} partition {tp.partition}: offset {offset} is to be read next, but the log"
    try:
        start = (await consumer.beginning_offsets([tp]))[tp]
        end = (await consumer.end_offsets([tp]))[tp]
    except KafkaError as unknown:
        return f"{where} does not have it ({unknown!r})"
    if offset < start:
        return (
            f"{where} now begins at {start}: retention removed {start - offset} records unread.  Give the topic more"
            " retention; a promise cannot be judged without its scans, so nothing goes on by itself"
        )
    return (
        f"{where} ends at {end}: the topic was emptied or created anew.  Restore it, or start under another namespace"
    )


def _unknown(tp: TopicPartition, committed: int) -> str:
    return (
        f"{tp.topic} partition {tp.partition} has been read up to offset {committed}, and the state changelog does not"
        " know of it: it was emptied or created anew.  Restore it, or start under another namespace"
    )
