"""Why the domain does not take a record that is well formed."""

from typing import Final

TOO_LATE: Final = "too-late"
"""It happened before the retention of its number, or its shipment's evidence is gone."""
TOO_MANY_SCANS: Final = "too-many-scans"
"""The shipment keeps as many scans as it may (`streams.sla.evidence.find_room`)."""


class Refused(Exception):
    """A record is not taken; `reason` is one of this module's constants."""

    path = "$"
    """What is refused is the record as a whole, no field of it."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
