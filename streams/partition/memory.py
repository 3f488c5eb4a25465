"""The shipments of a partition: encoded, with those of the unit under way decoded beside them."""

from streams.partition.deadlines import DeadlineIndex
from streams.sla.phases import RESIDUE
from streams.sla.state import Shipment, deadline, decode, encode


class Memory:
    """State by key, and the deadlines that follow from it."""

    def __init__(self) -> None:
        self._values: dict[bytes, bytes] = {}
        self._hot: dict[bytes, Shipment | None] = {}
        self._deadlines: dict[bytes, int] = {}
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
        """File every shipment under its deadline."""
        self.index = index = DeadlineIndex()
        for key, value in self._values.items():
            index.file(key, deadline(value))

    def get(self, key: bytes) -> Shipment | None:
        """A shipment to look at and change; `put` it back when it has changed."""
        try:
            return self._hot[key]
        except KeyError:
            value = self._values.get(key)
            return None if value is None else decode(value)

    def put(self, key: bytes, shipment: Shipment) -> None:
        """Keep a changed shipment, and file it when its deadline has moved earlier."""
        now = shipment.next_deadline()
        before = self._deadlines.get(key)
        if before is None:
            value = self._values.get(key)
            before = None if value is None else deadline(value)
        if before is None or now < before:
            self.index.file(key, now)
        self._deadlines[key] = now
        self._hot[key] = shipment

    def put_fired(self, key: bytes, shipment: Shipment) -> None:
        """Keep a shipment whose deadline has been handled, and file it under its next one."""
        now = shipment.next_deadline()
        self.index.file(key, now)
        self._deadlines[key] = now
        self._hot[key] = shipment

    def drop(self, key: bytes) -> None:
        """Forget a shipment."""
        self._hot[key] = None
        self._deadlines.pop(key, None)

    def deadline_of(self, key: bytes) -> int | None:
        """The next deadline of a shipment, or None when there is no such shipment."""
        found = self._deadlines.get(key)
        if found is not None:
            return found
        if key in self._hot:
            return None
        value = self._values.get(key)
        return None if value is None else deadline(value)

    def flush(self) -> dict[bytes, bytes | None]:
        """Encode what has changed since the last time, and give it as changelog records."""
        values = self._values
        changed: dict[bytes, bytes | None] = {}
        for key, shipment in self._hot.items():
            if shipment is None:
                if values.pop(key, None) is not None:
                    changed[key] = None
            else:
                if shipment.phase == RESIDUE:
                    shipment = Shipment(shipment.life, RESIDUE, shipment.sequence, shipment.life_at)
                values[key] = changed[key] = encode(shipment)
        self._hot.clear()
        self._deadlines.clear()
        return changed
