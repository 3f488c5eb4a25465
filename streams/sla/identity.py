"""Deterministic ids: they depend on input alone, so that a repetition can be recognised anywhere."""

from hashlib import blake2b
from typing import Final

_hasher: Final = blake2b(digest_size=16).copy


def life_of(namespace: str, shipment_id: str, life: int) -> str:
    """What a decision is about; `life` in UTC milliseconds."""
    return f"{namespace}\x1f{shipment_id}\x1f{life}"


def decision_id(life: str, clock: str, key: str, topic: str, revision: int) -> str:
    """32 hexadecimal digits; `life` as `life_of` gives it, `key` empty for the clock of a whole shipment."""
    hasher = _hasher()
    hasher.update(f"{life}\x1f{clock}\x1f{key}\x1f{topic}\x1f{revision}".encode())
    return hasher.hexdigest()
