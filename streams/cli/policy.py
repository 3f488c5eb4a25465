"""`shipclock policy`: check, compare and explain policies."""

import sys
from codecs import BOM_UTF8
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click
import msgspec

from streams.cli.publish import active, publish
from streams.errors import PolicyError
from streams.intake.care import read_care_event
from streams.intake.registrations import read_registration
from streams.intake.rejection import Rejected
from streams.intake.scans import read_scan
from streams.pages import Value
from streams.sla.evidence import effective, insert
from streams.sla.instants import NEVER, from_datetime, rfc3339
from streams.sla.phases import OPEN
from streams.sla.policy.account import accounts
from streams.sla.policy.checking import doubts
from streams.sla.policy.comparing import changes
from streams.sla.policy.every_error import every_error
from streams.sla.policy.load import compiled, document_of, policy_page
from streams.sla.policy.naming import page_file
from streams.sla.policy.schema import policy_schema
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.state import Shipment

_FILE = click.Path(dir_okay=False, path_type=Path)
_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
Form = Literal["text", "json"]


class Finding(msgspec.Struct, frozen=True):
    """One line of a check."""

    kind: Literal["error", "warning"]
    file: str
    what: str


@click.group()
def policy() -> None:
    """Check, compare and explain pages of promises; put them into force."""


policy.add_command(publish)
policy.add_command(active)


@policy.command()
@click.argument("names", metavar="FILE...", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@_FORMAT
def check(*, names: tuple[str, ...], strict: bool, form: Form) -> None:
    """Say what is wrong with policies, and what is doubtful.

    FILE is a file, or the name of a policy that comes with Shipclock.  Exit codes: 0 all are sound, 2 one cannot be
    used (or, with --strict, is doubtful).
    """
    found = [finding for name in names for finding in _findings(name)]
    if form == "json":
        click.echo(msgspec.json.encode(found))
    else:
        for finding in found:
            click.echo(f"{finding.kind}: {finding.what}")
        wrong = {finding.file for finding in found}
        for name in names:
            if name not in wrong:
                click.echo(f"{name}: sound")
    if any(strict or finding.kind == "error" for finding in found):
        sys.exit(PolicyError.exit_code)


@policy.command()
@click.argument("before")
@click.argument("after")
@_FORMAT
def diff(*, before: str, after: str, form: Form) -> None:
    """Say what changes from one policy to another, and for whom."""
    pages = [_page(name) for name in (before, after)]
    for page in pages:
        compiled(page)
    found = changes(document_of(pages[0]), document_of(pages[1]))
    if form == "json":
        click.echo(msgspec.json.encode(found))
        return
    for change in found:
        click.echo(f"{change.kind}: {change.what}")
    if not found:
        click.echo("nothing changes for any shipment")


@policy.command()
@click.argument("name", metavar="POLICY")
@click.option("--shipment", required=True, type=_FILE, help="A registration, as on the topic `shipments`.")
@click.option("--scans", type=_FILE, help="Its scans and care events, one JSON record a line.")
@click.option("--clock", help="Only this clock.")
@click.option("--at", "instant", help="As it stood then (RFC 3339); without it, after the last scan.")
@_FORMAT
def explain(
    *, name: str, shipment: Path, scans: Path | None, clock: str | None, instant: str | None, form: Form
) -> None:
    """Say, for one shipment, which rule gave which due time, step by step, and what each clock is worth."""
    rules = compiled(_page(name))
    if clock is not None and all(clock != one.name for one in rules.clocks):
        known = ", ".join(one.name for one in rules.clocks)
        raise click.BadParameter(f"{name} has no clock {clock!r}; there are {known}", param_hint="--clock")
    registration, body = _registration(shipment, rules.needs)
    life = Shipment(0, OPEN)
    life.registration = registration
    for number, line in enumerate([] if scans is None else _content(scans, "--scans").splitlines(), 1):
        if line.strip():
            scan = _scan(line, body, f"{scans}:{number}", facilities="facility" in rules.needs)
            other = next((one for one in life.scans if one.scan_id == scan.scan_id), None)
            if other is None or scan.version() > other.version():
                insert(life, scan, other)
    last = max([registration.registered_at, *(scan.at for scan in life.scans)])
    at = last if instant is None else _instant(instant)
    if at < registration.registered_at:
        then = rfc3339(registration.registered_at)
        raise click.BadParameter(f"the shipment was registered at {then}: give a later instant", param_hint="--at")
    found = accounts(rules, registration, effective(life).listed, at=at, clock=clock)
    if form == "json":
        click.echo(msgspec.json.encode(found))
        return
    for account in found:
        click.echo(f"{account.clock}{f' {account.key}' if account.key else ''}: {account.verdict}")
        for step in account.steps:
            click.echo(f"  {step}")


@policy.command()
def schema() -> None:
    """Print the JSON Schema of policies, for editors."""
    click.echo(msgspec.json.format(msgspec.json.encode(policy_schema()), indent=2))


def _page(name: str) -> Value:
    return policy_page(page_file(name))


def _findings(name: str) -> list[Finding]:
    try:
        page = _page(name)
    except PolicyError as error:
        return [Finding("error", name, str(error))]
    errors = every_error(page)
    if errors:
        return [Finding("error", name, str(error)) for error in errors]
    return [
        Finding("warning", name, f"{page.locate(doubt.path)}: {doubt.path}: {doubt.what}")
        for doubt in doubts(document_of(page))
    ]


def _registration(file: Path, needs: frozenset[str]) -> tuple[Registration, bytes]:
    body = _content(file, "--shipment")
    try:
        key = _key(body)
        return read_registration(key, body, NEVER // 2, needs), key
    except (Rejected, msgspec.MsgspecError) as error:
        raise click.BadParameter(f"{file}: {error}", param_hint="--shipment") from error


def _content(file: Path, option: str) -> bytes:
    try:
        return file.read_bytes().removeprefix(BOM_UTF8)
    except OSError as error:
        raise click.BadParameter(f"{file} cannot be read: {error.strerror}", param_hint=option) from error


class _Keyed(msgspec.Struct):
    shipment_id: str
    event_id: str | None = None


def _key(body: bytes) -> bytes:
    return msgspec.json.decode(body, type=_Keyed).shipment_id.encode()


def _scan(line: bytes, key: bytes, where: str, *, facilities: bool) -> KnownScan:
    try:
        if msgspec.json.decode(line, type=_Keyed).event_id is not None:
            return read_care_event(key, line, NEVER // 2)[0]
        return read_scan(key, line, NEVER // 2, facilities=facilities)[0]
    except (Rejected, msgspec.MsgspecError) as error:
        raise click.BadParameter(f"{where}: {error}", param_hint="--scans") from error


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no instant; give one such as 2026-11-01T00:00:00Z") from error
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
