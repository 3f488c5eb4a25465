"""How much time a clock allows: where `due` comes from."""

from collections.abc import Sequence
from typing import Protocol

from streams.sla.instants import describe, end_of_local_day
from streams.sla.policy.conditions import Condition
from streams.sla.policy.plans import critical_path
from streams.sla.state import Registration


class Allowance(Protocol):
    """Gives the due instant of a clock."""

    def due(self, start: int, registration: Registration) -> int | None:
        """The due instant before pauses, UTC milliseconds; None when this promise was not given to this shipment."""

    def explain(self, registration: Registration) -> str:
        """Which rule gave the due instant, for people."""


class Rules:
    """Durations by condition: the first `allow` that holds, and every `add` that holds."""

    _CACHE_LIMIT = 20_000

    def __init__(self, rules: Sequence[tuple[Condition, int | None, int | None]]) -> None:
        self._rules = rules
        self._fixed = rules[0][1] if len(rules) == 1 and rules[0][1] is not None and not rules[0][0]._tests else None  # noqa: SLF001
        self._cache: dict[tuple[object, ...], int | None] = {}

    def due(self, start: int, registration: Registration) -> int | None:
        """Start plus the allowance."""
        allowed = self._fixed
        if allowed is None:
            allowed = self._allowed(registration)
            if allowed is None:
                return None
        return start + allowed

    def _allowed(self, registration: Registration) -> int | None:
        key = (
            registration.origin,
            registration.destination,
            registration.product,
            registration.tier,
            registration.remote,
            registration.customer_id,
            registration.pieces,
        )
        try:
            return self._cache[key]
        except KeyError:
            if len(self._cache) >= self._CACHE_LIMIT:
                self._cache.clear()
            allowed = self._cache[key] = self._judge(registration)
            return allowed

    def _judge(self, registration: Registration) -> int | None:
        allowed: int | None = None
        added = 0
        for condition, allow, add in self._rules:
            if (allow is None or allowed is not None) and add is None:
                continue
            if condition.holds(registration):
                if allow is not None and allowed is None:
                    allowed = allow
                added += add or 0
        return None if allowed is None else allowed + added

    def explain(self, registration: Registration) -> str:
        """`allowed 72 h`."""
        allowed = self._judge(registration)
        return "not promised" if allowed is None else f"allowed {describe(allowed)}"


class PlanTotal:
    """The planned duration of the whole journey: its longest chain of legs."""

    def due(self, start: int, registration: Registration) -> int | None:
        """Start plus the plan's critical path."""
        total = critical_path(registration.legs)
        return None if total is None else start + total

    def explain(self, registration: Registration) -> str:
        """`planned 6 d 2 h in all`."""
        total = critical_path(registration.legs)
        return "not planned" if total is None else f"planned {describe(total)} in all"


class Promised:
    """The instant or date that the customer was promised."""

    def __init__(self, time_zone: str) -> None:
        self._time_zone = time_zone

    def due(self, start: int, registration: Registration) -> int | None:
        """The promised instant, or the end of the promised local day."""
        del start
        if registration.promised_at is not None:
            return registration.promised_at
        if registration.promised_day is not None:
            return end_of_local_day(registration.promised_day, registration.time_zone or self._time_zone)
        return None

    def explain(self, registration: Registration) -> str:
        """`promised by the end of the day in America/Sao_Paulo`."""
        if registration.promised_at is not None:
            return "promised for an instant"
        return f"promised by the end of the day in {registration.time_zone or self._time_zone}"
