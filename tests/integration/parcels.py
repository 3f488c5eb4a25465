"""Good parcels of known verdicts, to be put between other records."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families

from tests.integration.stage import Outputs, Sent, Stage, registration, scan

MINUTE = 60_000

POLICY = """
policy: stage
version: "1"
clocks:
  - {name: delivery, from: accepted, until: delivered, within: PT1H}
  - {name: journey, from: order_placed, until: delivered, within: plan}
  - {name: promised, from: registered, until: delivered, due: promised}
"""


class Parcels:
    """Parcels that were accepted at an instant (UTC milliseconds) and take half an hour, or an hour and a half."""

    def __init__(self, stage: Stage, accepted: int) -> None:
        self.expected: dict[str, str] = {}
        """Verdict of the clock `delivery`, by shipment."""
        self._accepted = accepted
        self._numbers: list[Iterator[str]] = [
            stage.numbers_in(partition, f"good {partition}") for partition in range(stage.partitions)
        ]

    def number_in(self, partition: int) -> str:
        """An id that has not been used and belongs to a partition."""
        return next(self._numbers[partition])

    def begun(self, shipment: str, *, late: bool) -> list[Sent]:
        self.expected[shipment] = "missed" if late else "met"
        return [registration(shipment, self._accepted), scan(shipment, "accepted", self._accepted)]

    def ended(self, shipment: str) -> Sent:
        took = 90 if self.expected[shipment] == "missed" else 30
        return scan(shipment, "delivered", self._accepted + took * MINUTE)


def verdicts(outputs: Outputs) -> dict[str, str]:
    return {told["shipment_id"]: told["kind"] for told in outputs.told("sla-outcomes") if told["clock"] == "delivery"}


def samples(text: str, name: str, *labels: str) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name:
                found[tuple(sample.labels[label] for label in labels)] += int(sample.value)
    return found
