"""`shipclock policy publish|active` and `shipclock suspend`: what holds for all partitions, changed while they run."""

import asyncio
import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import click
import msgspec
from msgspec.structs import replace

from schemas.records import PolicyPublication, RegionSuspension
from streams.configuration import load_settings
from streams.connecting import connection_of
from streams.errors import PolicyError
from streams.kafka.announcing import LARGEST, POLICIES, announce, in_force
from streams.kafka.names import Names
from streams.partition.meta import Meta
from streams.settings import Settings
from streams.sla.instants import from_datetime, rfc3339
from streams.sla.policy.load import load_policy

AHEAD_MS = 60_000
"""How far ahead of now a version begins, unless told otherwise: long enough for every partition to know of it."""

AWARE_WITHIN_S = 5
"""How long is waited for partitions to know what was written; workers that run need less than a second."""
AWARE_EVERY_S = 0.25


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


_SERVERS = click.option("--bootstrap-servers", help="host:port of one or more brokers, separated by commas.")
_NAMESPACE = click.option("--namespace", help="Prefix of topics, group and transactional ids.")
_AT = click.option(
    "--at", type=Instant(), help="Timestamp of the record: its place in recorded time. Only in replay time."
)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--effective-from", type=Instant(), help="For clocks that start from then on; without it, in a minute.")
@click.option("--rerate", is_flag=True, help="Also judge clocks again that have started since --effective-from.")
@_AT
@_NAMESPACE
@_SERVERS
def publish(*, file: Path, effective_from: datetime | None, rerate: bool, at: datetime | None, **asked: Any) -> None:
    """Put a version of the policy into force, in every partition, without a restart.

    Clocks keep the version that was in force when they started; --rerate is the exception.  May be repeated: the same
    version again changes nothing.
    """
    policy = load_policy(file)
    if rerate and effective_from is None:
        raise click.UsageError("--rerate needs --effective-from: from which start on are clocks to be judged again?")
    settings = _settings(at, **asked)
    begins = _now() + AHEAD_MS if effective_from is None else from_datetime(effective_from)
    body = PolicyPublication(
        name=policy.name,
        version=policy.version,
        digest=policy.digest,
        effective_from=_moment(begins),
        document=msgspec.json.decode(policy.document),
        rerate=rerate,
    )
    value = _sound(body)
    if len(value) > LARGEST:
        raise PolicyError(f"{file} has {len(value)} bytes as JSON, more than a record may have ({LARGEST}): shorten it")
    count = _announce(settings, policy.digest.encode(), value, at, archive=POLICIES)
    now = _now() if at is None else from_datetime(at)
    when = rfc3339(begins)
    if begins < now and not rerate:
        when += ", or from now on where it was not in force before,"
    click.echo(f"{policy.name} {policy.version} ({policy.digest}) holds from {when} in {count} partitions")


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_NAMESPACE
@_SERVERS
def active(*, form: Literal["text", "json"], **asked: Any) -> None:
    """Show the versions, suspensions and silent feeds that are in force, by partition, as committed."""
    settings = load_settings(**asked)
    found = asyncio.run(in_force(connection_of(settings).options(), Names(settings.namespace)))
    if form == "json":
        click.echo(json.dumps({number: msgspec.to_builtins(_shown(meta)) for number, meta in found.items()}))
        return
    for number, meta in found.items():
        for one in () if meta is None else meta.policies:
            since = f"from {rfc3339(one.begins)}" if one.begins else "from the beginning"
            click.echo(f"{number:>5}  {one.name} {one.version} ({one.digest}) {since}")
        for held in () if meta is None else meta.suspensions:
            click.echo(f"{number:>5}  suspension {held.id} of {', '.join(held.regions)}{' (lifted)' * held.lifted}")
        for silence in () if meta is None else meta.silences:
            click.echo(f"{number:>5}  feed {silence.facility} is silent, heard of last at {rfc3339(silence.heard_at)}")
        if meta is None:
            click.echo(f"{number:>5}  nothing yet")
        elif meta.sweep is not None:
            click.echo(f"{number:>5}  shipments are being judged again, up to {meta.sweep.after!r} so far")


@click.command()
@click.argument("name", metavar="ID")
@click.option("--region", "regions", multiple=True, required=True, help="May be given several times.")
@click.option("--from", "begins", type=Instant(), required=True)
@click.option("--until", type=Instant(), help="Without it, until a later revision tells.")
@click.option("--reason", help="For people.")
@click.option("--revision", type=click.IntRange(0), help="The greatest one holds; without it, the next one.")
@click.option("--lift", is_flag=True, help="Take it back as if it had never been.")
@_AT
@_NAMESPACE
@_SERVERS
def suspend(
    *,
    name: str,
    regions: tuple[str, ...],
    begins: datetime,
    until: datetime | None,
    reason: str | None,
    revision: int | None,
    lift: bool,
    at: datetime | None,
    **asked: Any,
) -> None:
    """Stop the clocks of shipments from or to some regions for a time: a typhoon, a lockdown."""
    if until is not None and until <= begins:
        raise click.UsageError("--until must come after --from")
    settings = _settings(at, **asked)
    body = RegionSuspension(
        id=name, revision=revision or 0, regions=regions, begin=begins, until=until, reason=reason, lifted=lift
    )
    _sound(body)
    body = replace(body, revision=_revision(settings, name, revision, lift=lift))
    count = _announce(settings, name.encode(), _sound(body), at)
    click.echo(f"suspension {name}, revision {body.revision}, is written to {count} partitions")
    unaware = _unaware(settings, name, body.revision)
    if unaware:
        click.echo(
            f"not yet known to partitions {', '.join(map(str, unaware))}; until shipclock policy active shows it there"
            f" a further change needs --revision {body.revision + 1}"
        )


def _unaware(settings: Settings, name: str, revision: int) -> list[int]:
    """The partitions that do not know a revision of a suspension, though they were given a moment."""
    give_up_at = time.monotonic() + AWARE_WITHIN_S
    while True:
        found = asyncio.run(in_force(connection_of(settings).options(), Names(settings.namespace)))
        unaware = [
            number
            for number, meta in found.items()
            if meta is None or not any(one.id == name and one.revision >= revision for one in meta.suspensions)
        ]
        if not unaware or time.monotonic() > give_up_at:
            return unaware
        time.sleep(AWARE_EVERY_S)


def _revision(settings: Settings, name: str, asked: int | None, *, lift: bool) -> int:
    """The revision of a suspension that is to be told: above all that are known."""
    found = asyncio.run(in_force(connection_of(settings).options(), Names(settings.namespace)))
    held = [one.revision for meta in found.values() if meta is not None for one in meta.suspensions if one.id == name]
    newest = max(held, default=-1)
    if asked is not None and asked <= newest:
        raise click.UsageError(
            f"revision {newest} of {name} is known already, so {asked} would change nothing: leave --revision out"
        )
    if asked is None and lift and not held:
        raise click.UsageError(f"no partition knows a suspension {name}; shipclock policy active shows those there are")
    return newest + 1 if asked is None else asked


def _sound(body: PolicyPublication | RegionSuspension) -> bytes:
    """The JSON of a control record, which no partition will refuse for its form."""
    value = msgspec.json.encode(body)
    try:
        msgspec.json.decode(value, type=type(body))
    except msgspec.ValidationError as error:
        raise click.UsageError(f"every partition would reject such a record: {error}") from error
    return value


def _settings(at: datetime | None, **asked: Any) -> Settings:
    settings = load_settings(**asked)
    if settings.time == "replay" and at is None:
        raise click.UsageError("in replay time a control record needs its place in time: give --at")
    if settings.time == "live" and at is not None:
        raise click.UsageError("--at goes with replay time; the brokers' clock rules here")
    return settings


def _announce(settings: Settings, key: bytes, value: bytes, at: datetime | None, *, archive: str | None = None) -> int:
    stamp = None if at is None else from_datetime(at)
    options, names = connection_of(settings).options(), Names(settings.namespace)
    return asyncio.run(announce(options, names, key, value, stamp, archive=archive))


def _shown(meta: Meta | None) -> dict[str, Any]:
    if meta is None:
        return {"policies": [], "suspensions": [], "silences": [], "sweep": None}
    return {
        "policies": meta.policies,
        "suspensions": meta.suspensions,
        "silences": meta.silences,
        "sweep": meta.sweep,
    }


def _now() -> int:
    return time.time_ns() // 1_000_000


def _moment(at: int) -> datetime:
    return datetime.fromisoformat(rfc3339(at))
