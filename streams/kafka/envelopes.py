"""Records packed into batches, as the log will hold them, for one partition of one topic."""

from collections.abc import Iterable, Sequence
from functools import reduce
from struct import Struct
from typing import Final, NamedTuple

from google_crc32c import extend
from google_crc32c import value as checksum
from librt.strings import BytesWriter
from mypy_extensions import i64

from streams.partition.headers import Identified, Kind
from streams.partition.output import Headers, Output

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
_MOST_OVERHEAD: Final = 31
"""Length, attributes, timestamp and offset of a record at most, and the lengths of its key and value."""
_LENGTH_ENDS: Final = 12
"""Where in a batch the bytes begin that its length counts."""
_CHUNK: Final = 60_000
"""Bytes that are put together at once.  They are still in the processor's cache when they are summed up, and the
allocator uses their room again; larger blocks it would ask of the system each time, page by page."""


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
    body: Sequence[bytes]
    """Its records, in some pieces."""
    records: int


class Stamp(NamedTuple):
    """What all batches of a producer have in common."""

    producer_id: int
    epoch: int


def advance(sequence: int, records: int) -> int:
    """Return the sequence number so many records later."""
    return (sequence + records) % _SEQUENCES


class _Growing:
    """A batch that takes records."""

    def __init__(self, first: int) -> None:
        self.first: i64 = first
        """Timestamp of its first record; those of the others are told as the difference."""
        self.latest: i64 = first
        self.records: i64 = 0
        self.size: i64 = _HEAD_BYTES
        self._chunks: list[bytes] = []
        self._chunk = BytesWriter()

    def add(self, key: bytes | None, value: bytes | None, headers: bytes, timestamp: i64) -> None:
        """Take a record, its headers packed."""
        name, content = b"" if key is None else key, b"" if value is None else value
        key_size, value_size = _size(key), _size(value)
        if timestamp == self.first and self.records < _KNOWN:
            place = _AT_ONCE[self.records]
        else:
            place = b"\0" + _varint(timestamp - self.first) + _varint(self.records)
        size: i64 = len(place) + len(key_size) + len(name) + len(value_size) + len(content) + len(headers)
        size_size = _VARINTS[size] if size < _KNOWN else _varint(size)
        chunk = self._chunk
        if self.records and len(chunk) + size > _CHUNK:
            self._chunks.append(chunk.getvalue())
            chunk.truncate(0)
        chunk.write(size_size)
        chunk.write(place)
        chunk.write(key_size)
        chunk.write(name)
        chunk.write(value_size)
        chunk.write(content)
        chunk.write(headers)
        self.size += len(size_size) + size
        self.records += 1
        self.latest = max(self.latest, timestamp)

    def finish(self, stamp: Stamp, sequence: int) -> Packed:
        """Tell in the head what the records are."""
        body = [*self._chunks, self._chunk.getvalue()]
        records, size = int(self.records), _HEAD_BYTES - _LENGTH_ENDS + sum(map(len, body))
        producer = (stamp.producer_id, stamp.epoch, sequence)
        rest = _REST.pack(_TRANSACTIONAL, records - 1, int(self.first), int(self.latest), *producer, records)
        start = _START.pack(0, size, -1, _FORMAT, reduce(extend, body, checksum(rest)))
        return Packed(start + rest, body, records)


class Headings:
    """Headers as records have them; remembers how those look that many records share."""

    def __init__(self) -> None:
        self._kinds: dict[Kind, tuple[bytes, bytes]] = {}

    def of(self, headers: Headers) -> bytes:
        """The headers, their number first."""
        if headers is NO_HEADERS:
            return b"\0"
        if not isinstance(headers, Identified):
            return _headers(list(headers))
        kind, identity = headers.kind, headers.identity
        known = self._kinds.get(kind)
        if known is None:
            known = self._kinds[kind] = _around(headers.name, kind)
        return known[0] + _size(identity) + identity + known[1]


class Pile:
    """Records of one partition, packed as they come, in as many batches as they need."""

    def __init__(self, headings: Headings, batch_bytes: int) -> None:
        """`batch_bytes` is the size up to which a batch takes records."""
        self._headings = headings
        self._most: i64 = batch_bytes
        self._batches: list[_Growing] = []
        self._batch: _Growing | None = None
        """The last of them."""
        self.largest: i64 = 0
        """Bytes of the largest record, about."""
        self.largest_key: bytes | None = None

    def keep(self, state: dict[bytes, bytes | None], now: i64) -> None:
        """Take state values over by their keys; None is a tombstone."""
        for key, value in state.items():
            self._put(key, value, NO_HEADERS, now)

    def put(self, outputs: list[Output], now: i64) -> None:
        """Take output records over, in order; of those that do not say when they are made, that is `now`."""
        for output in outputs:
            timestamp = output.timestamp
            self._put(output.key, output.value, output.headers, now if timestamp is None else i64(timestamp))

    def _put(self, key: bytes | None, value: bytes | None, headers: Headers, timestamp: i64) -> None:
        """Take a record over, whatever its size: it is the broker that knows what the topic allows."""
        tail = self._headings.of(headers)
        size: i64 = len(tail) + _MOST_OVERHEAD
        if key is not None:
            size += len(key)
        if value is not None:
            size += len(value)
        if size > self.largest:
            self.largest, self.largest_key = size, key
        batch = self._batch
        if batch is None or batch.size + size > self._most:
            batch = self._batch = _Growing(timestamp)
            self._batches.append(batch)
        batch.add(key, value, tail, timestamp)

    def finish(self, stamp: Stamp, sequence: int) -> list[Packed]:
        """Return the batches; the first record has this sequence number."""
        packed: list[Packed] = []
        for batch in self._batches:
            packed.append(batch.finish(stamp, sequence))
            sequence = advance(sequence, batch.records)
        return packed


def by_place(outputs: Iterable[Output]) -> dict[tuple[str, int | None], list[Output]]:
    """Output records by topic and partition, as they name them."""
    at_home: dict[str, list[Output]] = {}
    found: dict[tuple[str, int | None], list[Output]] = {}
    for output in outputs:
        topic, partition = output.topic, output.partition
        if partition is None:
            some = at_home.get(topic)
            if some is None:
                some = at_home[topic] = found[topic, None] = []
        else:
            some = found.setdefault((topic, partition), [])
        some.append(output)
    return found


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
