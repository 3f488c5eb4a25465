"""Deterministic ids: they depend on input alone, so that a repetition can be recognised anywhere."""

from hashlib import blake2b

_SEPARATOR = "\x1f"


def decision_id(namespace: str, shipment_id: str, life: int, *parts: str | int) -> str:
    """32 hexadecimal digits of (namespace, shipment, life, what is said).  `life` in UTC milliseconds."""
    text = _SEPARATOR.join((namespace, shipment_id, str(life), *map(str, parts)))
    return blake2b(text.encode(), digest_size=16).hexdigest()
