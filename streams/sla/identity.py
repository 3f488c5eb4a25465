"""Deterministic ids: they depend on input alone, so that a repetition can be recognised anywhere."""

from binascii import hexlify
from hashlib import blake2b
from typing import Final

_hasher: Final = blake2b(digest_size=16).copy


def life_of(namespace: str, shipment_id: str, life: int) -> bytes:
    """What a decision is about: one use of a number; `life` in UTC milliseconds."""
    return f"{namespace}\x1f{shipment_id}\x1f{life}\x1f".encode()


def matter_of(topic: str, clock: str, key: str | None) -> bytes:
    """What of it is spoken of in a topic; `key` is None for the clock of a whole shipment."""
    return f"{clock}\x1f{key or ''}\x1f{topic}\x1f".encode()


def decision_id(life: bytes, matter: bytes, revision: int) -> bytes:
    """32 hexadecimal digits."""
    hasher = _hasher()
    hasher.update(life + matter + str(revision).encode())
    return hexlify(hasher.digest())
