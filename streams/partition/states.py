"""The state values of a partition, found by the keys that they hold themselves.

A dict would keep a key object beside every value, and an entry that refers to both: together half of what the state
of a shipment takes.  This hash table has eight bytes for a value's mark, and one reference to it.
"""

from collections.abc import Iterator
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from streams.sla.encoding import deadline_of, is_of

_FEWEST: Final = 8
_MARK: Final = 0x7FFF_FFFF
"""The bits of a key's hash that are kept."""
_PLACE: Final = 0xFFFF_FFFF
_FREE: Final = b""
_LINE: Final = 64
"""Bytes that come from memory at once."""


class States:
    """State values by key; open addressing, linear probing.

    A slot is 0, or a mark in its upper and a place among the values, plus one, in its lower 32 bits.
    """

    def __init__(self) -> None:
        self._slots: vec[i64] = _emptied(_FEWEST)
        self._values: list[bytes] = []
        self._free: list[int] = []
        """Places among the values that are free."""
        self._sought: bytes | None = None
        """The key that was looked for last: what is looked at is put back next."""
        self._found: i64 = 0
        """Its slot."""
        self._touched: i64 = 0
        """Of no meaning; what is not used is not read."""

    def __len__(self) -> int:
        return len(self._values) - len(self._free)

    def __iter__(self) -> Iterator[bytes]:
        """All values, in no order."""
        return filter(None, self._values)

    def get(self, key: bytes) -> bytes | None:
        """The value of a key; None where there is none."""
        slot = self._slots[self._seek(key)]
        return self._values[(slot & _PLACE) - 1] if slot else None

    def deadline_of(self, key: bytes) -> int | None:
        """The next deadline of a key; None where there is no value."""
        value = self.get(key)
        return None if value is None else deadline_of(value)

    def look_ahead(self, keys: list[bytes]) -> None:
        """Bring what these keys will be asked for into the processor's cache.

        Each round touches one thing of every key, and none waits for another: so the processor waits for memory once
        for many keys, not several times for each when its turn comes.
        """
        slots, values = self._slots, self._values
        last: i64 = len(slots) - 1
        marks = vec[i64]([_mark(key) for key in keys])
        places = vec[i64](capacity=len(keys))
        for mark in marks:
            at: i64 = mark & last
            slot = slots[at]
            while slot and slot >> 32 != mark:
                at = (at + 1) & last
                slot = slots[at]
            if slot:
                places = append(places, (slot & _PLACE) - 1)
        touched: i64 = 0
        for place in places:
            touched += len(values[place])
        for place in places:
            value = values[place]
            at = 0
            while at < len(value):
                touched += value[at]
                at += _LINE
        self._touched = touched

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value, which holds this key, instead of the one before it."""
        at = self._seek(key)
        slot = self._slots[at]
        if slot:
            self._values[(slot & _PLACE) - 1] = value
            return
        if self._free:
            place: i64 = self._free.pop()
            self._values[place] = value
        else:
            place = len(self._values)
            self._values.append(value)
        self._slots[at] = (_mark(key) << 32) + place + 1
        size: i64 = len(self._slots)
        if 4 * (len(self._values) - len(self._free)) > 3 * size:
            self._grow(2 * size)

    def drop(self, key: bytes) -> bool:
        """Forget a value; False where there is none.

        Those behind it that would not be found over the gap move up, so that no trace of it is left.
        """
        slots = self._slots
        last: i64 = len(slots) - 1
        gap = self._seek(key)
        slot = slots[gap]
        if not slot:
            return False
        place = (slot & _PLACE) - 1
        self._values[place] = _FREE
        self._free.append(place)
        at = gap
        while True:
            at = (at + 1) & last
            slot = slots[at]
            if not slot:
                break
            if ((at - (slot >> 32)) & last) >= ((at - gap) & last):
                slots[gap] = slot
                gap = at
        slots[gap] = 0
        self._sought = None
        return True

    def _seek(self, key: bytes) -> i64:
        """The slot of a key, or the free one where it would be."""
        if key is self._sought:
            return self._found
        slots, values, mark = self._slots, self._values, _mark(key)
        last: i64 = len(slots) - 1
        at: i64 = mark & last
        while True:
            slot = slots[at]
            if not slot or (slot >> 32 == mark and is_of(values[(slot & _PLACE) - 1], key)):
                self._sought, self._found = key, at
                return at
            at = (at + 1) & last

    def _grow(self, size: i64) -> None:
        slots = _emptied(size)
        last: i64 = size - 1
        for slot in self._slots:
            if slot:
                at: i64 = (slot >> 32) & last
                while slots[at]:
                    at = (at + 1) & last
                slots[at] = slot
        self._slots = slots
        self._sought = None


def _mark(key: bytes) -> i64:
    whole: i64 = hash(key)
    return whole & _MARK


def _emptied(size: int) -> vec[i64]:
    zero: i64 = 0
    return vec[i64]([zero for _ in range(size)])
