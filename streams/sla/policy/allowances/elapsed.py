"""Allowances that need no calendar: time that passes everywhere alike, and instants that were given."""

from streams.sla.instants import describe, end_of_local_day, rfc3339
from streams.sla.plan import critical_path
from streams.sla.policy.allowances.base import Allowance
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan


class Duration(Allowance):
    """So many milliseconds after the start."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.fixed = length

    def due(self, start: int, registration: Registration, scan: KnownScan | None) -> int | None:  # noqa: ARG002 - hot
        """Start plus the length."""
        return start + self.length

    def explain(self, start: int, registration: Registration, scan: KnownScan | None) -> str:
        """`allowed 72 h`."""
        del start, registration, scan
        return f"allowed {describe(self.length)}"


class PlanTotal(Allowance):
    """The planned duration of the whole journey: its longest chain of legs."""

    def due(self, start: int, registration: Registration, scan: KnownScan | None) -> int | None:
        """Start plus the plan's critical path."""
        del scan
        total = critical_path(registration.plan)
        return None if total is None else start + total

    def explain(self, start: int, registration: Registration, scan: KnownScan | None) -> str:
        """`planned 6 d 2 h in all`."""
        del start, scan
        total = critical_path(registration.plan)
        return "not planned" if total is None else f"planned {describe(total)} in all"


class Promised(Allowance):
    """The instant or date that the customer was promised.  A date means its end at the destination."""

    def __init__(self, time_zone: str) -> None:
        """`time_zone` counts where the shipment names none."""
        self._time_zone = time_zone

    def due(self, start: int, registration: Registration, scan: KnownScan | None) -> int | None:
        """The promised instant, or the last millisecond of the promised local day."""
        del start, scan
        if registration.promised_at is not None:
            return registration.promised_at
        if registration.promised_day is not None:
            return end_of_local_day(registration.promised_day, self._zone(registration))
        return None

    def explain(self, start: int, registration: Registration, scan: KnownScan | None) -> str:
        """`promised by the end of the day in America/Sao_Paulo`."""
        del start, scan
        if registration.promised_at is not None:
            return "promised for an instant"
        if registration.promised_day is None:
            return "not promised"
        return f"promised by the end of the day in {self._zone(registration)}"

    def _zone(self, registration: Registration) -> str:
        return registration.time_zone or self._time_zone


class Appointment(Allowance):
    """The end of the window that was agreed for the pickup or the delivery; shipments without one have no promise."""

    def __init__(self, which: str) -> None:
        """`which` is `pickup` or `delivery`."""
        self._which = which
        self.needs = frozenset({which})

    def due(self, start: int, registration: Registration, scan: KnownScan | None) -> int | None:
        """The last instant of the window."""
        del start, scan
        details = registration.details
        window = details.pickup if self._which == "pickup" else details.delivery
        return None if window is None else window.end

    def explain(self, start: int, registration: Registration, scan: KnownScan | None) -> str:
        """`appointment for the pickup`."""
        given = self.due(start, registration, scan) is not None
        return f"appointment for the {self._which}" if given else f"no appointment for the {self._which}"

    def steps(self, start: int, registration: Registration, scan: KnownScan | None) -> list[str]:
        """With the end of the window."""
        due = self.due(start, registration, scan)
        basis = self.explain(start, registration, scan)
        return [basis if due is None else f"{basis}: its window ends at {rfc3339(due)}"]
