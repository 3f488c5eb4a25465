"""Small closed sets of the state, as the integers that the state format keeps."""

from typing import Final

ORPHAN: Final = 0
"""Scans are there, the registration is not."""
OPEN: Final = 1
CLOSED: Final = 2
"""Nothing more is expected; corrections are still taken."""
RESIDUE: Final = 3
"""Only the number's use is remembered, until retention ends."""

RUNNING: Final = 1
MET: Final = 2
MISSED: Final = 3
CANCELLED: Final = 4
EXCUSED: Final = 5
"""Cancelled, and nobody is to blame."""
WAITING: Final = 0
"""Not started, or its start was taken back."""

STANDING: Final = 1
"""A notice or an alert that holds now; 0 where there was none."""
ENDED: Final = 2
"""A notice that was cleared or overtaken; an alert that was resolved."""
WITHDRAWN: Final = 3
"""An alert that was wrong."""
COME_TRUE: Final = 3
"""A notice whose clock was missed without an alert: the outcome tells.

If the miss is taken back, it is cleared, or told again where the clock runs on in danger.
"""

VERDICTS: Final = {MET: "met", MISSED: "missed", CANCELLED: "cancelled", EXCUSED: "excused"}
PHASES: Final = {ORPHAN: "orphan", OPEN: "open", CLOSED: "closed", RESIDUE: "residue"}
