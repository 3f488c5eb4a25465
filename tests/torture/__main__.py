"""`make torture`: stories in which workers and brokers suffer, one after the other, until time is up."""

import asyncio
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from streams.embedded import EmbeddedKafka
from tests.torture.live import live
from tests.torture.replayed import replayed

STORIES: Final = {"replayed": replayed, "live": live}
SHOWN: Final = 10
"""How much that is wrong is shown of a story."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--minutes", type=click.FloatRange(0), default=10.0, show_default=True, help="Stories begin so long.")
@click.option("--nodes", type=click.IntRange(1, 3), default=3, show_default=True, help="Brokers of the embedded Kafka.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the first story; then one more.")
@click.option("--only", type=click.Choice(list(STORIES)), help="Tell only stories of one kind.")
def main(*, minutes: float, nodes: int, seed: int, only: str | None) -> None:
    """Kill, freeze and restart workers and brokers at random, and compare what is said with what must be.

    A seed chooses records and faults; at which moment a fault strikes is the machine's choice.  Exits with 1 after the
    first story that went wrong; the logs of its workers and brokers stay.
    """
    logging.disable(logging.CRITICAL)  # of clients: that brokers go away is meant
    kinds = [only] if only else list(STORIES)
    ends_at = time.monotonic() + minutes * 60
    while True:
        kind = kinds[seed % len(kinds)]
        directory = Path(tempfile.mkdtemp(prefix="shipclock-torture-"))
        with EmbeddedKafka(nodes=nodes, quick_start=True, data_dir=directory / "kafka") as kafka:
            told = asyncio.run(STORIES[kind](kafka, seed, directory))
        click.echo(f"{kind} {seed}: {told.what}; {_listed(told.struck)}; workers: {_listed(told.ends)}")
        if told.wrong:
            for line in told.wrong[:SHOWN]:
                click.echo(f"  {line}")
            click.echo(f"{len(told.wrong)} things are wrong; the logs are in {directory}", err=True)
            sys.exit(1)
        shutil.rmtree(directory)
        if time.monotonic() >= ends_at:
            return
        seed += 1


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))


if __name__ == "__main__":
    main()
