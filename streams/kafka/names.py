"""What things are called in the cluster: one namespace prefixes topics, groups and transactional ids."""

from dataclasses import dataclass

STATE_TOPIC = "sla-state"
"""Short name of the changelog of the partitions."""

SOURCE_TOPICS = ("shipments", "parcel-scans", "care-events", "control")
"""Short names of the topics that a partition task reads."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names within one namespace."""

    namespace: str

    @property
    def group(self) -> str:
        """Consumer group of the workers, which is also the id of the Faust app."""
        return f"{self.namespace}.sla"

    def topic(self, short: str) -> str:
        """Return the cluster's name of a topic: `parcel-scans` is `shipclock.parcel-scans`."""
        return f"{self.namespace}.{short}"

    def transactional_id(self, number: int) -> str:
        """Return the transactional id of a partition; whoever starts it last owns the partition."""
        return f"{self.namespace}.sla.{number}"
