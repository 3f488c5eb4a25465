"""The parts of packed state: sizes, texts and identifiers, in as few bytes as they need.

Readers take the bytes and a place, and give what is there and the place after it.
"""

from typing import Final

from librt.strings import BytesWriter, read_i32_be, read_i64_be, write_i32_be, write_i64_be
from mypy_extensions import i32, i64, u8

from streams.sla.codes import Code

LONG: Final = 255
"""A size from which on it takes five bytes."""
_LEAST: Final = -0x8000_0000
_MOST: Final = 0x7FFF_FFFF
_SOON: Final = 1 << 40
_WIDE: Final = 8
_HALF: Final = 4
_HASH: Final = 16
"""Characters of a hash at least."""
_HEX: Final = "0123456789abcdef"

_from_hex: Final = bytes.fromhex


def write_size(to: BytesWriter, size: i64) -> None:
    """A small number that is not negative: one byte, or five."""
    if size < LONG:
        to.append(u8(size))
    else:
        to.append(LONG)
        write_i32_be(to, i32(size))


def read_size(packed: bytes, place: i64) -> tuple[i64, i64]:
    """What `write_size` wrote.  Raises `ValueError` for what it cannot have written: no reader ever walks backwards."""
    size: i64 = packed[place]
    if size < LONG:
        return size, place + 1
    size = i64(read_i32_be(packed, place + 1))
    if size < LONG:
        raise ValueError(f"a size of {size} in five bytes")
    return size, place + 5


def after_size(packed: bytes, place: i64) -> i64:
    """The place after what `write_size` wrote."""
    return place + (5 if packed[place] == LONG else 1)


def write_bytes(to: BytesWriter, content: bytes) -> None:
    """Bytes with their size."""
    write_size(to, len(content))
    to.write(content)


def read_bytes(packed: bytes, place: i64) -> tuple[bytes, i64]:
    """What `write_bytes` wrote."""
    size, place = read_size(packed, place)
    return packed[place : place + size], place + size


def write_text(to: BytesWriter, text: str) -> None:
    """A text with its size."""
    write_bytes(to, text.encode())


def read_text(packed: bytes, place: i64) -> tuple[str, i64]:
    """What `write_text` wrote."""
    size, place = read_size(packed, place)
    return packed[place : place + size].decode(), place + size


def lies_at(content: bytes, packed: bytes, place: i64) -> bool:
    """Whether these bytes lie at a place.  Raises `IndexError` where there are not as many."""
    size: i64 = len(content)
    at: i64 = 0
    if size >= _WIDE:  # eight at a time, the last of which may have been looked at already
        last = size - _WIDE
        while at < last:
            if read_i64_be(content, at) != read_i64_be(packed, place + at):
                return False
            at += _WIDE
        return read_i64_be(content, last) == read_i64_be(packed, place + last)
    if size >= _HALF:
        last = size - _HALF
        return read_i32_be(content, 0) == read_i32_be(packed, place) and (
            read_i32_be(content, last) == read_i32_be(packed, place + last)
        )
    while at < size:
        if content[at] != packed[place + at]:
            return False
        at += 1
    return True


def write_code(to: BytesWriter, code: Code) -> None:
    """A scan code: its number, or its text after a byte that is no number."""
    if isinstance(code, str):
        to.append(LONG)
        write_text(to, code)
    else:
        to.append(code)


def read_code(packed: bytes, place: i64) -> tuple[Code, i64]:
    """What `write_code` wrote."""
    code = packed[place]
    if code == LONG:
        return read_text(packed, place + 1)
    return code, place + 1


def is_near(number: i64) -> bool:
    """Whether a number fits into 32 bits."""
    return _LEAST <= number <= _MOST


def write_number(to: BytesWriter, number: i64, near: bool) -> None:  # noqa: FBT001 - hot
    """A number in four bytes, or eight."""
    if near:
        write_i32_be(to, i32(number))
    else:
        write_i64_be(to, number)


def read_number(packed: bytes, place: i64, near: bool) -> i64:  # noqa: FBT001 - hot
    """What `write_number` wrote, in four bytes or eight."""
    return i64(read_i32_be(packed, place)) if near else read_i64_be(packed, place)


def is_soon(duration: i64) -> bool:
    """Whether a duration that is not negative fits into 40 bits: 34 years of milliseconds."""
    return 0 <= duration < _SOON


def write_duration(to: BytesWriter, duration: i64, soon: bool) -> None:  # noqa: FBT001 - hot
    """A duration in five bytes, or any number in eight."""
    if soon:
        to.append(u8(duration >> 32))
        write_i32_be(to, i32((duration & 0xFFFF_FFFF) + _LEAST))
    else:
        write_i64_be(to, duration)


def read_duration(packed: bytes, place: i64, soon: bool) -> i64:  # noqa: FBT001 - hot
    """What `write_duration` wrote."""
    if soon:
        high: i64 = packed[place]
        return (high << 32) + i64(read_i32_be(packed, place + 1)) - _LEAST
    return read_i64_be(packed, place)


def spell(identifier: str) -> bytes:
    """An identifier as bytes; where it is all digits, or a hash, two of its characters to a byte (`is_spelt`)."""
    plain = identifier.encode()
    length: i64 = len(identifier)
    if length & 1 or len(plain) != length or not (identifier.isdigit() or (length >= _HASH and _is_hash(identifier))):
        return plain
    return _from_hex(identifier)


def is_spelt(identifier: str, spelling: bytes) -> bool:
    """Whether this spelling of it has two characters in a byte."""
    return 2 * len(spelling) == len(identifier)


def _is_hash(identifier: str) -> bool:
    return not identifier.strip(_HEX)
