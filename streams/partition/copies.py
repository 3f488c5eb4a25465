"""Outcomes once more, by customer, for the job that keeps scorecards."""

from collections.abc import Iterator
from typing import Final

from streams.partition.output import Output
from streams.partition.outputs import BY_CUSTOMER
from streams.partition.partitioners import Partitioner
from streams.sla.decision import Decision
from streams.sla.registration import Registration, customer_of

MOST_CUSTOMERS: Final = 50_000
"""Whose partition is remembered instead of reckoned again."""


class Copies:
    """Where the copy of an outcome belongs."""

    def __init__(self, partitions: int, partitioner: Partitioner) -> None:
        """`partitions` is how many the topic of the copies has."""
        self._partitions = partitions
        self._partitioner = partitioner
        self._homes: dict[bytes, int] = {}

    def of(self, decision: Decision, registration: Registration | None, output: Output) -> Iterator[Output]:
        """Yield the copy for the partition of its customer, and one for that of the customer it had before."""
        customer, before = customer_of(registration), None
        if decision.replaced is not None:
            before = decision.replaced.customer
        for one in (customer,) if before == customer else (customer, before):
            if one is not None:
                key = one.encode()
                yield Output(BY_CUSTOMER, key, output.value, output.headers, self._home(key))

    def _home(self, customer: bytes) -> int:
        """The partition of a customer."""
        home = self._homes.get(customer)
        if home is None:
            if len(self._homes) >= MOST_CUSTOMERS:
                self._homes.clear()
            home = self._homes[customer] = self._partitioner(customer, self._partitions)
        return home
