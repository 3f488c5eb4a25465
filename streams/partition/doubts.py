"""Which shipments have unverified alerts, and because of which feeds: so that a feed that comes back finds them."""

from collections.abc import Collection
from typing import Final

import msgspec

from streams.sla.state import Shipment

DOUBTS: Final = b"\xfd"
"""With what the changelog keys of such shipments begin; a shipment id is UTF-8 and never begins so."""

_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(tuple[str, ...])


class Doubts:
    """Shipments with unverified alerts, kept beside their state: to find them no other is decoded."""

    def __init__(self) -> None:
        self._feeds: dict[bytes, tuple[str, ...]] = {}
        self._shipments: dict[str, set[bytes]] = {}
        """The same by feed."""
        self._changed: dict[bytes, bytes | None] = {}

    def __len__(self) -> int:
        return len(self._feeds)

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take over one record of the changelog."""
        shipment = key[len(DOUBTS) :]
        self._set(shipment, () if value is None else _decoder.decode(value))

    def note(self, key: bytes, shipment: Shipment | None) -> None:
        """Look at a shipment whose alerts have changed; None is one that is forgotten."""
        instances = () if shipment is None else shipment.instances.awake
        feeds = {one.said.doubt for one in instances if one.said is not None and one.said.doubt is not None}
        now = tuple(sorted(feeds))
        if now != self._feeds.get(key, ()):
            self._set(key, now)
            self._changed[DOUBTS + key] = _encode(now) if now else None

    def _set(self, key: bytes, feeds: tuple[str, ...]) -> None:
        for feed in self._feeds.pop(key, ()):
            known = self._shipments[feed]
            known.discard(key)
            if not known:
                del self._shipments[feed]
        for feed in feeds:
            self._shipments.setdefault(feed, set()).add(key)
        if feeds:
            self._feeds[key] = feeds

    def settled(self, silent: Collection[str]) -> list[bytes]:
        """The shipments, in their order, that doubt a feed which is not silent any more."""
        return sorted({key for feed, keys in self._shipments.items() if feed not in silent for key in keys})

    def flush(self) -> dict[bytes, bytes | None]:
        """Give what has changed since the last time, as changelog records."""
        changed, self._changed = self._changed, {}
        return changed
