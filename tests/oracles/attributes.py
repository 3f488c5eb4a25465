"""Whether a condition holds, read from the records as they came."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.oracles.terms import Fact, Json


def hold(when: Json, registration: Json, begin: Fact | None) -> bool:
    """Whether all of a condition holds for a shipment, and the scan that begins the clock."""
    return all(_is(_value(name, registration, begin), wanted) for name, wanted in when.items())


def _is(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return value in (wanted if isinstance(wanted, list) else [wanted])
    for operator, operand in wanted.items():
        if operator == "not":
            if _is(value, operand):
                return False
            continue
        if value is None:
            return False
        number = float(value)
        bound = float(operand)
        if not {"at_least": number >= bound, "at_most": number <= bound, "above": number > bound}.get(
            operator, number < bound
        ):
            return False
    return True


def _value(name: str, registration: Json, begin: Fact | None) -> Any:  # noqa: PLR0911 - one line a kind
    origin, destination = registration.get("origin") or {}, registration.get("destination") or {}
    if name.startswith("labels."):
        return registration.get("labels", {}).get(name.removeprefix("labels."))
    if name == "lane":
        regions = (origin.get("region"), destination.get("region"))
        return None if None in regions else "same-city" if regions[0] == regions[1] else "inter-city"
    if name == "declared_value":
        value = registration.get("declared_value")
        return Decimal(value["amount"]) if value else None
    if name == "case.kind":
        return begin.code.split(".")[0] if begin and begin.case else None
    of_begin = {
        "facility.id": "facility",
        "facility.kind": "kind",
        "facility.region": "region",
        "case.severity": "severity",
    }
    if name in of_begin:
        return getattr(begin, of_begin[name]) if begin else None
    defaults = {"pieces": 1, "insured": False}
    if name in {"origin.remote", "destination.remote"}:
        return (origin if name.startswith("origin") else destination).get("remote", False)
    if "." in name:
        return (origin if name.startswith("origin") else destination).get(name.split(".")[1])
    return registration.get(name, defaults.get(name))
