"""`shipclock policy publish|active`: the versions that hold for all partitions, changed while they run."""

import json
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

import click
import msgspec

from schemas.records import PolicyPublication
from streams.cli.control_records import AT, NAMESPACE, SERVERS, Instant, known, moment, settings_of, sound, tell
from streams.configuration import load_settings
from streams.errors import PolicyError
from streams.kafka.announcing import LARGEST
from streams.kafka.rights import POLICIES
from streams.partition.meta import Meta
from streams.settings import Settings
from streams.sla.instants import NEVER, from_datetime, rfc3339
from streams.sla.policy.load import load_policy
from streams.sla.policy.naming import page_file

AHEAD_MS = 60_000
"""How far ahead of now a version begins, unless told otherwise: long enough for every partition to know of it."""


@click.command()
@click.argument("file")
@click.option("--effective-from", type=Instant(), help="For clocks that start from then on; without it, in a minute.")
@click.option("--rerate", is_flag=True, help="Also judge clocks again that have started since --effective-from.")
@click.option("--replace", is_flag=True, help="Take the place of a policy of another name.")
@AT
@NAMESPACE
@SERVERS
def publish(
    *, file: str, effective_from: datetime | None, rerate: bool, replace: bool, at: datetime | None, **asked: Any
) -> None:
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
        effective_from=moment(begins),
        document=msgspec.json.decode(policy.document),
        rerate=rerate,
    )
    value = sound(body)
    if len(value) > LARGEST:
        raise PolicyError(f"{file} has {len(value)} bytes as JSON, more than a record may have ({LARGEST}): shorten it")
    if not replace:
        _expect(settings, policy.name, file)
    count = tell(settings, policy.digest.encode(), value, at, archive=POLICIES)
    now = _now() if at is None else from_datetime(at)
    when = rfc3339(begins)
    if begins < now and not rerate:
        when += ", or from now on where it was not in force before,"
    click.echo(f"{policy.name} {policy.version} ({policy.digest}) holds from {when} in {count} partitions")


def _expect(settings: Settings, name: str, file: str) -> None:
    """Raise `click.UsageError` where a policy of another name is the latest: its promises would all be gone."""
    latest = {meta.policies[-1].name for meta in known(settings).values() if meta is not None and meta.policies}
    others = ", ".join(sorted(latest - {name}))
    if others:
        raise click.UsageError(
            f"{file} is the policy {name}, and the policy {others} is in force: name it so, or say --replace"
        )


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
    places: dict[str, list[int]] = {}
    for number, meta in found.items():
        for line in ("nothing yet",) if meta is None else _lines(meta):
            places.setdefault(line, []).append(number)
    for line, numbers in places.items():
        where = "all" if len(numbers) == len(found) else ranges(numbers)
        click.echo(f"{where:>5}  {line}")


def _lines(meta: Meta) -> Iterator[str]:
    """What a partition goes by, for people."""
    for one in meta.policies:
        yield f"{one.name} {one.version} ({one.digest}) from {rfc3339(one.begins) if one.begins else 'the beginning'}"
    for held in meta.suspensions:
        until = "" if held.until == NEVER else f" until {rfc3339(held.until)}"
        yield (
            f"suspension {held.id}, revision {held.revision}, of {', '.join(held.regions)}"
            f" from {rfc3339(held.begins)}{until}{' (lifted)' * held.lifted}"
        )
    for silence in meta.silences:
        yield f"feed {silence.facility} is silent, heard of last at {rfc3339(silence.heard_at)}"
    if meta.sweep is not None:
        yield f"shipments are being judged again, up to {meta.sweep.after!r} so far"


def ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers in few characters: `0-2,5,7-8`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ",".join("-".join(map(str, run)) for run in runs)


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
