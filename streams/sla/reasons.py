"""Why an outcome is what it is, where no scan code says so."""

from typing import Final

REOPENED: Final = "reopened"
"""It takes a verdict back: what stopped or started the clock was taken back."""
EXPIRED: Final = "expired"
"""The clock still ran when its shipment was given up."""
STOPPED_BEFORE_START: Final = "stopped-before-start"
"""The scans came in an impossible order."""

OWN: Final = frozenset({REOPENED, EXPIRED, STOPPED_BEFORE_START})
"""No code that ends or misses a clock is called so: its outcome would be taken for one of these."""
