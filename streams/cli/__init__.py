"""The command line: `shipclock COMMAND`.  Each command is imported when it is called."""

import errno
import logging
import os
import signal
import sys
from importlib import import_module
from importlib.util import find_spec
from io import TextIOWrapper
from types import FrameType
from typing import Any

import click

from streams.errors import ShipclockError

COMMANDS = {
    "worker": "streams.cli.worker:worker",
    "demo": "streams.cli.demo:demo",
    "feed": "streams.cli.feed:feed",
    "topics": "streams.cli.topics:topics",
    "partitions": "streams.cli.partitions:partitions",
    "backtest": "streams.cli.backtest:backtest_command",
    "policy": "streams.cli.policy:policy",
    "suspend": "streams.cli.suspend:suspend",
}
"""Command name to `module:object`."""

# The client library reports each attempt; what fails for good comes as an error of our own.  A worker logs both.
logging.getLogger("aiokafka").addHandler(logging.NullHandler())


_INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""
_INIT = 1
"""Id of the first process of a container."""


def _terminated(number: int, _frame: FrameType | None) -> None:
    """End as any process does that SIGTERM ends.  Who has something to finish sets a handler of its own."""
    os._exit(128 + number)


class LazyGroup(click.Group):
    """Imports the module of a command when it is asked for: `--help` and quick commands stay quick."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command line.  What the terminal's encoding lacks is shown as `?`, and ends nothing."""
        if os.getpid() == _INIT:
            # No signal ends the first process of a container that it does not handle: it would be lost.
            signal.signal(signal.SIGTERM, _terminated)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click gives it
        """Return the names of all commands."""
        return [name for name, target in COMMANDS.items() if find_spec(target.partition(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click gives it
        """Import a command."""
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; print a `ShipclockError` in one line and exit with its code; a full disk, too.

        Ctrl-C ends it quietly, also while it is imported.
        """
        try:
            return super().invoke(ctx)
        except ShipclockError as error:
            click.echo(f"shipclock: {error}", err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            click.echo(f"shipclock: {error.strerror}: what was to be written is not all there", err=True)
            sys.exit(ShipclockError.exit_code)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done; 1 failed; 2 wrong setting, policy or option; 3 topics, rights or group do not fit; 4 no"
    " broker answers or lets us in; 5 records were removed before they were read; 10 `topics plan` has changes to"
    " make.",
)
@click.version_option(package_name="shipclock", prog_name="shipclock")
def main() -> None:
    """Keep time on every promise that a parcel carries.

    Settings come from environment variables SHIPCLOCK_* and from the file that SHIPCLOCK_CONFIG names.
    """
