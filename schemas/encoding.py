"""Records as they are written to a source topic."""

import msgspec


def encode(record: msgspec.Struct) -> bytes:
    """JSON without the fields that say nothing."""
    return msgspec.json.encode(_stated(msgspec.to_builtins(record)))


def _stated(value: object) -> object:
    if isinstance(value, dict):
        return {name: _stated(field) for name, field in value.items() if field not in (None, [], {})}
    if isinstance(value, list | tuple):
        return [_stated(item) for item in value]
    return value
