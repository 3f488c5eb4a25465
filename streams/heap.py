"""The C library's heap: what is free goes back to the system when there is little to do, not in the midst of work.

Fetches and transactions need large buffers for a moment, again and again.  To get fresh pages for each costs a
twentieth of all time; to keep what they left behind for good would be more memory than the state needs.
"""

import asyncio
import ctypes
from collections.abc import Callable
from contextlib import suppress
from time import process_time

LOOK_EVERY_S = 0.25
QUIET = 0.5
"""Share of a processor below which the process has little to do."""
WORTH_S = 0.25
"""Seconds of processor time in which enough may have been left behind to look for it."""
AT_LEAST_EVERY_S = 60.0
"""Seconds of processor time after which it is done although the process is not quiet."""

_M_ARENA_MAX = -8


def only_one() -> None:
    """Call before there are threads: where each would get a heap of its own, all share one."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


async def give_back() -> None:
    """Give free memory back whenever the process has become quiet, until cancelled.

    glibc has a call for that; with other C libraries this ends at once.
    """
    trim = _trim()
    seen, given = process_time(), 0.0
    while trim is not None:
        await asyncio.sleep(LOOK_EVERY_S)
        before, seen = seen, process_time()
        quiet = seen - before < QUIET * LOOK_EVERY_S
        if seen - given > (WORTH_S if quiet else AT_LEAST_EVERY_S):
            trim(0)
            seen = given = process_time()


def _trim() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    return found
