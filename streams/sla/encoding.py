"""The state of a shipment as bytes.

A state value is a version byte, the next deadline (big-endian int64) and a compact MessagePack body.  It stays encoded
in memory: small, invisible to the garbage collector, and the same bytes as its changelog record.
"""

from typing import Final

import msgspec

from streams.sla.state import Registration, Shipment

FORMAT: Final = 2
_VERSION: Final = bytes([FORMAT])
_BODY: Final = 9
SHORTEST: Final = _BODY + 1
"""Bytes of a state value at least."""

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Shipment)


class UnknownFormat(ValueError):
    """A state value was written by a version of Shipclock that this one does not know."""


def next_deadline(shipment: Shipment) -> int:
    """The earliest instant at which something changes without a record."""
    life: int = shipment.life
    earliest: int = shipment.life_at - life
    for instance in shipment.instances:
        after = instance.next_after
        if after is not None and after < earliest:
            earliest = after
    return life + earliest


def encode(shipment: Shipment, deadline: int) -> bytes:
    """The state value of a shipment with this `next_deadline`."""
    return _VERSION + deadline.to_bytes(8, "big", signed=True) + _encoder.encode(shipment)


def decode(value: bytes) -> Shipment:
    """The shipment of a state value.

    Raises `UnknownFormat` for another version, and `msgspec.MsgspecError` for bytes that are no state.
    """
    if value[0] != FORMAT:
        raise UnknownFormat(f"state format {value[0]} is not known to this version (it knows {FORMAT})")
    return _decoder.decode(value[_BODY:])


def deadline_of(value: bytes) -> int:
    """The next deadline of a state value, without decoding the rest."""
    return int.from_bytes(value[1:_BODY], "big", signed=True)


def content(registration: Registration) -> bytes:
    """All that is kept of a registration, as bytes: of two that are otherwise equal the greater one holds."""
    return _encoder.encode(registration)
