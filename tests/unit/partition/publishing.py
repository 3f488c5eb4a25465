"""Control records, as the command line writes them."""

from typing import Any

import msgspec

from streams.partition.job import CONTROL
from streams.sla.instants import rfc3339
from streams.sla.policy import Policy, parse_policy
from tests.property.engine import Arrival


def page(version: str, hours: int, *, name: str = "test", more: str = "") -> Policy:
    """A policy with one clock, from the registration on."""
    return parse_policy(
        f"policy: {name}\nversion: '{version}'\nclocks:\n"
        f"  - {{name: delivery, from: registered, until: delivered, within: PT{hours}H}}\n{more}"
    )


def publication(policy: Policy, stamp: int, effective_from: int, *, rerate: bool = False, **changes: Any) -> Arrival:
    """A version of the policy is published."""
    body = {
        "type": "policy",
        "name": policy.name,
        "version": policy.version,
        "digest": policy.digest,
        "effective_from": rfc3339(effective_from),
        "document": msgspec.json.decode(policy.document),
        "rerate": rerate,
        **changes,
    }
    return Arrival(CONTROL, stamp, b"policy", msgspec.json.encode(body))


def feed_status(stamp: int, facility: str, *, silent: bool, revision: int, heard_at: int | None = None) -> Arrival:
    """A facility is silent, or speaks again."""
    heard = rfc3339(stamp if heard_at is None else heard_at)
    body = {"type": "feed-status", "facility": facility, "silent": silent, "heard_at": heard, "revision": revision}
    return Arrival(CONTROL, stamp, facility.encode(), msgspec.json.encode(body))


def suspension(stamp: int, begins: int, until: int | None = None, **changes: Any) -> Arrival:
    """Region `north` is suspended."""
    body = {"type": "suspension", "id": "typhoon", "regions": ["north"], "from": rfc3339(begins), **changes}
    if until is not None:
        body["until"] = rfc3339(until)
    return Arrival(CONTROL, stamp, b"suspension", msgspec.json.encode(body))
