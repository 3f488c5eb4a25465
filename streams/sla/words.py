"""Texts that come again and again - facilities, legs, customers - read from packed state.

Each is kept once, in the one place where it can be, and taken from there while it is the same.  To compare a few bytes
is cheaper than to make a text of them, and a text that is the same object is found faster wherever it is looked up.
"""

from typing import Final

from librt.strings import read_i32_be
from mypy_extensions import i64

from streams.sla.packing import lies_at, read_size

_PLACES: Final = 4_096
_MOST: Final = 64
"""Bytes of a word; what is longer is not kept."""

_spellings: Final[list[bytes]] = [b""] * _PLACES
_words: Final[list[str]] = [""] * _PLACES
"""A word where its spelling is."""


def read_word(packed: bytes, place: i64) -> tuple[str, i64]:
    """What `streams.sla.packing.write_text` wrote, and the place after it."""
    size, begin = read_size(packed, place)
    end = begin + size
    if size == 0 or size > _MOST:
        return packed[begin:end].decode(), end
    own = _place_of(packed, begin, end)
    spelling = _spellings[own]
    if len(spelling) == size and lies_at(spelling, packed, begin):
        return _words[own], end
    spelling = packed[begin:end]
    word = spelling.decode()
    _spellings[own], _words[own] = spelling, word
    return word, end


def _place_of(packed: bytes, begin: i64, end: i64) -> i64:
    """Where a word is kept, by its length, beginning, middle and end.  Raises `IndexError` where there is no end."""
    size = end - begin
    if size < 4:  # noqa: PLR2004 - too short for what follows
        short: i64 = i64(packed[end - 1]) << 2 ^ i64(packed[begin + size // 2]) << 4 ^ i64(packed[begin])
        return short & (_PLACES - 1)
    first = i64(read_i32_be(packed, begin))
    middle = i64(read_i32_be(packed, begin + size // 2 - 2))
    last = i64(read_i32_be(packed, end - 4))
    mixed: i64 = last ^ (middle << 7) ^ (first << 13) ^ size
    mixed ^= mixed >> 23
    mixed ^= mixed >> 11
    return mixed & (_PLACES - 1)
