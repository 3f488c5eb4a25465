"""How a simulated feed behaves.  Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Rates and shares of a feed; every share is a probability from 0 to 1."""

    shipments_per_second: float = 5.0
    speed: float = 720.0
    """How many times faster than in reality parcels travel: at 720 a day takes two minutes."""
    late: float = 0.12
    """Share of stages that take much longer than planned."""
    failed_attempts: float = 0.06
    """Share of parcels that are delivered at the second attempt."""
    offline: float = 0.1
    """Share of scans that a handheld uploads only when it is next online, within two hours (before `speed`)."""
    duplicates: float = 0.02
    """Share of scans that are sent twice."""
    missing: float = 0.01
    """Share of scans that are never sent; the last one of a parcel always is."""
    orphans: float = 0.02
    """Share of shipments whose registration comes after their first scans."""
    bad: float = 0.0
    """Share of scans beside which a record is sent that breaks the contract."""

    def __post_init__(self) -> None:
        if self.shipments_per_second <= 0 or self.speed <= 0:
            raise ValueError("rate and speed must be above 0")
        shares = ("late", "failed_attempts", "offline", "duplicates", "missing", "orphans", "bad")
        wrong = [name for name in shares if not 0 <= getattr(self, name) <= 1]
        if wrong:
            raise ValueError(f"{wrong[0]} must lie between 0 and 1")
