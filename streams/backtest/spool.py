"""Events in piles by shipment.  What does not fit into memory is sorted, written to disk, and merged again."""

import tempfile
import weakref
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import IO, Final

import msgspec

MOST_IN_MEMORY: Final = 1_000_000
"""Events; about 400 bytes each."""
_LENGTH: Final = 4
"""Bytes before each pile that say how long it is."""

Pile = tuple[bytes, "list[Event]"]
"""A shipment and its events, as they were given."""


class Event(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One record of a source topic, as a partition takes it."""

    topic: str
    timestamp: int
    """When it became known, UTC milliseconds."""
    key: bytes
    value: bytes
    offset: int
    """Number of the record, or of the row it comes from: it names the record among those that are rejected."""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Event]).decode


class Spool:
    """Takes events, and gives them back shipment by shipment, as often as one likes."""

    def __init__(self, most: int) -> None:
        """`most` is how many events are held in memory at most."""
        self._most = most
        self._piles: dict[bytes, list[Event]] = {}
        self._held = 0
        self._runs: list[IO[bytes]] = []
        weakref.finalize(self, _close, self._runs)
        self.count = 0

    def add(self, event: Event) -> None:
        """Take one event."""
        pile = self._piles.get(event.key)
        if pile is None:
            self._piles[event.key] = [event]
        else:
            pile.append(event)
        self.count += 1
        self._held += 1
        if self._held >= self._most:
            self._runs.append(_written(self._piles))
            self._piles = {}
            self._held = 0

    def piles(self) -> Iterator[Pile]:
        """Every shipment once: in the order in which they were first seen, or by shipment where some wait on disk."""
        if not self._runs:
            for key, events in self._piles.items():
                yield key, list(events)
            return
        runs = [_read(run) for run in self._runs]
        held = ((key, self._piles[key]) for key in sorted(self._piles))
        for key, piles in groupby(merge(*runs, held, key=itemgetter(0)), key=itemgetter(0)):
            yield key, [event for _, events in piles for event in events]


def _written(piles: dict[bytes, list[Event]]) -> IO[bytes]:
    run: IO[bytes] = tempfile.TemporaryFile(prefix="shipclock-backtest-")  # noqa: SIM115 - it lives as long as the spool
    for key in sorted(piles):
        pile = _encode(piles[key])
        run.write(len(pile).to_bytes(_LENGTH, "big") + pile)
    return run


def _close(runs: list[IO[bytes]]) -> None:
    for run in runs:
        run.close()


def _read(run: IO[bytes]) -> Iterator[Pile]:
    run.seek(0)
    while length := run.read(_LENGTH):
        events = _decode(run.read(int.from_bytes(length, "big")))
        yield events[0].key, events
