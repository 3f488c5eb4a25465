"""The phases of a shipment's life: it begins, closes with its journey, opens again, ends, and is forgotten."""

from streams.sla.docket import Docket
from streams.sla.phases import CLOSED, OPEN, ORPHAN, PHASES, RESIDUE
from streams.sla.pieces import completing
from streams.sla.policy.compiled import Lifecycle
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.scans import Scans
from streams.sla.state import Shipment


class Lives:
    """Moves shipments from phase to phase by the `lifecycle` in force, and counts them."""

    def __init__(self, docket: Docket, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self._docket = docket

    def begin(self, life: int, *, registered: bool) -> Shipment:
        """A shipment that nothing was known of; without a registration it waits for one."""
        lifecycle = self.lifecycle
        phase, lasts = (OPEN, lifecycle.expire) if registered else (ORPHAN, lifecycle.orphan_retention)
        self._docket.shipments[PHASES[phase]] += 1
        return Shipment(life, phase, 0, life + lasts)

    def register(self, shipment: Shipment, at: int) -> None:
        """A registration has come."""
        if shipment.phase == ORPHAN:
            self._open(shipment, at)

    def close_after(self, shipment: Shipment, registration: Registration, scan: KnownScan, at: int) -> None:
        """Close a shipment whose latest scan ends its journey."""
        closes = self.lifecycle.closes
        if (
            scan.code in closes
            and shipment.phase == OPEN
            and (registration.pieces == 1 or completing(shipment.scans, closes, registration.pieces) is not None)
        ):
            self._enter(shipment, CLOSED, at + self.lifecycle.settle)

    def look_again(self, shipment: Shipment, registration: Registration, scans: Scans, at: int) -> None:
        """Close a shipment, or open it again, as all that is effective says."""
        closed = completing(scans.listed, self.lifecycle.closes, registration.pieces) is not None
        if closed and shipment.phase == OPEN:
            self._enter(shipment, CLOSED, at + self.lifecycle.settle)
        elif not closed and shipment.phase == CLOSED:
            self._open(shipment, at)

    def end(self, shipment: Shipment, at: int) -> None:
        """Let go of all but what tells that the number was in use."""
        if shipment.phase == OPEN:
            self._docket.status_changed = True
        self._enter(shipment, RESIDUE, at + max(self.lifecycle.retention - self.lifecycle.settle, 0))

    def forget(self, shipment: Shipment) -> None:
        """Count it no more."""
        self._docket.shipments[PHASES[shipment.phase]] -= 1

    def last(self, shipment: Shipment) -> int:
        """How long a shipment may be open at most."""
        return shipment.life + self.lifecycle.expire

    def _open(self, shipment: Shipment, at: int) -> None:
        """Open it for the rest of its time; where that is over it is given up next, and nothing is told of the past."""
        self._enter(shipment, OPEN, max(self.last(shipment), at))

    def _enter(self, shipment: Shipment, phase: int, life_at: int) -> None:
        counts = self._docket.shipments
        counts[PHASES[shipment.phase]] -= 1
        counts[PHASES[phase]] += 1
        if {shipment.phase, phase} == {OPEN, CLOSED}:
            self._docket.status_changed = True
        shipment.phase = phase
        shipment.life_at = life_at
