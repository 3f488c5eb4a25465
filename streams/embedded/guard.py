"""Runs one command and ends it when the process that asked for it is gone, however that process ended.

A program by itself, started by path with the standard library alone:

    guard.py CPUS LEFTOVERS COMMAND...

CPUS is a comma-separated list the command is pinned to, or empty.  LEFTOVERS is a directory that is removed when the
owner is gone, or empty.  The owner holds the other end of standard input: however it ends, SIGKILL included, that end
closes.  A parent-death signal alone would not do: it follows the THREAD that started the process, and a thread may end
earlier.  SIGTERM is passed on to the command, SIGUSR1 kills it; either way the guard ends after it.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from select import select

_PR_SET_PDEATHSIG = 1
_STDIN = 0
_LOOK_AGAIN = 1.0  # seconds; for an owner whose end of the pipe lives on in a forked child


def main() -> int:
    """Run the command; its exit status, or 128 + signal."""
    cpus, leftovers, *command = sys.argv[1:]
    if cpus and sys.platform == "linux":
        os.sched_setaffinity(0, {int(cpu) for cpu in cpus.split(",")})
    owner = os.getppid()
    woken, wake = socket.socketpair()
    for end in (woken, wake):
        end.setblocking(False)  # noqa: FBT003 - the standard library's signature
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    before_exec = _die_with_guard if sys.platform == "linux" else None
    # The guard has one thread, so running Python between fork and exec is safe.
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=before_exec)  # noqa: PLW1509 - see above
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    signal.signal(signal.SIGUSR1, lambda *_: child.kill())
    while child.poll() is None:
        ready, _, _ = select([_STDIN, woken.fileno()], [], [], _LOOK_AGAIN)
        if woken.fileno() in ready:
            woken.recv(64)
        if _STDIN in ready or os.getppid() != owner:
            child.kill()
            child.wait()
            _remove(leftovers)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _die_with_guard() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _remove(leftovers: str) -> None:
    if leftovers:
        shutil.rmtree(leftovers, ignore_errors=True)
        with suppress(OSError):  # other nodes' directories are still there: the last guard removes the parent
            Path(leftovers).parent.rmdir()


if __name__ == "__main__":
    sys.exit(main())
