"""`shipclock suspend`: time that does not count in some regions, told to all partitions while they run."""

import time
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

import click
from msgspec.structs import replace

from schemas.records import RegionSuspension
from streams.cli.control_records import AT, NAMESPACE, SERVERS, Instant, known, moment, settings_of, sound, tell
from streams.cli.publish import ranges
from streams.settings import Settings
from streams.sla.surroundings import Suspension

AWARE_WITHIN_S = 5
"""How long is waited for partitions to know what was written; workers that run need less than a second."""
AWARE_EVERY_S = 0.25
_UNKNOWN: Final = "no partition knows a suspension {}; shipclock policy active shows those there are"


@click.command()
@click.argument("name", metavar="ID")
@click.option("--region", "regions", multiple=True, help="May be given several times.")
@click.option("--from", "begins", type=Instant(), help="Since when.")
@click.option("--until", type=Instant(), help="Without it, until a later revision tells.")
@click.option("--reason", help="For people.")
@click.option("--revision", type=click.IntRange(0), help="The greatest one holds; without it, the next one.")
@click.option("--lift", is_flag=True, help="Take it back as if it had never been; needs nothing but the ID.")
@AT
@NAMESPACE
@SERVERS
def suspend(
    *,
    name: str,
    regions: tuple[str, ...],
    begins: datetime | None,
    until: datetime | None,
    reason: str | None,
    revision: int | None,
    lift: bool,
    at: datetime | None,
    **asked: Any,
) -> None:
    """Stop the clocks of shipments from or to some regions for a time: a typhoon, a lockdown."""
    if not lift and (not regions or begins is None):
        raise click.UsageError("say which regions and since when: --region, --from; --lift alone needs neither")
    if until is not None and begins is not None and until <= begins:
        raise click.UsageError("--until must come after --from")
    if not all(map(str.strip, regions)):
        raise click.BadParameter("an empty text is no region: name one as shipments do", param_hint="--region")
    settings = settings_of(at, **asked)
    if not regions or begins is None:
        held = _held(settings, name)
        regions, begins = regions or held.regions, begins or moment(held.begins)
    body = RegionSuspension(
        id=name, revision=revision or 0, regions=regions, begin=begins, until=until, reason=reason, lifted=lift
    )
    sound(body)
    body = replace(body, revision=_revision(settings, name, revision, lift=lift))
    count = tell(settings, name.encode(), sound(body), at)
    click.echo(f"suspension {name}, revision {body.revision}, is written to {count} partitions")
    unaware = _unaware(settings, name, body.revision)
    if unaware:
        click.echo(
            f"not yet known to partitions {ranges(unaware)}; until shipclock policy active shows it there"
            f" a further change needs --revision {body.revision + 1}"
        )


def _unaware(settings: Settings, name: str, revision: int) -> list[int]:
    """The partitions that do not know a revision of a suspension, though they were given a moment."""
    give_up_at = time.monotonic() + AWARE_WITHIN_S
    while True:
        unaware = [
            number
            for number, meta in known(settings).items()
            if meta is None or not any(one.id == name and one.revision >= revision for one in meta.suspensions)
        ]
        if not unaware or time.monotonic() > give_up_at:
            return unaware
        time.sleep(AWARE_EVERY_S)


def _told(settings: Settings, name: str) -> list[Suspension]:
    """What partitions know of a suspension."""
    metas = known(settings).values()
    return [one for meta in metas if meta is not None for one in meta.suspensions if one.id == name]


def _held(settings: Settings, name: str) -> Suspension:
    """The newest that is known of a suspension.  Raises `click.UsageError` where nothing is."""
    told = _told(settings, name)
    if not told:
        raise click.UsageError(_UNKNOWN.format(name))
    return max(told, key=attrgetter("revision"))


def _revision(settings: Settings, name: str, asked: int | None, *, lift: bool) -> int:
    """The revision of a suspension that is to be told: above all that are known."""
    told = _told(settings, name)
    newest = max((one.revision for one in told), default=-1)
    if asked is not None and asked <= newest:
        raise click.UsageError(
            f"revision {newest} of {name} is known already, so {asked} would change nothing: leave --revision out"
        )
    if asked is None and lift and not told:
        raise click.UsageError(_UNKNOWN.format(name))
    return newest + 1 if asked is None else asked
