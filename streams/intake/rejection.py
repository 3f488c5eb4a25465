"""Why a record is not taken.  docs/bad-input.md has a row for each."""

from typing import Final

NOT_JSON: Final = "not-json"
INVALID: Final = "invalid"
"""JSON, but not of the topic's schema; the path names the field."""
TOMBSTONE: Final = "tombstone"
NULL_KEY: Final = "null-key"
KEY_MISMATCH: Final = "key-mismatch"
WRONG_PARTITION: Final = "wrong-partition"
ABSURD_TIME: Final = "absurd-time"
UNKNOWN_TIME_ZONE: Final = "unknown-time-zone"
BAD_PLAN: Final = "bad-plan"
BAD_POLICY: Final = "bad-policy"
"""A published policy that this version of Shipclock cannot read, or that is not the one that was checked."""
BAD_SUSPENSION: Final = "bad-suspension"
BAD_APPOINTMENT: Final = "bad-appointment"
BAD_AMOUNT: Final = "bad-amount"
"""An amount of money of which no share can be taken."""

AHEAD_OF_TIME: Final = "ahead-of-time"
"""Flag: it happened some minutes after its record was written; a field clock is wrong."""
ORPHAN_EXPIRED: Final = "orphan-expired"
"""Flag: scans waited for a registration until their retention ended, and were forgotten."""
SILENT: Final = "silent"
"""Flag: a carrier's message that holds nothing of what the mapping looks for."""
TOO_MANY_SILENCES: Final = "too-many-silences"
"""Flag: more facilities are silent than a partition remembers; breaches that wait for this one count as verified."""
UNKNOWN_CODE: Final = "unknown-code"
"""Flag: the scan code is not in our vocabulary; it is kept."""


class Rejected(Exception):
    """A record goes to `scan-rejects`: `reason` is a constant of this module or of `streams.sla.refusal`."""

    def __init__(self, reason: str, detail: str, path: str = "$") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.path = path
