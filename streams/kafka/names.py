"""What things are called in the cluster: one namespace prefixes topics, groups and transactional ids."""

from dataclasses import dataclass
from typing import Final

STATE_TOPIC: Final = "sla-state"
"""Short name of the changelog of the main job."""

SOURCE_TOPICS: Final = ("shipments", "parcel-scans", "care-events", "control")
"""Short names of the topics that the main job reads."""


@dataclass(frozen=True, slots=True)
class JobNames:
    """What a job is called, and what it reads and keeps; topics by their short names."""

    name: str
    """Names the consumer group and the transactional ids, too."""
    sources: tuple[str, ...]
    state: str
    """Topic of the changelog."""
    carrier: str | None = None
    """What the cluster calls the carrier's topic that is among the sources: it is not of the namespace."""


SLA: Final = JobNames("sla", SOURCE_TOPICS, STATE_TOPIC)
"""The main job: shipments and scans in, decisions out."""
SCORECARDS: Final = JobNames("scorecards", ("sla-outcomes-by-customer",), "scorecards-state")
"""Outcomes of a customer in, sums out."""
FEEDS: Final = JobNames("feeds", ("feed-sightings",), "feeds-state")
"""Sightings of facilities in, alerts of their silence out."""
CARRIER: Final = "carrier"
"""Short name of a carrier's topic, whatever the carrier calls it."""
INTAKE: Final = "intake"
INTAKE_STATE: Final = "intake-state"


def intake(topic: str) -> JobNames:
    """A carrier's topic in, registrations and scans out: a job for each topic, so that each has a group of its own."""
    return JobNames(f"{INTAKE}.{topic}", (CARRIER,), f"{INTAKE_STATE}.{topic}", topic)


@dataclass(frozen=True, slots=True)
class Names:
    """Names within one namespace, for one job."""

    namespace: str
    job: JobNames = SLA

    @property
    def group(self) -> str:
        """Consumer group of the workers, which is also the id of the Faust app."""
        return f"{self.namespace}.{self.job.name}"

    def topic(self, short: str) -> str:
        """Return the cluster's name of a topic: `parcel-scans` is `shipclock.parcel-scans`."""
        if short == CARRIER and self.job.carrier is not None:
            return self.job.carrier
        return f"{self.namespace}.{short}"

    def transactional_id(self, number: int) -> str:
        """Return the transactional id of a partition; whoever starts it last owns the partition."""
        return f"{self.namespace}.{self.job.name}.{number}"
