"""Waiting for something to become true, with a deadline."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

from streams.errors import ShipclockError

_POLL = 0.05
"""Seconds between two looks."""


class DeadlineMissed(ShipclockError):
    """Something that was waited for did not happen in time."""


async def holds(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Return as soon as the condition holds."""
    while True:
        answer = condition()
        if await answer if inspect.isawaitable(answer) else answer:
            return
        # What is waited for lies in other processes: there is no event to wait on.
        await asyncio.sleep(_POLL)


async def holds_within(seconds: float, what: str, condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Return as soon as the condition holds.

    Raises:
        DeadlineMissed: it did not hold within that many seconds; `what` says what was waited for.
    """
    try:
        async with asyncio.timeout(seconds):
            await holds(condition)
    except TimeoutError as error:
        raise DeadlineMissed(f"Waited {seconds:.0f} s in vain: {what}.") from error
