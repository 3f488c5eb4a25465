"""What a miss leads to: the stages that took too long, and what is proposed as compensation."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from tests.oracles import attributes
from tests.oracles.terms import Fact, Final, Json, codes, duration

Money = tuple[str, str, str]
"""Amount, currency and rule."""


class Consequences(NamedTuple):
    """Of one missed outcome."""

    faults: tuple[tuple[str, int, int], ...]
    """Stage, time spent and budget in milliseconds, the worst first."""
    owed: Money | None


def of(policy: Json, clock: Json, registration: Json, facts: Sequence[Fact], begin: Fact | None, final: Final) -> Any:
    """Of an instance of a clock that was begun by this scan."""
    stop = final.stopped_at
    assert stop is not None
    assert final.due is not None
    return Consequences(
        _faults(policy, clock, facts, final.start, stop), _owed(clock, registration, begin, stop - final.due)
    )


def _faults(
    policy: Json, clock: Json, facts: Sequence[Fact], start: int, stop: int
) -> tuple[tuple[str, int, int], ...]:
    if clock.get("per", "shipment") != "shipment" or any(
        clock.get(special) for special in ("recorded", "uploads", "never", "all_of")
    ):
        return ()
    found = []
    between = [fact for fact in facts if start <= fact.at <= stop]
    for stage in policy.get("stages", []):
        begins = [place for place, fact in enumerate(between) if fact.code in codes(stage["from"])]
        if not begins:
            continue
        after = between[begins[0] + 1 :]
        ended = next((fact.at for fact in after if fact.code in codes(stage["until"])), stop)
        spent, budget = ended - between[begins[0]].at, duration(stage["within"])
        if spent > budget:
            found.append((stage["name"], spent, budget))
    return tuple(sorted(found, key=lambda fault: fault[2] - fault[1]))


def _owed(clock: Json, registration: Json, begin: Fact | None, late: int) -> Money | None:
    for line in clock.get("compensate", []):
        if not attributes.hold(line.get("when", {}), registration, begin):
            continue
        if "late_over" in line and late <= duration(line["late_over"]):
            continue
        amount = _amount(line["pay"], registration)
        currency = line["pay"].get("currency") or _currency(registration)
        if amount is None or currency is None:
            continue
        cap = _amount(line.get("cap", {}), registration)
        if cap is not None and "amount" not in line["cap"] and currency != _currency(registration):
            continue
        paid = amount if cap is None else min(amount, cap)
        return str(paid.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)), currency, line["rule"]
    return None


def _amount(terms: Json, registration: Json) -> Decimal | None:
    if "amount" in terms:
        return Decimal(str(terms["amount"]))
    for share, base in (("freight", "freight"), ("value", "declared_value")):
        if share in terms and registration.get(base):
            return Decimal(str(terms[share])) * Decimal(registration[base]["amount"])
    return None


def _currency(registration: Json) -> str | None:
    named = {registration[one]["currency"] for one in ("freight", "declared_value") if registration.get(one)}
    return named.pop() if len(named) == 1 else None
