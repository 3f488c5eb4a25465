"""Several processes that judge parts of a history: shipments do not depend on each other."""

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import msgspec

from streams import garbage
from streams.backtest.part import Part, judge_part
from streams.backtest.spool import Event, Pile
from streams.errors import ShipclockError
from streams.sla.policy import Policy
from streams.sla.policy.load import restored

_WAITING = 2
"""Parts for each process that wait or are under way."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[list[Event]]).decode
_policies: list[Policy] = []
"""Of a process of the crew."""
_end = 0


class CrewLost(ShipclockError):
    """A process of the crew has died."""


def available() -> int:
    """How many processes can work at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batches(piles: Iterable[Pile], most: int) -> Iterator[list[Pile]]:
    """Shipments in batches of at least `most` events, the last one aside."""
    batch: list[Pile] = []
    events = 0
    for pile in piles:
        batch.append(pile)
        events += len(pile[1])
        if events >= most:
            yield batch
            batch, events = [], 0
    if batch:
        yield batch


def judge_together(policies: Sequence[Policy], parts: Iterable[list[Pile]], end: int, jobs: int) -> Iterator[Part]:
    """The parts of a history in order, judged by so many processes.  Raises `CrewLost`."""
    pages = [policy.document for policy in policies]
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=(pages, end))
    under_way: deque[Future[Part]] = deque()
    try:
        for batch in parts:
            under_way.append(pool.submit(_judge, _encode([events for _, events in batch])))
            if len(under_way) >= _WAITING * jobs:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except BrokenProcessPool as error:
        raise CrewLost(
            "a process of the backtest was killed, perhaps for want of memory: try again with --jobs 1"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(pages: Sequence[bytes], end: int) -> None:
    global _end  # noqa: PLW0603 - what every part of this process is judged by
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the command, which ends its crew
    _policies[:] = [restored(page) for page in pages]
    _end = end
    garbage.settle()


def _judge(batch: bytes) -> Part:
    return judge_part(_policies, [(events[0].key, events) for events in _decode(batch)], _end)
