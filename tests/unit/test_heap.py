"""A process that has become quiet gives its free memory back."""

import asyncio
import os
from pathlib import Path

from streams import heap

SIZE = 700
"""Bytes of a block: more than Python's own allocator takes care of."""
BLOCKS = 100_000


def resident() -> int:
    """Bytes of physical memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def scattered() -> list[bytes]:
    """What is left of many blocks: one here and there, so that the heap cannot just be cut off at its end."""
    blocks = [bytes(SIZE) for _ in range(BLOCKS)]
    return blocks[::100]


def test_free_memory_between_what_lives_goes_back_to_the_system_when_there_is_little_to_do() -> None:
    left = scattered()
    before = resident()

    async def until_given_back() -> None:
        giving = asyncio.create_task(heap.give_back())
        async with asyncio.timeout(30):
            while resident() > before - SIZE * BLOCKS / 2 and not giving.done():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.05)
        assert giving.done() == (heap._trim() is None), "it ends by itself only where there is nothing to call"
        giving.cancel()

    asyncio.run(until_given_back())
    assert len(left) == BLOCKS // 100
