"""A fault-injection point for chaos runs.

When the environment names a directory in `SHIPCLOCK_FAULTS`, and a file `kill-in-transaction.<pid>` appears in it, this
process kills itself inside a transaction: everything sent and acknowledged, nothing committed.
"""

import os
import signal
from pathlib import Path

_DIRECTORY = os.environ.get("SHIPCLOCK_FAULTS")


def inside_transaction() -> None:
    """Die here, without any clean-up, when a chaos run asks for it."""
    if _DIRECTORY is not None and (Path(_DIRECTORY) / f"kill-in-transaction.{os.getpid()}").exists():
        os.kill(os.getpid(), signal.SIGKILL)
