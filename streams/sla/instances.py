"""All instances of clocks of one shipment: those that wait for something, and those at rest.

Most come to rest - they have stopped, and nothing about them stands - and are seldom asked for again.  They lie packed
beside each other and are copied as one, until one of them is asked for: then all are woken.
"""

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr, u8

from streams.sla.instance import Instance, end_at, is_at, status_at, unpack_instance
from streams.sla.packing import LONG, read_size, spell, write_size
from streams.sla.scan import KnownScan

_NOWHERE: Final = -1


@mypyc_attr(acyclic=True, free_list_len=1)
class Instances:
    """The instances of a shipment; no two have the same clock and key."""

    __slots__ = ("_begin", "_end", "_packed", "awake")

    def __init__(self) -> None:
        self.awake: list[Instance] = []
        """Those that wait for something - they run, or have a deadline, or have said what still stands - and, until the
        shipment is packed, those that have been woken."""
        self._packed = b""
        """The state in which the others lie, between these places."""
        self._begin: i64 = 0
        self._end: i64 = 0

    def find(self, number: int, key: str | None) -> Instance | None:
        """The one of a clock and key, awake from now on; None where there is none."""
        spelling: bytes | None = None
        for instance in self.awake:
            if instance.clock == number:
                if spelling is None:
                    spelling = _spelt(key)
                if instance.is_called(key, spelling):
                    return instance
        if self._seek(number, key, _spelt(key) if spelling is None else spelling) == _NOWHERE:
            return None
        self.every()
        return self.find(number, key)

    def status_of(self, number: int) -> i64:
        """The status of the one instance of a clock of the whole shipment; -1 where there is none."""
        for instance in self.awake:
            if instance.clock == number and instance.unnamed:
                return instance.status
        place = self._seek(number, None, b"")
        return _NOWHERE if place == _NOWHERE else status_at(self._packed, place)

    def every(self) -> list[Instance]:
        """Wake all of them.  Raises `ValueError` where packed state breaks."""
        place, end = self._begin, self._end
        if place == end:
            return self.awake
        woken: list[Instance] = []
        latest: list[Instance] = []
        while place < end:
            place = unpack_instance(self._packed, place, woken, latest)
        if place > end or latest:
            raise ValueError("instances at rest break off")
        self._begin = self._end = 0
        self.awake = woken + self.awake
        return self.awake

    def pack(self, to: BytesWriter, latest: KnownScan | None) -> None:
        """Append them to a state; `latest` is the last scan of their shipment."""
        resting: i64 = 0
        for instance in self.awake:
            if instance.rests:
                resting += 1
        begin = len(to)
        to.append(0)
        self._pack_resting(to, resting)
        size = len(to) - begin - 1
        if size < LONG:
            to[begin] = u8(size)
        else:
            to.truncate(begin)
            write_size(to, size)
            self._pack_resting(to, resting)
        write_size(to, len(self.awake) - resting)
        self._pack_awake(to, resting, latest)

    def _pack_resting(self, to: BytesWriter, more: i64) -> None:
        """Those that rest, and so many of the others that rest from now on."""
        if self._begin < self._end:
            to.write(self._packed[self._begin : self._end])
        if more:
            for instance in self.awake:
                if instance.rests:
                    instance.pack(to, None)

    def unpack(self, packed: bytes, place: i64, latest: list[Instance]) -> i64:
        """Take over what `pack` wrote; gives the place after it.

        Those whose key is the id of the latest scan are added to `latest`.
        """
        size, place = read_size(packed, place)
        self._packed = packed
        self._begin = place
        self._end = place = place + size
        count, place = read_size(packed, place)
        awake = self.awake
        for _ in range(count):
            place = unpack_instance(packed, place, awake, latest)
        return place

    def _pack_awake(self, to: BytesWriter, resting: i64, latest: KnownScan | None) -> None:
        """Those that are as they were are copied as they lie there, all at once that follow each other."""
        source = b""
        begin: i64 = 0
        end: i64 = 0
        for instance in self.awake:
            if resting and instance.rests:
                continue
            until = instance.copied()
            if until and instance.place == end and instance.packed is source:
                end = until
                continue
            if end:
                to.write(source[begin:end])
            if until:
                source, begin, end = instance.packed, instance.place, until
            else:
                end = 0
                instance.pack(to, latest)
        if end:
            to.write(source[begin:end])

    def _seek(self, number: int, key: str | None, spelling: bytes) -> i64:
        """Where one lies among those at rest."""
        packed, place, end = self._packed, self._begin, self._end
        while place < end:
            if is_at(packed, place, number, key, spelling):
                return place
            place = end_at(packed, place)
        return _NOWHERE


def _spelt(key: str | None) -> bytes:
    return b"" if key is None else spell(key)
