"""Holding back the feed."""

import asyncio

from streams.demo.gate import Gate


def test_the_feed_waits_until_the_gate_is_open_beyond_its_share() -> None:
    async def scene() -> list[bool]:
        gate = Gate()
        waiting = asyncio.create_task(gate.ready(0.4))
        seen = []
        for opening in (0.2, 0.4, 0.5):
            await gate.open(opening)
            await asyncio.wait([waiting], timeout=0.02)
            seen.append(waiting.done())
        await waiting
        return seen

    assert asyncio.run(scene()) == [False, False, True]


def test_a_gate_never_closes_again() -> None:
    async def scene() -> None:
        gate = Gate(0.8)
        await gate.open(0.1)
        async with asyncio.timeout(1):
            await gate.ready(0.7)

    asyncio.run(scene())
