"""`shipclock topics plan|apply`: what the cluster's topics lack, and putting it right."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Literal

import click

from schemas.catalogue import load_catalogue
from streams.configuration import load_settings
from streams.connecting import connection_of
from streams.errors import TopicMismatch
from streams.settings import Settings
from streams.topics.cluster import TopicCluster
from streams.topics.connection import connected
from streams.topics.plan import Plan, plan_topics
from streams.topics.report import as_document, as_text, in_one_line
from streams.topics.target import Target

CHANGES_PENDING = 10
"""Exit code of `plan` when `apply` has something to do."""

Format = Literal["text", "json"]


@click.group()
def topics() -> None:
    """Check and create the topics of a namespace.

    Every option can also be a setting (SHIPCLOCK_NAMESPACE, ...), credentials always are.
    """


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True),
        click.option("--time", type=click.Choice(["live", "replay"]), help="Whose time rules."),
        click.option("--replication-factor", type=click.IntRange(1, 32), help="Copies; 3 if there are the brokers."),
        click.option("--partitions", type=click.IntRange(1, 10_000), help="Of every topic; what exists, or 12."),
        click.option("--intake-topic", help="Whole name of a carrier's topic that is to be taken in."),
        click.option("--namespace", help="Prefix of the topics."),
        click.option("--bootstrap-servers", help="host:port of one or more brokers, separated by commas."),
    ):
        command = option(command)
    return command


@topics.command("plan")
@_options
def plan_command(form: Format, **asked: Any) -> None:
    """Show what apply would do; change nothing.

    Exit code 0: nothing to do.  10: there are changes to apply.  3: something is wrong that apply cannot mend.
    """
    settings, target = _target(**asked)
    plan = asyncio.run(_run(settings, target, change=False))
    _show(target, plan, form, applied=False)
    _refuse(plan)
    if plan.actions:
        raise click.exceptions.Exit(CHANGES_PENDING)


@topics.command("apply")
@_options
def apply_command(form: Format, **asked: Any) -> None:
    """Create missing topics and mend those that Shipclock writes.

    Source topics that exist are never altered: they may be another team's.  A carrier's topic is not created either.
    May be repeated.  Exit code 0: done.  3: refused, something is wrong that cannot be mended; nothing was changed.
    """
    settings, target = _target(**asked)
    plan = asyncio.run(_run(settings, target, change=True))
    _show(target, plan, form, applied=not plan.fatal)
    _refuse(plan)


def _target(replication_factor: int | None, partitions: int | None, **overrides: Any) -> tuple[Settings, Target]:
    settings = load_settings(**overrides)
    target = Target(
        catalogue=load_catalogue(),
        namespace=settings.namespace,
        time=settings.time,
        partitions=partitions,
        replication=replication_factor,
        source_timestamps=settings.source_timestamps,
        carrier=settings.intake_topic,
    )
    return settings, target


async def _run(settings: Settings, target: Target, *, change: bool) -> Plan:
    async with connected(settings.bootstrap_servers, connection_of(settings).options()) as client:
        cluster = TopicCluster(client)
        plan = plan_topics(target, await cluster.describe(target.names()))
        if change and not plan.fatal:
            await cluster.apply(plan.actions)
        return plan


def _show(target: Target, plan: Plan, form: Format, *, applied: bool) -> None:
    for line in as_text(plan, applied=applied):
        click.echo(line, err=form == "json")
    if form == "json":
        click.echo(json.dumps(as_document(target, plan, applied=applied), ensure_ascii=False))


def _refuse(plan: Plan) -> None:
    if plan.fatal:
        raise TopicMismatch(in_one_line(plan.fatal))
