"""How a story goes: records are sent, workers and brokers suffer meanwhile, and in the end all must have been said."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from streams.demo.conditions import DeadlineMissed
from streams.embedded import EmbeddedKafka
from tests.integration.stage import Outputs, Producer, Stage, without_duplicates
from tests.torture.crew import Crew
from tests.torture.faults import Faults

SAID_WITHIN_S = 150.0


@dataclass(frozen=True)
class Scene:
    """What a story has to do with while it is told."""

    crew: Crew
    faults: Faults
    outputs: Outputs
    producer: Producer


class Told(NamedTuple):
    """How it went."""

    what: str
    struck: Mapping[str, int]
    """Faults, by kind."""
    ends: Mapping[str, int]
    """Ends of workers, by how they ended."""
    wrong: Sequence[str]
    """What must not be."""


async def tell(
    kafka: EmbeddedKafka,
    stage: Stage,
    random: Random,
    send: Callable[[Scene], Awaitable[None]],
    complete: Callable[[Outputs], bool],
) -> tuple[Outputs, Told]:
    """Send, with faults; then wait until `complete`, and look at what must hold of every story."""
    crew = Crew(stage, kept=2, spare=1, brokers=len(kafka.ports))
    faults = Faults(kafka, crew, random)
    wrong: list[str] = []
    try:
        async with stage.outputs() as outputs, stage.producer() as producer:
            await send(Scene(crew, faults, outputs, producer))
            await faults.over()

            def all_said() -> bool:
                crew.keep_up()
                return complete(outputs)

            try:
                await outputs.until("everything is said", all_said, SAID_WITHIN_S)
                await crew.end()
            except DeadlineMissed as missed:
                wrong.append(str(missed))
            await outputs.drain()
    finally:
        crew.kill()
    if not without_duplicates(outputs.told()):
        wrong.append("an id was used twice")
    wrong += [f"rejected: {record.value!r}" for record in outputs.rejects()]
    return outputs, Told(f"{len(outputs.told())} decisions", faults.struck, crew.ends, [*wrong, *crew.strange])
