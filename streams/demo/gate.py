"""A pace that lets the feed go on only as far as it has been opened."""

import asyncio


class Gate:
    """Opened bit by bit; the feed waits at the opening."""

    def __init__(self, opening: float = 0.0) -> None:
        self._opening = opening
        self._widened = asyncio.Condition()

    async def ready(self, share: float) -> None:
        """Return when the gate is open beyond this share (0 to 1) of the feed."""
        async with self._widened:
            await self._widened.wait_for(lambda: share < self._opening)

    async def open(self, opening: float) -> None:
        """Let the feed go on up to this share; a gate never closes again."""
        async with self._widened:
            self._opening = max(self._opening, opening)
            self._widened.notify_all()
