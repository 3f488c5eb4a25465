"""Deterministic ids: they depend on input alone, so that a repetition can be recognised anywhere."""

from hashlib import blake2b
from typing import Final

_hasher: Final = blake2b(digest_size=16).copy


def life_of(namespace: str, shipment_id: str, life: int) -> str:
    """What a decision is about: one use of a number; `life` in UTC milliseconds."""
    return f"{namespace}\x1f{shipment_id}\x1f{life}"


def matter_of(topic: str, clock: str, key: str | None) -> str:
    """What of it is spoken of in a topic; `key` is None for the clock of a whole shipment."""
    return f"{clock}\x1f{key or ''}\x1f{topic}"


def decision_id(life: str, matter: str, revision: int) -> str:
    """32 hexadecimal digits."""
    hasher = _hasher()
    hasher.update(f"{life}\x1f{matter}\x1f{revision}".encode())
    return hasher.hexdigest()
