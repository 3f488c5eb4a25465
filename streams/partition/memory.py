"""The shipments of a partition, encoded.

A shipment is decoded to be changed and encoded again at once: what a scan allocates is freed before the next one comes,
so it stays in the processor's cache, and the garbage collector has nothing to walk through.
"""

from mypy_extensions import i64

from streams.build import is_native
from streams.errors import PartitionParked
from streams.partition.deadlines import DeadlineIndex, LookAhead
from streams.partition.states import States
from streams.sla.encoding import UnknownFormat, check, deadline_of, decode, encode, examine, key_of, next_deadline
from streams.sla.phases import RESIDUE
from streams.sla.state import Shipment


class Memory:
    """State by key, what of it has changed in the unit of work under way, and the deadlines that follow from it."""

    def __init__(self) -> None:
        self._states = States()
        self._look_ahead: LookAhead | None = self._states.look_ahead if is_native() else None
        """In plain Python it costs more than it saves."""
        self._broken: dict[bytes, bytes] = {}
        """What has been loaded and is no state; a later record may make it good."""
        self._changed: dict[bytes, bytes | None] = {}
        self.changed_bytes: i64 = 0
        """Of all that has been kept in the unit of work under way."""
        self._looked_at = b""
        self.index = self._indexed()

    def __len__(self) -> int:
        return len(self._states)

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take over one record of the changelog; the index is built by `index_all`."""
        self._broken.pop(key, None)
        if value is not None:
            try:
                check(value, key)
            except UnknownFormat:
                self._broken[key] = value
            else:
                self._states.put(key, value)
                return
        self._states.drop(key)

    def index_all(self) -> None:
        """File every shipment under its deadline.  Raises `PartitionParked` when a value is no state."""
        for key, value in self._broken.items():
            try:
                check(value, key)
            except UnknownFormat as error:
                raise _unreadable(key, error) from error
        self.index = index = self._indexed()
        for value in self._states:
            index.file(key_of(value), deadline_of(value))

    def _indexed(self) -> DeadlineIndex:
        """It asks the states themselves: if it knew us, nothing of us would be freed when we are forgotten."""
        return DeadlineIndex(self._states.deadline_of, self._look_ahead)

    def keys_after(self, after: bytes) -> list[bytes]:
        """The keys of the shipments that follow one, in their order."""
        return sorted(key for key in map(key_of, self._states) if key > after)

    def look_ahead(self, keys: list[bytes]) -> None:
        """Get ready to be asked for these shipments."""
        if self._look_ahead is not None:
            self._look_ahead(keys)

    def get(self, key: bytes) -> Shipment | None:
        """A shipment to look at and change; `put` it back when it has changed.

        Raises `PartitionParked` when its state cannot be read.  Most of that is read later, where somebody looks.
        """
        self._looked_at = key
        value = self._states.get(key)
        try:
            return None if value is None else decode(value, key)
        except UnknownFormat as error:
            raise _unreadable(key, error) from error

    def examine(self) -> None:
        """Raise `PartitionParked` when the shipment that was looked at last cannot be read to its end."""
        key = self._looked_at
        value = self._states.get(key)
        if value is not None:
            try:
                examine(value, key)
            except UnknownFormat as error:
                raise _unreadable(key, error) from error

    def put(self, key: bytes, shipment: Shipment) -> None:
        """Keep a changed shipment, and file it when its deadline has moved earlier."""
        at = next_deadline(shipment)
        if at < shipment.filed:
            self.index.file(key, at)
        self._keep(key, encode(shipment, at, key))

    def put_fired(self, key: bytes, shipment: Shipment) -> None:
        """Keep a shipment whose deadline has been handled, and file it under its next one."""
        if shipment.phase == RESIDUE:
            shipment = Shipment(shipment.life, RESIDUE, shipment.sequence, shipment.life_at)
        at = next_deadline(shipment)
        self.index.file(key, at)
        self._keep(key, encode(shipment, at, key))

    def _keep(self, key: bytes, value: bytes) -> None:
        self._states.put(key, value)
        self._changed[key] = value
        self.changed_bytes += len(value)

    def drop(self, key: bytes) -> None:
        """Forget a shipment."""
        if self._states.drop(key):
            self._changed[key] = None

    def deadline_of(self, key: bytes) -> int | None:
        """The next deadline of a shipment, or None when there is no such shipment."""
        return self._states.deadline_of(key)

    def flush(self) -> dict[bytes, bytes | None]:
        """Give what has changed since the last time, as changelog records."""
        changed, self._changed = self._changed, {}
        self.changed_bytes = 0
        return changed


def _unreadable(key: bytes, error: UnknownFormat) -> PartitionParked:
    return PartitionParked(f"the state of shipment {key!r} cannot be read: {error}")
