"""What the commands share that write control records: to all partitions, and none that would be refused."""

import asyncio
from datetime import datetime
from typing import Any

import click
import msgspec

from schemas.records import PolicyPublication, RegionSuspension
from streams.configuration import load_settings
from streams.connecting import connection_of
from streams.kafka.announcing import announce, in_force
from streams.kafka.names import Names
from streams.partition.meta import Meta
from streams.settings import Settings
from streams.sla.instants import from_datetime, rfc3339


class Instant(click.ParamType):
    """RFC 3339 with an offset."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the instant of a text."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant; give one such as 2026-12-01T00:00:00+08:00", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no offset; add one, such as +08:00 or Z", param, ctx)
        return moment


SERVERS = click.option("--bootstrap-servers", help="host:port of one or more brokers, separated by commas.")
NAMESPACE = click.option("--namespace", help="Prefix of topics, group and transactional ids.")
AT = click.option(
    "--at", type=Instant(), help="Timestamp of the record: its place in recorded time. Only in replay time."
)


def settings_of(at: datetime | None, **asked: Any) -> Settings:
    """The settings, where a record with this place in time goes with them.  Raises `click.UsageError`."""
    settings = load_settings(**asked)
    if settings.time == "replay" and at is None:
        raise click.UsageError("in replay time a control record needs its place in time: give --at")
    if settings.time == "live" and at is not None:
        raise click.UsageError("--at goes with replay time; the brokers' clock rules here")
    return settings


def tell(settings: Settings, key: bytes, value: bytes, at: datetime | None, *, archive: str | None = None) -> int:
    """Write a record to every partition; gives how many there are.  `archive` is a topic that gets it, too."""
    stamp = None if at is None else from_datetime(at)
    options, names = connection_of(settings).options(), Names(settings.namespace)
    return asyncio.run(announce(options, names, key, value, stamp, archive=archive))


def known(settings: Settings) -> dict[int, Meta | None]:
    """What is in force, by partition, as committed; None where there is nothing yet."""
    return asyncio.run(in_force(connection_of(settings).options(), Names(settings.namespace)))


def moment(at: int) -> datetime:
    """An instant in UTC milliseconds as records say it."""
    return datetime.fromisoformat(rfc3339(at))


def sound(body: PolicyPublication | RegionSuspension) -> bytes:
    """The JSON of a control record, which no partition will refuse for its form."""
    value = msgspec.json.encode(body)
    try:
        msgspec.json.decode(value, type=type(body))
    except msgspec.ValidationError as error:
        raise click.UsageError(f"every partition would reject such a record: {error}") from error
    return value
