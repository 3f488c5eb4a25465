# ruff: noqa: ARG002 - the signatures are Faust's
"""How Faust decodes a batch: not at all."""

from typing import Any

from faust import Schema
from faust.types import AppT, Message


class BatchSchema(Schema[Any, Any]):
    """Hands the value of a batch message through untouched; records are decoded by the partition task."""

    def loads_key(self, app: AppT, message: Message, *, loads: Any = None, serializer: Any = None) -> Any:
        """Return the key as it is."""
        return message.key

    def loads_value(self, app: AppT, message: Message, *, loads: Any = None, serializer: Any = None) -> Any:
        """Return the batch as it is."""
        return message.value
