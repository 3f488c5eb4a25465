"""Deterministic ids: they depend on input alone, so that a repetition can be recognised anywhere.

An id is two hashes in one, by exclusive or: of the life that something is said about, and of what is said.  The first
is reckoned once for all that is said at a time; the second comes again with other shipments, and is remembered.
"""

from hashlib import blake2b
from typing import Final

from librt.strings import BytesWriter, read_i64_be, write_i64_be
from mypy_extensions import i64

_APART: Final = 0x1F
_TO_LETTERS: Final = ord("a") - ord("9") - 1
_REMEMBERED: Final = 64
"""Revisions of one matter."""

_life_hasher: Final = blake2b(digest_size=16, person=b"life").copy
_matter_hasher: Final = blake2b(digest_size=16, person=b"matter").copy

Halves = tuple[i64, i64]
"""A hash of 128 bits."""


def is_known(halves: Halves) -> bool:
    """Whether this is a hash; zeros stand for none."""
    return halves[0] != 0 or halves[1] != 0


def life_of(namespace: bytes, key: bytes, life: i64) -> Halves:
    """What a decision is about: one use of a number; `life` in UTC milliseconds."""
    to = BytesWriter()
    to.write(namespace)
    to.append(_APART)
    to.write(key)
    write_i64_be(to, life)
    hasher = _life_hasher()
    hasher.update(to.getvalue())
    return _halves(hasher.digest())


class Matter:
    """What is spoken of, of many lives: an instance of a clock, in one topic."""

    __slots__ = ("_first", "_known", "_spelling")

    def __init__(self, topic: str, clock: str, key: str | None) -> None:
        """`key` is None for the clock of a whole shipment."""
        self._spelling = f"{clock}\x1f{key or ''}\x1f{topic}\x1f"
        self._known: dict[int, Halves] = {}
        self._first: Halves = self._hashed(1)

    def revised(self, revision: int) -> Halves:
        """The hash of one revision of it."""
        if revision == 1:  # most are
            return self._first
        known = self._known.get(revision)
        if known is None:
            known = self._hashed(revision)
            if len(self._known) < _REMEMBERED:
                self._known[revision] = known
        return known

    def _hashed(self, revision: int) -> Halves:
        hasher = _matter_hasher()
        hasher.update(f"{self._spelling}{revision}".encode())
        return _halves(hasher.digest())


def decision_id(life: Halves, matter: Matter, revision: int) -> bytes:
    """32 hexadecimal digits."""
    of_matter = matter.revised(revision)
    to = BytesWriter()
    _write_hex(to, life[0] ^ of_matter[0])
    _write_hex(to, life[1] ^ of_matter[1])
    return to.getvalue()


def _write_hex(to: BytesWriter, number: i64) -> None:
    """16 hexadecimal digits."""
    write_i64_be(to, _spread(number >> 32 & 0xFFFF_FFFF))
    write_i64_be(to, _spread(number & 0xFFFF_FFFF))


def _spread(bits: i64) -> i64:
    """Eight hexadecimal digits of 32 bits, each in a byte: halves are moved apart until four bits are left in each."""
    bits = (bits & 0xFFFF_0000) << 16 | bits & 0xFFFF
    bits = (bits & 0x0000_FF00_0000_FF00) << 8 | bits & 0x0000_00FF_0000_00FF
    bits = (bits & 0x00F0_00F0_00F0_00F0) << 4 | bits & 0x000F_000F_000F_000F
    letters: i64 = bits + 0x0606_0606_0606_0606 >> 4 & 0x0101_0101_0101_0101
    return bits + 0x3030_3030_3030_3030 + letters * _TO_LETTERS


def _halves(digest: bytes) -> Halves:
    return read_i64_be(digest, 0), read_i64_be(digest, 8)
