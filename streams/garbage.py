"""Python's cyclic garbage collector, set for a process whose state is bytes.

State values are `bytes`, which the collector does not track; what a scan allocates dies young, by reference count.
With the default thresholds the collector would nevertheless walk through every batch several times, for nothing:
restoring a million entries takes a third less time without it.
"""

import ctypes
import gc
from contextlib import suppress

YOUNG = 100_000
"""Container objects made before the youngest generation is looked at; the default is 700."""


_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
LARGE = 128 * 1024
"""Bytes from which a block of memory is the system's own, and goes back to it when it is freed."""


def return_large_blocks() -> None:
    """Call before anything large is allocated: what fetches and transactions needed for a moment is not kept for good.

    By default glibc raises its threshold with the first large block that is freed, and later ones then stay in a heap
    that state values pin down.  Other C libraries have no such setting; there this does nothing.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, LARGE)
        mallopt(_M_ARENA_MAX, 1)


def settle() -> None:
    """Call once the program is loaded: what exists now will live for good, and is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
