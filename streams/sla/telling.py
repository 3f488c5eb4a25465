"""From the silence of a facility to the record that subscribers read."""

from hashlib import blake2b
from typing import Literal, cast

from schemas.records import FeedAlert
from streams.sla.instants import describe, rfc3339
from streams.sla.listening import EXPIRED, OPENED, RESOLVED, Facility


def feed_alert(namespace: str, name: str, facility: Facility, kind: str, at: int) -> FeedAlert:
    """The alert of a kind, decided then (UTC milliseconds)."""
    return FeedAlert(
        id=_id(namespace, name, facility.before, kind),
        facility=name,
        kind=cast("Literal['opened', 'resolved', 'expired']", kind),
        heard_at=rfc3339(facility.before),
        silent_at=rfc3339(facility.began),
        back_at=rfc3339(facility.heard_at) if kind == RESOLVED else None,
        policy=facility.policy,
        policy_version=facility.policy_version,
        decided_at=rfc3339(at),
        explanation=_explain(name, facility, kind),
    )


def _id(namespace: str, name: str, before: int, kind: str) -> str:
    """32 hexadecimal digits; they depend on input alone."""
    text = f"{namespace}\x1f{name}\x1ffeed-alerts\x1f{before}\x1f{kind}"
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _explain(name: str, facility: Facility, kind: str) -> str:
    last = f"{name} was last heard of at {rfc3339(facility.before)}"
    if kind == OPENED:
        return f"{last} and counts as silent since {rfc3339(facility.began)}: breaches that wait for it are unverified."
    if kind == EXPIRED:
        return f"{last}: nobody waits for it any more."
    return f"{last}, and again at {rfc3339(facility.heard_at)}, after {describe(facility.heard_at - facility.before)}."
