"""`shipclock policy publish|active`: the versions that hold for all partitions, changed while they run."""

import json
import time
from datetime import datetime
from typing import Any, Literal

import click
import msgspec

from schemas.records import PolicyPublication
from streams.cli.control_records import AT, NAMESPACE, SERVERS, Instant, known, settings_of, sound, tell
from streams.configuration import load_settings
from streams.errors import PolicyError
from streams.kafka.announcing import LARGEST
from streams.kafka.rights import POLICIES
from streams.partition.meta import Meta
from streams.sla.instants import from_datetime, rfc3339
from streams.sla.policy.load import load_policy
from streams.sla.policy.naming import page_file

AHEAD_MS = 60_000
"""How far ahead of now a version begins, unless told otherwise: long enough for every partition to know of it."""


@click.command()
@click.argument("file")
@click.option("--effective-from", type=Instant(), help="For clocks that start from then on; without it, in a minute.")
@click.option("--rerate", is_flag=True, help="Also judge clocks again that have started since --effective-from.")
@AT
@NAMESPACE
@SERVERS
def publish(*, file: str, effective_from: datetime | None, rerate: bool, at: datetime | None, **asked: Any) -> None:
    """Put a version of the policy into force, in every partition, without a restart.

    FILE is a file, or the name of a policy that comes with Shipclock.  Clocks keep the version that was in force when
    they started; --rerate is the exception.  May be repeated: the same version again changes nothing.
    """
    policy = load_policy(page_file(file))
    if rerate and effective_from is None:
        raise click.UsageError("--rerate needs --effective-from: from which start on are clocks to be judged again?")
    settings = settings_of(at, **asked)
    begins = _now() + AHEAD_MS if effective_from is None else from_datetime(effective_from)
    body = PolicyPublication(
        name=policy.name,
        version=policy.version,
        digest=policy.digest,
        effective_from=_moment(begins),
        document=msgspec.json.decode(policy.document),
        rerate=rerate,
    )
    value = sound(body)
    if len(value) > LARGEST:
        raise PolicyError(f"{file} has {len(value)} bytes as JSON, more than a record may have ({LARGEST}): shorten it")
    count = tell(settings, policy.digest.encode(), value, at, archive=POLICIES)
    now = _now() if at is None else from_datetime(at)
    when = rfc3339(begins)
    if begins < now and not rerate:
        when += ", or from now on where it was not in force before,"
    click.echo(f"{policy.name} {policy.version} ({policy.digest}) holds from {when} in {count} partitions")


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@NAMESPACE
@SERVERS
def active(*, form: Literal["text", "json"], **asked: Any) -> None:
    """Show the versions, suspensions and silent feeds that are in force, by partition, as committed."""
    settings = load_settings(**asked)
    found = known(settings)
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
