"""Records as they are decoded: as the contract has them, but that most instants and durations are still texts."""

from typing import Annotated

from schemas.records import ParcelScan, Plan, PlannedLeg, PlannedMilestone, ShipmentRegistration
from schemas.records.inputs import SOME_LEGS, SOME_MILESTONES


class ReadMilestone(PlannedMilestone, frozen=True, kw_only=True, gc=False):
    """A milestone as it is read: its duration is still a text."""

    within: str | None = None  # type: ignore[assignment]


class ReadLeg(PlannedLeg, frozen=True, kw_only=True, gc=False):
    """A leg as it is read."""

    milestones: Annotated[tuple[ReadMilestone, ...], SOME_MILESTONES]


class ReadPlan(Plan, frozen=True, kw_only=True, gc=False):
    """A plan as it is read."""

    legs: Annotated[tuple[ReadLeg, ...], SOME_LEGS]


class ReadRegistration(ShipmentRegistration, frozen=True, kw_only=True, gc=False):
    """A registration as it is read."""

    registered_at: str  # type: ignore[assignment]
    promised_at: str | None = None  # type: ignore[assignment]
    plan: ReadPlan | None = None


class ReadScan(ParcelScan, frozen=True, kw_only=True, gc=False):
    """A scan as it is read."""

    occurred_at: str  # type: ignore[assignment]
    recorded_at: str | None = None  # type: ignore[assignment]
