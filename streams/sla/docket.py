"""What a unit of work has decided so far, and how many clocks stand open."""

from collections import defaultdict

from mypy_extensions import i64, mypyc_attr

from streams.sla.decision import Decision


@mypyc_attr(acyclic=True)
class Count:
    """How many clocks of one name there are."""

    __slots__ = ("opened", "overdue", "running")

    def __init__(self) -> None:
        self.running: i64 = 0
        """That run: a gauge, kept with the partition."""
        self.overdue: i64 = 0
        """With a standing breach alert: likewise."""
        self.opened: i64 = 0
        """Started since the last unit of work."""


class Docket:
    """Collects decisions, and counts what starts and what stands."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        """Of the record or deadline under way; the caller takes them after each."""
        self.status_changed = False
        """Whether the shipment under way stands differently: at risk, overdue, open or closed."""
        self.doubts_changed = False
        """Whether an alert of the shipment under way became unverified, or ceased to be."""
        self.shipments: defaultdict[str, int] = defaultdict(int)
        """Shipments by phase: a gauge, kept with the partition."""
        self._clocks: dict[str, Count] = {}

    def clocks(self, name: str) -> Count:
        """The count of the clocks of this name."""
        count = self._clocks.get(name)
        if count is None:
            count = self._clocks[name] = Count()
        return count

    def gauges(self) -> dict[str, dict[str, int]]:
        """What is kept with the partition."""
        clocks = self._clocks.items()
        return {
            "running": {name: count.running for name, count in clocks if count.running},
            "overdue": {name: count.overdue for name, count in clocks if count.overdue},
            "shipments": {name: count for name, count in self.shipments.items() if count},
        }

    def restore(self, gauges: dict[str, dict[str, int]]) -> None:
        """Take over what was kept."""
        self._clocks.clear()
        for name, running in gauges.get("running", {}).items():
            self.clocks(name).running = running
        for name, overdue in gauges.get("overdue", {}).items():
            self.clocks(name).overdue = overdue
        self.shipments.clear()
        self.shipments.update(gauges.get("shipments", {}))

    def take_opened(self) -> dict[str, int]:
        """Clocks started since the last time, by name."""
        opened = {name: count.opened for name, count in self._clocks.items() if count.opened}
        for count in self._clocks.values():
            count.opened = 0
        return opened
