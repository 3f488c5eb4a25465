"""What every allowance can do."""

from streams.sla.registration import Registration
from streams.sla.scan import KnownScan


class Allowance:
    """Gives the due instant of a clock.  Instants are UTC milliseconds, durations milliseconds."""

    needs: frozenset[str] = frozenset()
    """Attributes of registrations and scans that it reads, beyond what is always kept (`Policy.needs`)."""

    fixed: int | None = None
    """How much time there is, where that is the same for every shipment and every start."""

    def due(self, start: int, registration: Registration, scan: KnownScan | None) -> int | None:
        """The due instant before pauses of a clock that starts then, by this scan (None: by its registration).

        None when it cannot be given: this promise was not made to this shipment.
        """
        raise NotImplementedError

    def extend(self, due: int, began: int, ended: int, registration: Registration, scan: KnownScan | None) -> int:
        """Where a pause from `began`, before it was due, to `ended` moves the due instant: by its length, here.

        Also an instant that was promised moves so: the shipment was held for so long, and nobody could work on it.
        """
        del registration, scan
        return due + ended - began

    def settle(self, due: int, registration: Registration, scan: KnownScan | None) -> int:
        """Where a due instant comes to lie that pauses have moved.  Once at the end, so that it does not add up."""
        del registration, scan
        return due

    def explain(self, start: int, registration: Registration, scan: KnownScan | None) -> str:
        """Which rule gave the due instant, in half a sentence: `allowed 3 d`."""
        raise NotImplementedError

    def steps(self, start: int, registration: Registration, scan: KnownScan | None) -> list[str]:
        """How the due instant follows, a sentence a step."""
        return [self.explain(start, registration, scan)]
