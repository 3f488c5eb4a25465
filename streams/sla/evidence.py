"""The set of scans of a shipment: which version of each holds, and in what order they happened."""

from collections.abc import Iterable
from typing import Final

from streams.sla.instants import DAY_MS
from streams.sla.policy.compiled import Policy
from streams.sla.refusal import TOO_MANY_SCANS, Refused
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.scans import Scans, together
from streams.sla.state import Shipment

MOST_SCANS: Final = 400
"""How many scans a shipment keeps; twice as many of those that decide something (`find_room`)."""
MOST_BYTES: Final = 100_000
"""How much room they may take, packed; likewise.  What is said of them must fit into one state record, too."""


def find_room(evidence: Scans, scan: KnownScan, policies: Iterable[Policy]) -> None:
    """Raise `Refused` where a shipment that has as many scans as it may keeps no more of this kind.

    One more hub changes little.  But the scan that stops a clock must be kept however many came before it, or a
    promise that was kept would be told broken; so what one of the `policies` names, what is of a leg of the plan, and
    what takes another scan back has as much room again.
    """
    decides = scan.voids is not None or scan.leg is not None or any(policy.names(scan.code) for policy in policies)
    if not decides or evidence.count >= 2 * MOST_SCANS or evidence.size >= 2 * MOST_BYTES:
        raise Refused(TOO_MANY_SCANS, f"the shipment has {evidence.count} scans already, of {evidence.size} bytes")


def is_latest(shipment: Shipment, scan: KnownScan) -> bool:
    """Whether a new scan happened after all that are known and takes nothing back: then it can just be appended."""
    if scan.voids is not None or shipment.has_voids:
        return False
    latest = shipment.evidence.latest
    return latest is None or scan.at > latest.at


def insert(shipment: Shipment, scan: KnownScan, replaced: KnownScan | None) -> None:
    """Put a scan in its place, instead of an older version of it where there is one."""
    if scan.voids is not None:
        shipment.has_voids = True
    shipment.evidence.insert(scan, replaced)


def effective(shipment: Shipment) -> Scans:
    """The scans that count, in order: without those that a void takes back, and without the voids themselves.

    A void holds whether it came before or after the scan it names; it can itself only be corrected by a later version
    under its own scan id.
    """
    if not shipment.has_voids:
        return shipment.evidence
    taken_back = {scan.voids for scan in shipment.scans if scan.voids is not None}
    return together([scan for scan in shipment.scans if scan.voids is None and scan.scan_id not in taken_back])


BEFORE_REGISTRATION: Final = "before-registration"
_BEFORE: Final = DAY_MS
"""How long before it was registered a shipment may have scans: systems are told late."""


def suspicion(scan: KnownScan, registration: Registration | None) -> str | None:
    """Why a scan is doubtful, though it is used: it lay ahead of its record, or long before the shipment existed."""
    if scan.more is not None and scan.more.suspect is not None:
        return scan.more.suspect
    if registration is not None and scan.at < registration.registered_at - _BEFORE:
        return BEFORE_REGISTRATION
    return None
