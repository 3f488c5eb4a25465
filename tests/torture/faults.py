"""What befalls workers and brokers, at random."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from random import Random
from typing import Any

from streams.demo.workers import Worker
from streams.embedded import EmbeddedKafka
from tests.integration.leadership import frozen
from tests.torture.crew import Crew

STORM = 5
"""How often one worker is killed while it starts."""
SOON_S, LONG_S = (0.5, 5.0), (7.0, 16.0)
"""How long a worker is frozen: within its session, and beyond it and the time-out of a transaction."""
BROKER_S, BROKER_LONG_S = (0.5, 6.0), (9.0, 16.0)
"""How long a broker is frozen: within its session, and beyond it, so that it wakes up deposed and does not know it."""
AWAY_S = (0.0, 4.0)
"""How long one that was killed stays away."""


class Faults:
    """Strikes at random.  Of the brokers one at a time: the others hold what it has."""

    def __init__(self, kafka: EmbeddedKafka, crew: Crew, random: Random) -> None:
        self._kafka = kafka
        self._crew = crew
        self._random = random
        self._one_broker = asyncio.Lock()
        self._frozen: set[int] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._faults = (
            self._kill,
            self._kill,
            self._kill_all,
            self._end,
            self._freeze,
            self._freeze,
            self._freeze_long,
            self._join,
            self._leave,
            self._storm,
            self._freeze_broker,
            self._freeze_broker_long,
            self._kill_broker,
            self._restart_broker,
        )
        self.struck = Counter[str]()

    async def strike(self) -> None:
        """Let something happen, or begin to."""
        fault = self._random.choice(self._faults)
        self.struck[fault.__name__.strip("_").replace("_", " ")] += 1
        await fault()

    async def over(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    # --- workers

    def _anyone(self) -> Worker:
        return self._random.choice(self._crew.workers)

    async def _kill(self) -> None:
        self._anyone().kill()

    async def _kill_all(self) -> None:
        self._crew.kill()

    async def _end(self) -> None:
        self._anyone().terminate()

    async def _freeze(self) -> None:
        self._begin(self._frozen_for(self._anyone(), self._random.uniform(*SOON_S)))

    async def _freeze_long(self) -> None:
        self._begin(self._frozen_for(self._anyone(), self._random.uniform(*LONG_S)))

    async def _frozen_for(self, worker: Worker, seconds: float) -> None:
        pid = worker.pid
        if pid is None or worker.exit_status is not None or pid in self._frozen:
            return
        self._frozen.add(pid)
        os.killpg(pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)  # that is the fault
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGCONT)
        self._frozen.discard(pid)

    async def _join(self) -> None:
        self._crew.start(self._random.choice(self._crew.spare))

    async def _leave(self) -> None:
        worker = self._random.choice(self._crew.spare)
        self._random.choice((worker.kill, worker.terminate))()

    async def _storm(self) -> None:
        worker = self._anyone()
        for _ in range(STORM):
            worker.kill()
            self._crew.start(worker)
            await asyncio.sleep(self._random.uniform(0.0, 2.5))

    # --- brokers

    def _begin(self, fault: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(fault)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _any_node(self) -> int:
        return self._random.randint(1, len(self._kafka.ports))

    async def _freeze_broker(self) -> None:
        self._begin(self._broker_frozen_for(self._any_node(), self._random.uniform(*BROKER_S)))

    async def _freeze_broker_long(self) -> None:
        self._begin(self._broker_frozen_for(self._any_node(), self._random.uniform(*BROKER_LONG_S)))

    async def _broker_frozen_for(self, node: int, seconds: float) -> None:
        async with self._one_broker:
            with frozen(self._kafka.process_groups[node - 1]):
                await asyncio.sleep(seconds)  # that is the fault

    async def _kill_broker(self) -> None:
        self._begin(self._broker_away_for(self._any_node(), self._random.uniform(*AWAY_S)))

    async def _broker_away_for(self, node: int, seconds: float) -> None:
        async with self._one_broker:
            await asyncio.to_thread(self._kafka.kill, node)
            await asyncio.sleep(seconds)  # that is the fault
            await asyncio.to_thread(self._kafka.restart, node)

    async def _restart_broker(self) -> None:
        self._begin(self._broker_restarted(self._any_node()))

    async def _broker_restarted(self, node: int) -> None:
        async with self._one_broker:
            await asyncio.to_thread(self._kafka.restart, node)
