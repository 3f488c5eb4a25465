"""The state of a shipment as bytes.

It stays encoded in memory: small, invisible to the garbage collector, and the same bytes as its changelog record.  What
a scan does not change is copied as it is: the registration, and the scans that came before.

A value is, in this order: the format (a byte), the shipment's key, phase and flags (a byte), the beginning of the life
(64 bits), how long after it lie the next deadline and the next change of the life itself (40 bits each where that is
enough), the hash of a life with a plan, sequence, the registration, instances of clocks, first those at rest, what was
taken back, and the scans.
"""

from typing import Final

from librt.strings import BytesWriter, read_i64_be, write_i64_be
from mypy_extensions import i64, u8

from streams.sla.decision import TakenBack
from streams.sla.identity import is_known
from streams.sla.instance import Instance
from streams.sla.packing import (
    is_soon,
    lies_at,
    read_bytes,
    read_duration,
    read_size,
    write_bytes,
    write_duration,
    write_size,
)
from streams.sla.registration import Registration, pack_registration
from streams.sla.scans import Scans
from streams.sla.state import Shipment

FORMAT: Final = 7
_SHORTEST: Final = 26
"""Bytes of a state value at least, besides its key."""

_PHASE: Final = 7
_HASHED: Final = 8
"""The hash of the life is kept."""
_VOIDS: Final = 16
_TAKEN_BACK: Final = 32
_SOON: Final = 64
"""The next deadline lies less than 34 years after the beginning of the life."""
_LIFE_SOON: Final = 128
"""So does the next change of the life."""


class UnknownFormat(ValueError):
    """A state value was written by a version of Shipclock that this one does not know, or is none."""


def next_deadline(shipment: Shipment) -> int:
    """The earliest instant at which something changes without a record."""
    life: i64 = shipment.life
    earliest: i64 = shipment.life_at - life
    for instance in shipment.instances.awake:
        earliest = min(earliest, instance.next_after)
    return life + earliest


def key_of(value: bytes) -> bytes:
    """The key of the shipment whose state this is."""
    key, _ = read_bytes(value, 1)
    return key


def is_of(value: bytes, key: bytes) -> bool:
    """Whether it is the state of the shipment of this key."""
    size, place = read_size(value, 1)
    return size == len(key) and lies_at(key, value, place)


def deadline_of(value: bytes) -> int:
    """The next deadline of a state value, without decoding the rest."""
    size, place = read_size(value, 1)
    place += size
    flags: i64 = value[place]
    return read_i64_be(value, place + 1) + read_duration(value, place + 9, flags & _SOON != 0)


def content(registration: Registration) -> bytes:
    """All that is kept of a registration, as bytes: of two that are otherwise equal the greater one holds."""
    return pack_registration(registration, 0)


def encode(shipment: Shipment, deadline: int, key: bytes) -> bytes:
    """The state value of the shipment of this key, with this `next_deadline`."""
    to = BytesWriter()
    life: i64 = shipment.life
    ahead: i64 = deadline - life
    life_ahead: i64 = shipment.life_at - life
    flags: i64 = shipment.phase
    if shipment.has_voids:
        flags |= _VOIDS
    if shipment.taken_back:
        flags |= _TAKEN_BACK
    if is_soon(ahead):
        flags |= _SOON
    if is_soon(life_ahead):
        flags |= _LIFE_SOON
    if is_known(shipment.life_hash):
        flags |= _HASHED
    to.append(FORMAT)
    write_bytes(to, key)
    to.append(u8(flags))
    write_i64_be(to, life)
    write_duration(to, ahead, flags & _SOON != 0)
    write_duration(to, life_ahead, flags & _LIFE_SOON != 0)
    if flags & _HASHED:
        write_i64_be(to, shipment.life_hash[0])
        write_i64_be(to, shipment.life_hash[1])
    write_size(to, shipment.sequence)
    write_bytes(to, shipment.packed_registration)
    evidence = shipment.evidence
    shipment.instances.pack(to, evidence.latest)
    if shipment.taken_back:
        _write_taken_back(to, shipment.taken_back)
    write_size(to, evidence.count)
    evidence.pack(to, key)
    return to.getvalue()


def check(value: bytes, key: bytes) -> None:
    """Raise `UnknownFormat` for bytes that cannot be the state of the shipment of this key."""
    shortest = _SHORTEST + len(key)
    if len(value) < shortest:
        raise UnknownFormat(f"it has {len(value)} bytes, and no state of this key has less than {shortest}")
    if value[0] != FORMAT:
        raise UnknownFormat(f"state format {value[0]} is not known to this version (it knows {FORMAT})")
    try:
        own = is_of(value, key)
    except ValueError as error:
        raise _broken(error) from error
    if not own:
        raise UnknownFormat("it is the state of another shipment, or none")


def decode(value: bytes, key: bytes) -> Shipment:
    """The shipment of a state value that `check` let pass for this key.  Raises `UnknownFormat` where it breaks."""
    try:
        return _decoded(value, key)
    except (IndexError, ValueError) as error:
        raise _broken(error) from error


def examine(value: bytes, key: bytes) -> None:
    """Read all of a state value, also what is otherwise read when somebody looks.  Raises `UnknownFormat`."""
    try:
        shipment = _decoded(value, key)
        registration = shipment.registration
        if registration is not None:
            _ = registration.tier  # and with it the other labels
            for leg in registration.plan.legs:
                _ = leg.milestones
        for scan in shipment.scans:
            scan.version()
        for instance in shipment.instances.every():
            _ = instance.key, instance.said
    except Exception as error:
        raise _broken(error) from error


def _broken(error: Exception) -> UnknownFormat:
    return UnknownFormat(f"it ends, or breaks, where something should follow: {error}")


def _decoded(value: bytes, key: bytes) -> Shipment:
    size, place = read_size(value, 1)
    place += size
    flags: i64 = value[place]
    life = read_i64_be(value, place + 1)
    soon = flags & _SOON != 0
    place += 9
    filed: i64 = life + read_duration(value, place, soon)
    place += 5 if soon else 8
    soon = flags & _LIFE_SOON != 0
    life_at = life + read_duration(value, place, soon)
    place += 5 if soon else 8
    hashed: i64 = place
    if flags & _HASHED:
        place += 16
    sequence, place = read_size(value, place)
    shipment = Shipment(life, flags & _PHASE, sequence, life_at)
    if flags & _HASHED:
        shipment.life_hash = (read_i64_be(value, hashed), read_i64_be(value, hashed + 8))
    shipment.filed = filed
    shipment.packed_registration, place = read_bytes(value, place)
    latest: list[Instance] = []
    place = shipment.instances.unpack(value, place, latest)
    if flags & _VOIDS:
        shipment.has_voids = True
    if flags & _TAKEN_BACK:
        place = _read_taken_back(value, place, shipment.taken_back)
    count, place = read_size(value, place)
    shipment.evidence = evidence = Scans(life, key, value[place:], count)
    for instance in latest:
        last = evidence.latest
        instance.scan = last
    return shipment


def _write_taken_back(to: BytesWriter, taken_back: list[TakenBack]) -> None:
    write_size(to, len(taken_back))
    for taken in taken_back:
        write_i64_be(to, taken.clock)
        _write_maybe(to, taken.key)
        _write_maybe(to, taken.customer)
        write_bytes(to, taken.told)


def _read_taken_back(value: bytes, place: i64, taken_back: list[TakenBack]) -> i64:
    count, place = read_size(value, place)
    for _ in range(count):
        clock = read_i64_be(value, place)
        key, place = read_bytes(value, place + 8)
        customer, place = read_bytes(value, place)
        told, place = read_bytes(value, place)
        taken_back.append(TakenBack(clock, _maybe(key), _maybe(customer), told))
    return place


def _write_maybe(to: BytesWriter, text: str | None) -> None:
    write_bytes(to, b"" if text is None else b"=" + text.encode())


def _maybe(packed: bytes) -> str | None:
    return packed[1:].decode() if packed else None
