"""Deterministic ids: they depend on input alone, so that a repetition can be recognised anywhere."""

from hashlib import blake2b


def decision_id(namespace: str, shipment_id: str, life: int, clock: str, key: str, topic: str, revision: int) -> str:
    """32 hexadecimal digits; `life` in UTC milliseconds, `key` empty for the clock of a whole shipment."""
    text = f"{namespace}\x1f{shipment_id}\x1f{life}\x1f{clock}\x1f{key}\x1f{topic}\x1f{revision}"
    return blake2b(text.encode(), digest_size=16).hexdigest()
