"""Record types, one `msgspec.Struct` each.  Inputs come from other teams, outputs go to them.

Instants are RFC 3339 with an offset on the way in, and RFC 3339 in UTC with milliseconds and `Z` on the way out.
Within a major version fields are only ever added.
"""

from schemas.records.feeds import FeedAlert, FeedProgress, FeedReport, FeedSighting
from schemas.records.inputs import (
    Appointment,
    CareEvent,
    Control,
    Facility,
    FeedStatus,
    Money,
    ParcelScan,
    Place,
    Plan,
    PlannedLeg,
    PlannedMilestone,
    PolicyPublication,
    RegionSuspension,
    ShipmentRegistration,
    Tick,
)
from schemas.records.outputs import (
    BreachAlert,
    Compensation,
    DelayNotice,
    Evidence,
    Lateness,
    Scorecard,
    ShipmentStatus,
    SlaOutcome,
    StageFault,
)

__all__ = [
    "Appointment",
    "BreachAlert",
    "CareEvent",
    "Compensation",
    "Control",
    "DelayNotice",
    "Evidence",
    "Facility",
    "FeedAlert",
    "FeedProgress",
    "FeedReport",
    "FeedSighting",
    "FeedStatus",
    "Lateness",
    "Money",
    "ParcelScan",
    "Place",
    "Plan",
    "PlannedLeg",
    "PlannedMilestone",
    "PolicyPublication",
    "RegionSuspension",
    "Scorecard",
    "ShipmentRegistration",
    "ShipmentStatus",
    "SlaOutcome",
    "StageFault",
    "Tick",
]
