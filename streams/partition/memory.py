"""The shipments of a partition: encoded, with those of the unit under way decoded beside them."""

from streams.partition.deadlines import DeadlineIndex
from streams.sla.phases import RESIDUE
from streams.sla.state import Shipment, deadline, decode, encode


class Memory:
    """State by key, and the deadlines that follow from it."""

    def __init__(self) -> None:
        self._values: dict[bytes, bytes] = {}
        self._hot: dict[bytes, Shipment | None] = {}
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
        before = shipment.filed
        now = shipment.next_deadline()
        if now < before or not before:
            self.index.file(key, now)
        shipment.filed = now
        self._hot[key] = shipment

    def put_fired(self, key: bytes, shipment: Shipment) -> None:
        """Keep a shipment whose deadline has been handled, and file it under its next one."""
        now = shipment.next_deadline()
        self.index.file(key, now)
        shipment.filed = now
        self._hot[key] = shipment

    def drop(self, key: bytes) -> None:
        """Forget a shipment."""
        self._hot[key] = None

    def deadline_of(self, key: bytes) -> int | None:
        """The next deadline of a shipment, or None when there is no such shipment."""
        if key in self._hot:
            shipment = self._hot[key]
            return None if shipment is None else shipment.filed
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
        return changed
