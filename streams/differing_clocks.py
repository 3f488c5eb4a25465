"""Says in the log when the clocks of worker and brokers differ by more than is allowed, and when they agree again."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from streams.partition.task import TaskHealth

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 1.0


@dataclass(slots=True)
class DifferingClocks:
    """Looks at what the partitions have measured; `limit_ms` is that of the settings."""

    health: Callable[[], Mapping[int, TaskHealth]]
    limit_ms: int
    _told: bool = False

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Say what has changed since it was looked at last."""
        skew = max((state.skew_ms for state in self.health().values()), key=abs, default=0)
        differ = abs(skew) > self.limit_ms
        if differ == self._told:
            return
        self._told = differ
        if differ:
            log.warning(
                "clocks differ: until they agree, deadlines fire by records alone or not at all; put the clock of this"
                " worker or of the brokers right, by NTP",
                brokers_ahead_s=skew / 1000,
                limit_s=self.limit_ms / 1000,
            )
        else:
            log.info("clocks agree again")
