"""The shipments of a partition, encoded.

A shipment is decoded to be changed and encoded again at once: what a scan allocates is freed before the next one comes,
so it stays in the processor's cache, and the garbage collector has nothing to walk through.
"""

from streams.errors import PartitionParked
from streams.partition.deadlines import DeadlineIndex
from streams.sla.encoding import FORMAT, SHORTEST, UnknownFormat, deadline_of, decode, encode, next_deadline
from streams.sla.phases import RESIDUE
from streams.sla.state import Shipment


class _Finder:
    """Equal to a key of a dict, and remembers the object that is the key there.

    Every record brings a key object of its own.  Those that the index keeps would cost as much again as its entries.
    """

    def __init__(self, key: bytes) -> None:
        self.found = self._key = key

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, bytes) and other == self._key:
            self.found = other
            return True
        return False


class Memory:
    """State by key, what of it has changed in the unit of work under way, and the deadlines that follow from it."""

    def __init__(self) -> None:
        self._values: dict[bytes, bytes] = {}
        self._changed: dict[bytes, bytes | None] = {}
        self.index = DeadlineIndex()

    def __len__(self) -> int:
        return len(self._values)

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take over one record of the changelog; the index is built by `index_all`."""
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value

    def index_all(self) -> None:
        """File every shipment under its deadline.  Raises `PartitionParked` when a value is no state."""
        self.index = index = DeadlineIndex()
        for key, value in self._values.items():
            if len(value) < SHORTEST or value[0] != FORMAT:
                raise PartitionParked(f"the state of shipment {key!r} cannot be read: it begins with {value[:9].hex()}")
            index.file(key, deadline_of(value))

    def keys_after(self, after: bytes) -> list[bytes]:
        """The keys of the shipments that follow one, in their order."""
        return sorted(key for key in self._values if key > after)

    def get(self, key: bytes) -> Shipment | None:
        """A shipment to look at and change; `put` it back when it has changed.

        Raises `PartitionParked` when its state cannot be read.
        """
        value = self._values.get(key)
        try:
            return None if value is None else decode(value, key)
        except UnknownFormat as error:
            raise PartitionParked(f"the state of shipment {key!r} cannot be read: {error}") from error

    def put(self, key: bytes, shipment: Shipment) -> None:
        """Keep a changed shipment, and file it when its deadline has moved earlier."""
        at = next_deadline(shipment)
        if at < shipment.filed:
            finder = _Finder(key)
            self._values.get(finder)  # type: ignore[call-overload]
            self.index.file(finder.found, at)
        self._values[key] = self._changed[key] = encode(shipment, at, key)

    def put_fired(self, key: bytes, shipment: Shipment) -> None:
        """Keep a shipment whose deadline has been handled, and file it under its next one."""
        if shipment.phase == RESIDUE:
            shipment = Shipment(shipment.life, RESIDUE, shipment.sequence, shipment.life_at)
        at = next_deadline(shipment)
        self.index.file(key, at)
        self._values[key] = self._changed[key] = encode(shipment, at, key)

    def drop(self, key: bytes) -> None:
        """Forget a shipment."""
        if self._values.pop(key, None) is not None:
            self._changed[key] = None

    def deadline_of(self, key: bytes) -> int | None:
        """The next deadline of a shipment, or None when there is no such shipment."""
        value = self._values.get(key)
        return None if value is None else deadline_of(value)

    def flush(self) -> dict[bytes, bytes | None]:
        """Give what has changed since the last time, as changelog records."""
        changed, self._changed = self._changed, {}
        return changed
