"""What a unit of work has decided so far, and how many clocks stand open."""

from collections import defaultdict

from streams.sla.decision import Decision


class Docket:
    """Collects decisions, and counts what starts and what stands."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        """Of the record or deadline under way; the caller takes them after each."""
        self.status_changed = False
        """Whether the shipment under way stands differently: at risk, overdue, open or closed."""
        self.doubts_changed = False
        """Whether an alert of the shipment under way became unverified, or ceased to be."""
        self.opened: defaultdict[str, int] = defaultdict(int)
        """Clocks started since the last unit of work, by name."""
        self.running: defaultdict[str, int] = defaultdict(int)
        """Clocks that run, by name: a gauge, kept with the partition."""
        self.overdue: defaultdict[str, int] = defaultdict(int)
        """Clocks with a standing breach alert, by name: likewise."""
        self.shipments: defaultdict[str, int] = defaultdict(int)
        """Shipments by phase: likewise."""

    def gauges(self) -> dict[str, dict[str, int]]:
        """What is kept with the partition."""
        return {
            "running": {name: count for name, count in self.running.items() if count},
            "overdue": {name: count for name, count in self.overdue.items() if count},
            "shipments": {name: count for name, count in self.shipments.items() if count},
        }

    def restore(self, gauges: dict[str, dict[str, int]]) -> None:
        """Take over what was kept."""
        for kept, counts in ((self.running, "running"), (self.overdue, "overdue"), (self.shipments, "shipments")):
            kept.clear()
            kept.update(gauges.get(counts, {}))
