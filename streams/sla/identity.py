"""Deterministic ids: they depend on input alone, so that a repetition can be recognised anywhere."""

from binascii import hexlify
from hashlib import blake2b
from typing import Final

from librt.strings import BytesWriter

from streams.sla.digits import write_decimal

_APART: Final = 0x1F

_hasher: Final = blake2b(digest_size=16).copy
_hexlify: Final = hexlify  # a name of this module is found faster


def life_of(namespace: bytes, key: bytes, life: int) -> bytes:
    """What a decision is about: one use of a number; `life` in UTC milliseconds."""
    to = BytesWriter()
    to.write(namespace)
    to.append(_APART)
    to.write(key)
    to.append(_APART)
    write_decimal(to, life)
    to.append(_APART)
    return to.getvalue()


def matter_of(topic: str, clock: str, key: str | None) -> bytes:
    """What of it is spoken of in a topic; `key` is None for the clock of a whole shipment."""
    return f"{clock}\x1f{key or ''}\x1f{topic}\x1f".encode()


def decision_id(life: bytes, matter: bytes, revision: int) -> bytes:
    """32 hexadecimal digits."""
    to = BytesWriter()
    to.write(life)
    to.write(matter)
    write_decimal(to, revision)
    hasher = _hasher()
    hasher.update(to.getvalue())
    return _hexlify(hasher.digest())
