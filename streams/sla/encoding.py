"""The state of a shipment as bytes.

It stays encoded in memory: small, invisible to the garbage collector, and the same bytes as its changelog record.  What
a scan does not change is copied as it is: the registration, and the scans that came before.

A value is, in this order: the format (a byte), phase and flags (another), the beginning of the life (64 bits), how long
after it lie the next deadline and the next change of the life itself (40 bits each where that is enough), sequence, the
registration, instances of clocks, what was taken back, and the scans.
"""

from typing import Final

from librt.strings import BytesWriter, read_i16_be, read_i64_be, write_i16_be, write_i64_be
from mypy_extensions import i16, i64, u8

from streams.sla.packing import (
    is_near,
    is_soon,
    is_spelt,
    read_bytes,
    read_duration,
    read_number,
    read_size,
    read_text,
    spell,
    write_bytes,
    write_duration,
    write_number,
    write_size,
    write_text,
)
from streams.sla.registration import Registration, pack_registration, unpack_registration
from streams.sla.scan import KnownScan, unpack_scan
from streams.sla.scans import Scans
from streams.sla.state import Instance, Said, Shipment, TakenBack

FORMAT: Final = 4
SHORTEST: Final = 24
"""Bytes of a state value at least."""

_PHASE: Final = 15
_VOIDS: Final = 16
_TAKEN_BACK: Final = 32
_SOON: Final = 64
"""The next deadline lies less than 34 years after the beginning of the life."""
_LIFE_SOON: Final = 128
"""So does the next change of the life."""

_STATUS: Final = 7
_KEY: Final = 24
"""Two bits: the instance has no key, the id of the latest scan, bytes that its key spells, a text."""
_LATEST: Final = 8
_HEX: Final = 16
_DEADLINE: Final = 32
_FAR: Final = 64
"""Its deadline, or when its outcome was decided, needs 64 bits."""
_SAID: Final = 128

_DOUBT: Final = 16
_OUTCOME: Final = 32


class UnknownFormat(ValueError):
    """A state value was written by a version of Shipclock that this one does not know, or is none."""


def next_deadline(shipment: Shipment) -> int:
    """The earliest instant at which something changes without a record."""
    life: int = shipment.life
    earliest: int = shipment.life_at - life
    for instance in shipment.instances:
        after = instance.next_after
        if after is not None and after < earliest:
            earliest = after
    return life + earliest


def deadline_of(value: bytes) -> int:
    """The next deadline of a state value, without decoding the rest."""
    flags: i64 = value[1]
    return read_i64_be(value, 2) + read_duration(value, 10, flags & _SOON != 0)


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
    to.append(FORMAT)
    to.append(u8(flags))
    write_i64_be(to, life)
    write_duration(to, ahead, flags & _SOON != 0)
    write_duration(to, life_ahead, flags & _LIFE_SOON != 0)
    write_size(to, shipment.sequence)
    write_bytes(to, shipment.packed_registration)
    instances, evidence = shipment.instances, shipment.evidence
    write_size(to, len(instances))
    for instance in instances:
        _write_instance(to, instance, evidence)
    if shipment.taken_back:
        _write_taken_back(to, shipment.taken_back)
    write_size(to, evidence.count)
    evidence.pack(to, key)
    return to.getvalue()


def decode(value: bytes, key: bytes) -> Shipment:
    """The shipment of a state value that is kept under this key.  Raises `UnknownFormat` for bytes that are none."""
    if len(value) < SHORTEST:
        raise UnknownFormat(f"it has {len(value)} bytes, and no state has less than {SHORTEST}")
    if value[0] != FORMAT:
        raise UnknownFormat(f"state format {value[0]} is not known to this version (it knows {FORMAT})")
    try:
        return _decoded(value, key)
    except (IndexError, ValueError) as error:
        raise UnknownFormat(f"it ends, or breaks, where something should follow: {error}") from error


def _decoded(value: bytes, key: bytes) -> Shipment:
    flags: i64 = value[1]
    life = read_i64_be(value, 2)
    soon = flags & _SOON != 0
    filed: i64 = life + read_duration(value, 10, soon)
    place: i64 = 15 if soon else 18
    soon = flags & _LIFE_SOON != 0
    life_at = life + read_duration(value, place, soon)
    sequence, place = read_size(value, place + (5 if soon else 8))
    shipment = Shipment(life, flags & _PHASE, sequence, life_at)
    shipment.filed = filed
    shipment.packed_registration, place = read_bytes(value, place)
    instances = shipment.instances
    count, place = read_size(value, place)
    latest: list[Instance] = []
    for _ in range(count):
        place = _read_instance(value, place, instances, latest)
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


def _write_instance(to: BytesWriter, instance: Instance, evidence: Scans) -> None:
    flags: i64 = instance.status
    after, said = instance.next_after, instance.said
    naming, spelling = _name(instance, evidence)
    flags |= naming
    if after is not None:
        flags |= _DEADLINE
        if not is_near(after):
            flags |= _FAR
    if said is not None:
        flags |= _SAID
        if not is_near(said.outcome_after):
            flags |= _FAR
    to.append(u8(flags))
    number: i64 = instance.clock
    write_i16_be(to, i16(number - 0x8000))
    if flags & _HEX:  # of a text this bit is set, too
        write_bytes(to, spelling)
    if after is not None:
        write_number(to, after, flags & _FAR == 0)
    if said is not None:
        _write_said(to, said, flags & _FAR == 0)


def _name(instance: Instance, evidence: Scans) -> tuple[i64, bytes]:
    """How its key is kept, and the bytes that are written of it."""
    scan = instance.scan
    if scan is not None and scan is evidence.latest:
        return _LATEST, b""
    key = instance.key
    if key is None:
        return 0, b""
    latest = evidence.latest
    if latest is not None and latest.scan_id == key:
        return _LATEST, b""
    spelling = spell(key)
    return _HEX if is_spelt(key, spelling) else _KEY, spelling


def _read_instance(value: bytes, place: i64, instances: list[Instance], latest: list[Instance]) -> i64:
    flags: i64 = value[place]
    instance = Instance(i64(read_i16_be(value, place + 1)) + 0x8000, None)
    place += 3
    instance.status = flags & _STATUS
    kind = flags & _KEY
    if kind == _LATEST:
        latest.append(instance)
    elif kind == _HEX:
        key, place = read_bytes(value, place)
        instance.key = key.hex()
    elif kind == _KEY:
        instance.key, place = read_text(value, place)
    near = flags & _FAR == 0
    if flags & _DEADLINE:
        instance.next_after = read_number(value, place, near)
        place += 4 if near else 8
    if flags & _SAID:
        instance.said = said = Said()
        place = _read_said(value, place, said, near)
    instances.append(instance)
    return place


def _write_said(to: BytesWriter, said: Said, near: bool) -> None:  # noqa: FBT001 - of this module alone
    flags: i64 = said.notice | said.alert << 2
    doubt = said.doubt
    if doubt is not None:
        flags |= _DOUBT
    if said.outcome_revision:
        flags |= _OUTCOME
    to.append(u8(flags))
    write_size(to, said.notice_revision)
    write_size(to, said.alert_revision)
    if said.outcome_revision:
        write_size(to, said.outcome_revision)
        write_size(to, said.outcome_sequence)
        write_number(to, said.outcome_after, near)
    if doubt is not None:
        write_text(to, doubt)


def _read_said(value: bytes, place: i64, said: Said, near: bool) -> i64:  # noqa: FBT001 - of this module alone
    flags: i64 = value[place]
    said.notice, said.alert = flags & 3, flags >> 2 & 3
    said.notice_revision, place = read_size(value, place + 1)
    said.alert_revision, place = read_size(value, place)
    if flags & _OUTCOME:
        said.outcome_revision, place = read_size(value, place)
        said.outcome_sequence, place = read_size(value, place)
        said.outcome_after = read_number(value, place, near)
        place += 4 if near else 8
    if flags & _DOUBT:
        said.doubt, place = read_text(value, place)
    return place


def _write_taken_back(to: BytesWriter, taken_back: list[TakenBack]) -> None:
    write_size(to, len(taken_back))
    for taken in taken_back:
        registration, scan = taken.registration, taken.start_scan
        write_i64_be(to, taken.clock)
        write_i64_be(to, taken.start)
        write_i64_be(to, taken.due)
        write_bytes(to, b"" if taken.key is None else b"=" + taken.key.encode())
        write_bytes(to, b"" if registration is None else pack_registration(registration, 0))
        if scan is None:
            write_size(to, 0)
        else:
            KnownScan(scan.scan_id, scan.code, scan.at, scan.delay, scan.facility, scan.leg, scan.more).pack(
                to, 0, b"", b"", 0
            )


def _read_taken_back(value: bytes, place: i64, taken_back: list[TakenBack]) -> i64:
    count, place = read_size(value, place)
    for _ in range(count):
        clock, start, due = read_i64_be(value, place), read_i64_be(value, place + 8), read_i64_be(value, place + 16)
        key, place = read_bytes(value, place + 24)
        registered, place = read_bytes(value, place)
        size, place = read_size(value, place)
        taken_back.append(
            TakenBack(
                clock,
                key[1:].decode() if key else None,
                start,
                due,
                unpack_scan(value, place, place + size, 0, b"") if size else None,
                unpack_registration(registered, 0) if registered else None,
            )
        )
        place += size
    return place
