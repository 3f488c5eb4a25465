"""Records packed into batches, as the log will hold them, for one partition of one topic."""

from collections.abc import Iterable
from struct import Struct
from typing import Final, NamedTuple

from google_crc32c import extend
from google_crc32c import value as checksum

from streams.partition.headers import Identified, Kind
from streams.partition.ports import Headers

Entry = tuple[bytes | None, bytes | None, Headers, int]
"""Key, value, headers and timestamp (UTC milliseconds) of a record."""

NO_HEADERS: Final[Headers] = ()

_SEQUENCES: Final = 2**31
"""Sequence numbers start over at 0: at 4,000 records a second, within a week."""

_START: Final = Struct(">qiibI")
"""Offset, set by the broker; length of what follows; epoch of the leader, unknown; format; checksum of the rest."""
_REST: Final = Struct(">hiqqqhii")
"""Attributes, last offset, first and last timestamp, producer, its epoch, first sequence number, number of records."""
_FORMAT: Final = 2
_TRANSACTIONAL: Final = 0x10
_HEAD_BYTES: Final = _START.size + _REST.size
_MOST_OVERHEAD: Final = 21
"""Length, attributes, timestamp and offset of a record at most."""
_LENGTH_ENDS: Final = 12
"""Where in a batch the bytes begin that its length counts."""


def _varint(number: int) -> bytes:
    """A signed number of up to 64 bits, as records have them."""
    rest = number << 1 if number >= 0 else ~(number << 1)
    encoded = bytearray()
    while rest > 0x7F:  # noqa: PLR2004 - seven bits a byte
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)


_KNOWN: Final = 4_096
"""Numbers below this are looked up."""
_VARINTS: Final[list[bytes]] = [_varint(number) for number in range(_KNOWN)]
_NULL: Final = _varint(-1)
_AT_ONCE: Final[list[bytes]] = [b"\0\0" + varint for varint in _VARINTS]
"""Attributes, timestamp and offset of a record that has the timestamp of the first one."""


def _size(data: bytes | None) -> bytes:
    """The length of a key or value as a record has it; of one that is missing, -1."""
    if data is None:
        return _NULL
    size = len(data)
    return _VARINTS[size] if size < _KNOWN else _varint(size)


class Packed(NamedTuple):
    """One finished batch."""

    head: bytes
    body: bytes
    """Its records."""
    records: int


class Stamp(NamedTuple):
    """What all batches of a producer have in common."""

    producer_id: int
    epoch: int
    batch_bytes: int
    """Size up to which a batch takes records; a larger record travels alone."""


def advance(sequence: int, records: int) -> int:
    """Return the sequence number so many records later."""
    return (sequence + records) % _SEQUENCES


class Packer:
    """Packs records of one producer; remembers how the headers look that many of them share."""

    def __init__(self, stamp: Stamp) -> None:
        self._stamp = stamp
        self._kinds: dict[Kind, tuple[bytes, bytes]] = {}

    def pack(self, entries: Iterable[Entry], sequence: int) -> list[Packed]:
        """Return batches that hold the entries in order; the first entry has this sequence number.

        It is the broker that knows whether the topic allows the size of a record.
        """
        batches: list[Packed] = []
        most = self._stamp.batch_bytes
        pieces: list[bytes] = []
        size, records, first, latest = _HEAD_BYTES, 0, 0, 0
        for key, value, headers, timestamp in entries:
            name, content = key or b"", value or b""
            tail = b"\0" if headers is NO_HEADERS else self._headers(headers)
            key_size, value_size = _size(key), _size(value)
            body = len(key_size) + len(name) + len(value_size) + len(content) + len(tail)
            if records and size + body + _MOST_OVERHEAD > most:
                batches.append(self._finish(pieces, sequence, records, first, latest))
                sequence = advance(sequence, records)
                pieces, size, records = [], _HEAD_BYTES, 0
            if not records:
                first = latest = timestamp
            elif timestamp > latest:
                latest = timestamp
            if timestamp == first and records < _KNOWN:
                place = _AT_ONCE[records]
            else:
                place = b"\0" + _varint(timestamp - first) + _varint(records)
            body += len(place)
            body_size = _VARINTS[body] if body < _KNOWN else _varint(body)
            pieces += (body_size, place, key_size, name, value_size, content, tail)
            size += len(body_size) + body
            records += 1
        if records:
            batches.append(self._finish(pieces, sequence, records, first, latest))
        return batches

    def _finish(self, pieces: list[bytes], sequence: int, records: int, first: int, latest: int) -> Packed:
        """Join the records, and tell in the head what they are."""
        stamp, body = self._stamp, b"".join(pieces)
        rest = _REST.pack(_TRANSACTIONAL, records - 1, first, latest, stamp.producer_id, stamp.epoch, sequence, records)
        start = _START.pack(0, _HEAD_BYTES - _LENGTH_ENDS + len(body), -1, _FORMAT, extend(checksum(rest), body))
        return Packed(start + rest, body, records)

    def _headers(self, headers: Headers) -> bytes:
        """Return headers as a record has them, their number first."""
        if not isinstance(headers, Identified):
            return _headers(list(headers))
        kind, identity = headers.kind, headers.identity
        known = self._kinds.get(kind)
        if known is None:
            known = self._kinds[kind] = _around(headers.name, kind)
        return known[0] + _size(identity) + identity + known[1]


def _headers(headers: list[tuple[str, bytes]]) -> bytes:
    """Return headers as a record has them, their number first."""
    pieces = [_varint(len(headers))]
    for name, value in headers:
        text = name.encode()
        pieces += (_size(text), text, _size(value), value)
    return b"".join(pieces)


def _around(name: str, kind: Kind) -> tuple[bytes, bytes]:
    """What comes before the identity of a record of this kind, and what after it."""
    text = name.encode()
    count, shared = _varint(len(kind.headers)), _headers(list(kind.headers))
    return _varint(1 + len(kind.headers)) + _size(text) + text, shared[len(count) :]
