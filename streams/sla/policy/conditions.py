"""What a rule may ask of a shipment."""

from collections.abc import Callable, Mapping
from typing import Final

from streams.sla.policy.problems import Problem
from streams.sla.state import KnownScan, Registration

Attribute = Callable[[Registration], object]


def lane(registration: Registration) -> str | None:
    """`same-city` within one region, `inter-city` between two, None while a region is unknown."""
    if registration.origin is None or registration.destination is None:
        return None
    return "same-city" if registration.origin == registration.destination else "inter-city"


ATTRIBUTES: Final[Mapping[str, Attribute]] = {
    "lane": lane,
    "tier": lambda registration: registration.tier,
    "product": lambda registration: registration.product,
    "origin.region": lambda registration: registration.origin,
    "destination.region": lambda registration: registration.destination,
    "destination.remote": lambda registration: registration.remote,
    "customer_id": lambda registration: registration.customer_id,
    "pieces": lambda registration: registration.pieces,
}
"""Attribute of a condition to its value."""


class Condition:
    """All of some attributes have one of some values."""

    def __init__(self, when: Mapping[str, object], path: str) -> None:
        self._tests: list[tuple[Attribute, frozenset[object]]] = []
        for name, wanted in when.items():
            if name not in ATTRIBUTES:
                raise Problem(f"{path}.{name}", f"no such attribute; there are {', '.join(sorted(ATTRIBUTES))}")
            values = wanted if isinstance(wanted, list) else [wanted]
            self._tests.append((ATTRIBUTES[name], frozenset(values)))

    def holds(self, registration: Registration, scan: KnownScan | None = None) -> bool:
        """Whether the shipment is meant; `scan` is the one that starts the clock."""
        del scan
        return all(attribute(registration) in values for attribute, values in self._tests)
