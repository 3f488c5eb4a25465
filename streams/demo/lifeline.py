"""Runs the command line as part of another process: it ends when that one is gone.

    python -m streams.demo.lifeline OWNER ARGUMENT...

OWNER is the process id of the one who starts it.  The signal follows the THREAD that started the process, so start it
from one that lives as long as the owner.  Linux only; elsewhere the process outlives an owner that was killed.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its owner, then run `shipclock` with the remaining arguments."""
    owner = int(sys.argv.pop(1))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != owner:  # it was gone before the signal was asked for
        sys.exit(1)
    sys.argv[0] = "shipclock"
    from streams.cli import main as shipclock  # noqa: PLC0415 - only once the lifeline holds

    shipclock()


if __name__ == "__main__":
    main()
