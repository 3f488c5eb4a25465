"""Something that runs for as long as a `with` or `async with` block lasts."""

import asyncio
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Lifetime(ABC):
    """Start and stop as a context manager, for synchronous and asynchronous code alike."""

    @abstractmethod
    def start(self) -> Self:
        """Return when it is ready to be used; blocks."""

    @abstractmethod
    def stop(self) -> None:
        """Return when nothing of it is left; blocks, safe to call again."""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)
