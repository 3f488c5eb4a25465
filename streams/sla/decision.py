"""What is decided: one statement about one instance of one clock, or about a shipment as a whole."""

from typing import Final

from mypy_extensions import mypyc_attr

from streams.sla.policy.compiled import Clock
from streams.sla.registration import Registration, customer_of
from streams.sla.verdict import Verdict

NOTICES: Final = "delay-notices"
ALERTS: Final = "breach-alerts"
OUTCOMES: Final = "sla-outcomes"
STATUS: Final = "shipment-status"

CONFIRMED: Final = "confirmed"
"""Kind of an alert that was unverified and stands, now that the feed has come back."""


@mypyc_attr(acyclic=True)
class Replaced:
    """The outcome that a new revision replaces."""

    __slots__ = ("decided_at", "registration", "sequence", "verdict")

    def __init__(self, verdict: Verdict, sequence: int, decided_at: int, registration: Registration | None) -> None:
        self.verdict = verdict
        self.sequence = sequence
        self.decided_at = decided_at
        self.registration = registration
        """What was registered then."""

    @property
    def customer(self) -> str | None:
        """Who was told."""
        return customer_of(self.registration)


@mypyc_attr(acyclic=True)
class TakenBack:
    """An outcome that took a verdict back, while it is the last one of its clock.

    It is kept as it was told: no scan tells it any more, and another version of the policy may judge its clock by the
    time that it is replaced.
    """

    __slots__ = ("clock", "customer", "key", "told")

    def __init__(self, clock: int, key: str | None, customer: str | None, told: bytes = b"") -> None:
        self.clock = clock
        """Its number."""
        self.key = key
        self.customer = customer
        """Who was told."""
        self.told = told
        """The record, without what it replaces."""


@mypyc_attr(acyclic=True)
class Decision:
    """One statement about one instance of a clock."""

    __slots__ = (
        "clock",
        "decided_at",
        "feed",
        "key",
        "kind",
        "reason",
        "replaced",
        "revision",
        "sequence",
        "topic",
        "verdict",
    )

    def __init__(
        self,
        topic: str,
        kind: str,
        clock: Clock,
        key: str | None,
        verdict: Verdict,
        revision: int,
        sequence: int,
        decided_at: int,
        replaced: Replaced | TakenBack | None = None,
        reason: str | None = None,
        feed: str | None = None,
    ) -> None:
        self.topic = topic
        self.kind = kind
        self.clock = clock
        self.key = key
        self.verdict = verdict
        self.revision = revision
        self.sequence = sequence
        self.decided_at = decided_at
        self.replaced = replaced
        self.reason = reason
        self.feed = feed
        """Of an alert: the silent facility because of which it is unverified, or was until it is confirmed."""
