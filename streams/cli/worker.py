"""`shipclock worker`: do one job until told to stop."""

import asyncio
import os
import sys
from typing import Any

import click
import structlog

from streams import heap, open_files
from streams.configuration import load_settings, unknown_variables
from streams.errors import ShipclockError
from streams.jobs import KINDS
from streams.logs import configure_logging
from streams.worker import Worker


@click.command()
@click.option("--job", type=click.Choice(list(KINDS)), help="What to do, see above.")
@click.option("--intake-topic", help="Whole name of the carrier's topic, for the job intake.")
@click.option("--intake-mapping", help="Mapping file, or name of a mapping that comes with Shipclock.")
@click.option("--namespace", help="Prefix of topics, group and transactional ids.")
@click.option("--bootstrap-servers", help="host:port of one or more brokers, separated by commas.")
@click.option("--time", type=click.Choice(["live", "replay"]), help="Whose time rules.")
@click.option("--http-port", type=int, help="Port of metrics and health; 0 chooses a free one.")
@click.option("--log-format", type=click.Choice(["json", "console"]))
def worker(**options: Any) -> None:
    """Do one job until SIGTERM or SIGINT: judge promises (sla), sum up (scorecards), listen (feeds), take in (intake).

    Every option is also a setting; the environment names the others.
    """
    heap.only_one()
    open_files.raise_limit()
    settings = load_settings(**options)
    configure_logging(settings.log_format, settings.log_level)
    unknown = unknown_variables()
    if unknown:
        structlog.get_logger("streams.worker").warning(
            "these environment variables are no settings and change nothing; Kubernetes may have put them there",
            variables=unknown,
        )
    # Left open: to close it is to wait for threads that look up names, for as long as nothing answers them.
    code = asyncio.Runner().run(_run(settings))
    # Faust leaves a thread behind when its broker is gone; the process must end all the same.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def _run(settings: Any) -> int:
    log = structlog.get_logger("streams.worker")
    try:
        await Worker(settings).run()
    except ShipclockError as error:
        log.debug("ended", exc_info=error)
        click.echo(f"shipclock: {error}", err=True)
        return error.exit_code
    except Exception as error:
        log.critical("the worker has failed", exc_info=error)
        click.echo(f"shipclock: the worker has failed: {type(error).__name__}: {error}", err=True)
        return 1
    return 0
