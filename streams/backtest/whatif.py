"""Policies that differ from another in when a clock is due."""

import msgspec

from streams.errors import PolicyError
from streams.sla.policy import Policy
from streams.sla.policy.document import PolicyDocument
from streams.sla.policy.load import restored


def shifted(policy: Policy, shift: str) -> Policy:
    """The policy with the `shift` of one clock set, as in `promised-date=-P2D`; its version says so.

    Raises `PolicyError` when that is no clock and duration, there is no such clock, or it cannot be shifted.
    """
    clock, _, length = shift.partition("=")
    if not clock or not length:
        raise PolicyError(f"{shift!r} is no shift; give a clock and a duration, such as promised-date=-P2D")
    document = msgspec.json.decode(policy.document, type=PolicyDocument)
    names = [one.name for one in document.clocks]
    if clock not in names:
        raise PolicyError(f"there is no clock {clock!r} in the policy {policy.name!r}; it has {', '.join(names)}")
    clocks = list(document.clocks)
    place = names.index(clock)
    clocks[place] = msgspec.structs.replace(clocks[place], shift=length)
    changed = msgspec.structs.replace(document, version=f"{document.version} {shift}", clocks=clocks)
    return restored(msgspec.json.encode(changed))
