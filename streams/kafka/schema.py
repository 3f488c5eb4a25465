"""How Faust decodes a batch: not at all."""

from typing import Any

from faust import Schema
from faust.types import AppT, Message


class BatchSchema(Schema):
    """Hands the value of a batch message through untouched; records are decoded by the partition task."""

    def loads_key(self, app: AppT, message: Message, *, loads: Any = None, serializer: Any = None) -> Any:
        return message.key

    def loads_value(self, app: AppT, message: Message, *, loads: Any = None, serializer: Any = None) -> Any:
        return message.value
