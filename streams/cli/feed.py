"""`shipclock feed`: simulated parcels in live time, for trying things out."""

import asyncio
import sys
import time
from itertools import takewhile

import click
import msgspec

from streams.configuration import load_settings
from streams.connecting import connection_of
from streams.errors import ShipclockError
from streams.feed.live import send_live
from streams.feed.profile import Profile
from streams.feed.records import FeedRecord
from streams.feed.simulation import simulate
from streams.kafka.names import Names
from streams.partition.partitioners import PARTITIONERS

_SHARE = click.FloatRange(0, 1)
_DEFAULT = Profile()


@click.command()
@click.option("--bootstrap-servers", help="host:port of one or more brokers, separated by commas.")
@click.option("--namespace", help="Prefix of the topics.")
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    default=_DEFAULT.shipments_per_second,
    show_default=True,
    help="Shipments a second.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0, min_open=True),
    default=_DEFAULT.speed,
    show_default=True,
    help="How many times faster than in reality.",
)
@click.option(
    "--late", type=_SHARE, default=_DEFAULT.late, show_default=True, help="Share of stages that take too long."
)
@click.option(
    "--offline", type=_SHARE, default=_DEFAULT.offline, show_default=True, help="Share of scans uploaded late."
)
@click.option(
    "--duplicates", type=_SHARE, default=_DEFAULT.duplicates, show_default=True, help="Share of scans sent twice."
)
@click.option("--missing", type=_SHARE, default=_DEFAULT.missing, show_default=True, help="Share of scans never sent.")
@click.option(
    "--orphans", type=_SHARE, default=_DEFAULT.orphans, show_default=True, help="Share of registrations after scans."
)
@click.option(
    "--bad", type=_SHARE, default=_DEFAULT.bad, show_default=True, help="Share of scans that a broken copy follows."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="End after so long; without it, at Ctrl-C.")
@click.option("--dry-run", is_flag=True, help="Print the records as JSON lines, at once, instead of sending them.")
def feed(
    *,
    bootstrap_servers: str | None,
    namespace: str | None,
    rate: float,
    speed: float,
    late: float,
    offline: float,
    duplicates: float,
    missing: float,
    orphans: float,
    bad: float,
    seed: int,
    seconds: float | None,
    dry_run: bool,
) -> None:
    """Send simulated registrations and scans as they happen, to topics that exist.

    The same seed gives the same parcels, under new numbers each time.  Connection and credentials are settings
    (SHIPCLOCK_BOOTSTRAP_SERVERS, ...).
    """
    profile = Profile(
        shipments_per_second=rate,
        speed=speed,
        late=late,
        offline=offline,
        duplicates=duplicates,
        missing=missing,
        orphans=orphans,
        bad=bad,
    )
    start = time.time_ns() // 1_000_000
    records = simulate(profile, seed, start)
    if seconds is not None:
        end = start + seconds * 1000
        records = takewhile(lambda record: record.timestamp < end, records)
    if dry_run:
        for record in records:
            click.echo(_line(record))
        return
    settings = load_settings(bootstrap_servers=bootstrap_servers, namespace=namespace)
    options, topic_name = connection_of(settings).options(), Names(settings.namespace).topic
    progress = _Progress()
    try:
        asyncio.run(send_live(options, topic_name, records, progress.show, PARTITIONERS[settings.partitioner]))
    except KeyboardInterrupt:
        pass
    except ShipclockError:
        progress.give_way()
        raise
    progress.close()


def _line(record: FeedRecord) -> str:
    key, value = ((raw or b"").decode(errors="replace") for raw in (record.key, record.value))
    shown = {"topic": record.topic, "key": key, "value": value, "timestamp": record.timestamp}
    return msgspec.json.encode(shown).decode()


class _Progress:
    sent = 0

    def show(self, sent: int) -> None:
        self.sent = sent
        if sys.stderr.isatty():
            click.echo(f"\r{sent:,} records sent ", nl=False, err=True)

    def give_way(self) -> None:
        """Leave the line to an error."""
        if sys.stderr.isatty():
            click.echo(err=True)

    def close(self) -> None:
        start = "\r" if sys.stderr.isatty() else ""
        click.echo(f"{start}sent {self.sent:,} records", err=True)
