"""`python -m bench.core`: what a scan costs in the core of one partition, without Kafka, and a digest of all it says.

Two builds that should say the same are compared so in a minute; and the build of the native hot path runs it to learn
which way the core goes most (hatch_build.py).
"""

import sys
from collections.abc import Sequence
from hashlib import blake2b

import click

from bench.demo_load import DemoLoad
from bench.express_load import ExpressLoad
from bench.load import Load
from bench.lone_core import LoneCore
from streams import garbage
from streams.build import is_native
from streams.partition.output import Output

_LOADS: dict[str, type[ExpressLoad] | type[DemoLoad]] = {"express": ExpressLoad, "demo": DemoLoad}


class Digest:
    """Of outputs, in their order."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=16)
        self.outputs = 0

    def add(self, outputs: Sequence[Output]) -> None:
        """Take some more."""
        self.outputs += len(outputs)
        for output in outputs:
            headers = list(output.headers)
            told = (output.topic, output.partition, output.timestamp, output.key, output.value, headers)
            self._hash.update(repr(told).encode())

    def __str__(self) -> str:
        return self._hash.hexdigest()


def measure(load: Load) -> tuple[LoneCore, Digest]:
    """Let a core take a whole load."""
    digest = Digest()
    core = LoneCore(load, digest.add)
    garbage.settle()
    core.take(sys.maxsize)
    return core, digest


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", type=click.Choice(list(_LOADS)), help="One load instead of both.")
@click.option("--scans", type=click.IntRange(1_000), default=100_000, show_default=True, help="About how many.")
def main(*, only: str | None, scans: int) -> None:
    """Measure, and print one line for each load."""
    kind = "native" if is_native() else "plain Python"
    for name in [only] if only else _LOADS:
        core, digest = measure(_LOADS[name](scans))
        cost = f"{core.seconds / core.scans * 1e6:.2f} us a scan ({kind})"
        click.echo(f"{name}: {cost}, {core.scans} scans, {digest.outputs} outputs, digest {digest}")


if __name__ == "__main__":
    main(prog_name="python -m bench.core")
