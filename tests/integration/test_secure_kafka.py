"""A broker with TLS, passwords and rights: with those that deploy/kafka/README.md lists everything works."""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from aiokafka import AIOKafkaProducer

from streams.demo.conditions import holds_within
from streams.demo.workers import Worker, foreign
from streams.topics.cluster import TopicCluster
from streams.topics.connection import connected
from streams.topics.plan import CreateTopic
from tests.integration.admitting import admit
from tests.integration.parcels import MINUTE, POLICY, Parcels, verdicts
from tests.integration.rights import GROUP, LITERAL, OPERATIONS, TOPIC, Right, rights, without
from tests.integration.secured import STRANGER, SecuredKafka, secured_kafka
from tests.integration.stage import WITHIN_S, Ended, Stage, run_command

PASSWORD: Final = "hunter2-and-more"  # noqa: S105 - it opens nothing
NAMESPACE: Final = "shipclock"
PARTITIONS: Final = 2
CARRIERS_TOPIC: Final = "crane.events"
WORKER: Final = rights("worker")
GRANTED: Final = {
    "worker": WORKER,
    "plain": WORKER,
    "scorecards": rights("worker of `scorecards`"),
    "feeds": rights("worker of `feeds`"),
    "intake": rights("worker of `intake`", carrier=CARRIERS_TOPIC),
    "planner": rights("deployer (`topics plan`)", carrier=CARRIERS_TOPIC),
    "deployer": rights("deployer (`topics plan`)", "deployer (`topics apply`), in addition", carrier=CARRIERS_TOPIC),
    "publisher": rights("publisher (`policy publish`, `suspend`)", "publisher, and who runs `policy active`"),
    "sender": rights("sender"),
}
PUBLISHING: Final = ("policy", "publish", "express", "--replace")
SUSPENSION: Final = ("suspend", "typhoon", "--region", "CN-GD", "--from", "2026-12-01T00:00:00Z")
LACKING: Final = {
    # Who it is, what it has, and what it is told.
    "no-topic": (
        without(WORKER, "shipclock.sla-state"),
        "shipclock.sla-state: not allowed. Remedy: grant Read, Write, DescribeConfigs on it to this user",
    ),
    "no-write": (
        without(WORKER, "shipclock.breach-alerts", "Write")
        | {Right(TOPIC, "shipclock.breach-alerts", LITERAL, OPERATIONS["Describe"])},
        "shipclock.breach-alerts: not allowed. Remedy: grant Write on it to this user",
    ),
    "no-configs": (
        without(WORKER, "shipclock.control", "DescribeConfigs"),
        "Not allowed: grant DescribeConfigs on topic shipclock.control to this user",
    ),
    "no-archive": (
        without(WORKER, "shipclock.policies"),
        "Not allowed: grant Describe and DescribeConfigs on topic shipclock.policies to this user",
    ),
    "no-group": (
        without(WORKER, "shipclock.sla"),
        "Not allowed: grant Read on group shipclock.sla to this user",
    ),
    "only-seeing-the-group": (
        without(WORKER, "shipclock.sla") | {Right(GROUP, "shipclock.sla", LITERAL, OPERATIONS["Describe"])},
        "Not allowed: grant Read on group shipclock.sla to this user",
    ),
    "no-transactions": (
        without(WORKER, "shipclock.sla."),
        r"Partition (\d) .*: cannot start writing. Not allowed: grant .* on transactional id shipclock.sla.\1 to .*",
    ),
}
MAPPING: Final = """
mapping: crane
format: json
id: "{no}"
times: {formats: ["%Y-%m-%d %H:%M:%S"], zone: Asia/Shanghai}
shipment: {when: {type: order}, customer: client, registered_at: ordered}
events: []
"""


@pytest.fixture(scope="module")
def kafka() -> Iterator[SecuredKafka]:
    """One broker for all tests here, and everybody who may do something there."""
    with secured_kafka({"plain": PASSWORD}) as found:

        async def scenario() -> None:
            granted = {**GRANTED, **{name: had for name, (had, _) in LACKING.items()}}
            await admit(found.unsecured, {name: PASSWORD for name in granted if name != "plain"}, granted)
            async with connected(found.unsecured, {}) as client:
                carriers = CreateTopic(topic=CARRIERS_TOPIC, partitions=PARTITIONS, replication=1, config={})
                # The broker learns of it after all that was admitted: when it knows it, it knows them.
                await TopicCluster(client).apply([carriers])
            deployer = found.by_password("deployer", PASSWORD)
            asked = ("--partitions", str(PARTITIONS), "--intake-topic", CARRIERS_TOPIC)
            applied = await run(deployer, "topics", "apply", *asked)
            assert applied.code == 0, applied

        asyncio.run(scenario())
        yield found


async def run(settings: Mapping[str, str], *arguments: str) -> Ended:
    """Run a command to its end."""
    env = {**foreign(os.environ), "SHIPCLOCK_HTTP_PORT": "0", **settings}
    ended = await run_command(*arguments, env=env, apart=True)
    assert PASSWORD not in ended.out + ended.err
    return ended


def stage_of(kafka: SecuredKafka, directory: Path, settings: Mapping[str, str]) -> Stage:
    return Stage(kafka.unsecured, NAMESPACE, directory, POLICY, PARTITIONS, settings=settings)


def test_a_worker_with_its_rights_and_no_others_judges_through_a_restart(kafka: SecuredKafka, tmp_path: Path) -> None:
    stage = stage_of(kafka, tmp_path, {**kafka.by_password("worker", PASSWORD), "SHIPCLOCK_LOG_LEVEL": "debug"})
    parcels = Parcels(stage, time.time_ns() // 1_000_000 - 120 * MINUTE)
    numbers = [parcels.number_in(partition) for partition in (0, 1, 0, 1)]

    async def scenario() -> None:
        async with stage.workers() as (worker,), stage.outputs() as outputs:
            for place, number in enumerate(numbers):
                await stage.send(parcels.begun(number, late=place < 2))
            await outputs.until("both are late", lambda: len(outputs.told("breach-alerts")) >= 2)
            worker.terminate()
            assert await worker.ended(WITHIN_S) == 0
            worker.start()
            await stage.ready(worker)
            await stage.send([parcels.ended(number) for number in numbers])
            await outputs.until("all are judged", lambda: verdicts(outputs) == parcels.expected)
            worker.terminate()
            assert await worker.ended(WITHIN_S) == 0
            assert PASSWORD not in worker.log.read_text("utf-8")

    asyncio.run(scenario())


def test_a_worker_may_come_with_a_certificate_instead_or_a_plain_password(kafka: SecuredKafka, tmp_path: Path) -> None:
    """Both share the work."""
    stages = [
        stage_of(kafka, tmp_path / "certificate", kafka.by_certificate()),
        stage_of(kafka, tmp_path / "plain", kafka.by_password("plain", PASSWORD, "PLAIN")),
    ]

    async def scenario() -> None:
        workers = [stage.worker() for stage in stages]
        try:
            for worker in workers:
                worker.start()
            await stages[0].ready(*workers)
            for worker in workers:
                worker.terminate()
            assert [await worker.ended(WITHIN_S) for worker in workers] == [0, 0]
        finally:
            for worker in workers:
                worker.kill()

    asyncio.run(scenario())


def test_workers_of_every_other_job_need_their_own_rights_only(kafka: SecuredKafka, tmp_path: Path) -> None:
    mapping = tmp_path / "crane.yaml"
    mapping.write_text(MAPPING, "utf-8")
    carriers = {"SHIPCLOCK_INTAKE_TOPIC": CARRIERS_TOPIC, "SHIPCLOCK_INTAKE_MAPPING": str(mapping)}

    def worker_of(job: str) -> Worker:
        settings = {**kafka.by_password(job, PASSWORD), "SHIPCLOCK_JOB": job, **(carriers if job == "intake" else {})}
        return stage_of(kafka, tmp_path / job, settings).worker(job)

    workers = [worker_of(job) for job in ("scorecards", "feeds", "intake")]

    async def scenario() -> None:
        try:
            for worker in workers:
                worker.start()

            async def ready() -> bool:
                for worker in workers:
                    worker.require_running()
                return [await worker.partitions() for worker in workers] == [frozenset(range(PARTITIONS))] * 3

            await holds_within(WITHIN_S, "all have their partitions", ready)
            order = {"type": "order", "no": "CR-1", "client": "birch", "ordered": "2026-11-01 08:00:00"}
            async with (
                AIOKafkaProducer(bootstrap_servers=kafka.unsecured) as carrier,
                stage_of(kafka, tmp_path, {}).outputs() as outputs,
            ):
                await carrier.send_and_wait(CARRIERS_TOPIC, b"{", partition=0)
                await carrier.send_and_wait(CARRIERS_TOPIC, json.dumps(order).encode(), partition=0)
                await outputs.until("the carrier's bad record is rejected", lambda: bool(outputs.rejects()))
        finally:
            codes = [await worker.stop() for worker in workers]
        assert codes == [0, 0, 0]

    asyncio.run(scenario())


def test_operations_work_with_the_rights_of_those_who_do_them(kafka: SecuredKafka, tmp_path: Path) -> None:
    publisher = kafka.by_password("publisher", PASSWORD)

    async def scenario() -> None:
        async with stage_of(kafka, tmp_path, kafka.by_password("worker", PASSWORD)).workers() as (worker,):
            planned, fed, published, listed = await asyncio.gather(
                run(kafka.by_password("planner", PASSWORD), "topics", "plan", "--intake-topic", CARRIERS_TOPIC),
                run(kafka.by_password("sender", PASSWORD), "feed", "--seconds", "1"),
                run(publisher, *PUBLISHING),
                run(publisher, "partitions", "list", "--worker", f"http://127.0.0.1:{worker.port}"),
            )
            suspended = await run(publisher, *SUSPENSION)  # of two commands at once that publish, one may fail
            assert planned.code == 0, planned
            assert (fed.code, fed.err.split()[::2]) == (0, ["sent", "records"]), fed
            assert published.out.endswith(f"in {PARTITIONS} partitions\n"), published
            assert suspended.out == f"suspension typhoon, revision 0, is written to {PARTITIONS} partitions\n", (
                suspended
            )
            assert listed.code == 0, listed
        active = await run(publisher, "policy", "active")
        assert "\n  all  suspension typhoon, revision 0, of CN-GD from " in active.out, active

    asyncio.run(scenario())


COMMANDS: Final = (
    ("worker",),
    ("topics", "plan"),
    ("topics", "apply"),
    ("feed", "--seconds", "1"),
    ("policy", "publish", "express"),
    ("policy", "active"),
    SUSPENSION,
)


@pytest.mark.parametrize(
    ("wrong", "commands", "sentence"),
    [
        (
            {"SHIPCLOCK_SASL_PASSWORD": "hunter3"},
            COMMANDS,
            r"Authentication failed .*: check SHIPCLOCK_SASL_USERNAME, SHIPCLOCK_SASL_PASSWORD and .*",
        ),
        (
            {"SHIPCLOCK_SASL_MECHANISM": "SCRAM-SHA-512"},
            COMMANDS[:1],
            r"it does not take this mechanism: set SHIPCLOCK_SASL_MECHANISM to .*",
        ),
        (
            {"SHIPCLOCK_SSL_CA_FILE": str(STRANGER)},
            COMMANDS[:1],
            r"its certificate is not trusted, .*: name in SHIPCLOCK_SSL_CA_FILE the authority that signed it.*",
        ),
    ],
    ids=["password", "mechanism", "authority"],
)
def test_who_is_not_let_in_is_told_which_setting_to_look_at(
    kafka: SecuredKafka, wrong: dict[str, str], commands: Sequence[Sequence[str]], sentence: str
) -> None:
    settings = {**kafka.by_password("worker", PASSWORD), **wrong, "SHIPCLOCK_LOG_LEVEL": "warning"}

    async def scenario() -> list[Ended]:
        return await asyncio.gather(*(run(settings, *command) for command in commands))

    for command, ended in zip(commands, asyncio.run(scenario()), strict=True):
        assert ended.code == 4, (command, ended)
        line = rf"shipclock: Kafka at {kafka.passwords} does not let us in: {sentence}\n"
        assert re.fullmatch(line, ended.err), (command, ended)
        assert "hunter3" not in ended.err


def test_a_right_that_is_missing_ends_the_worker_at_once_with_what_to_grant(kafka: SecuredKafka) -> None:
    async def scenario() -> list[Ended]:
        return await asyncio.gather(
            *(run({**kafka.by_password(name, PASSWORD), "SHIPCLOCK_LOG_FORMAT": "json"}, "worker") for name in LACKING)
        )

    for (_, sentence), ended in zip(LACKING.values(), asyncio.run(scenario()), strict=True):
        assert ended.code == 3, (sentence, ended)
        assert re.fullmatch(f"shipclock: {sentence}", ended.err.splitlines()[-1]), (sentence, ended)
        assert "Traceback" not in ended.err


def test_a_right_that_is_missing_ends_a_command_with_what_to_grant(kafka: SecuredKafka) -> None:
    """The worker may neither write to its sources nor publish, the others may not read its state."""
    cases = {
        ("worker", "feed", "--seconds", "9", "--rate", "9"): "grant Write on topic shipclock.(shipments|parcel-scans)",
        ("worker", *PUBLISHING): "grant Write and Describe on transactional id shipclock.control",
        ("sender", *PUBLISHING): "grant Write on topic shipclock.control, shipclock.policies",
        ("sender", "policy", "publish", "express"): "grant Read on topic shipclock.sla-state",
        ("sender", "policy", "active"): "grant Read on topic shipclock.sla-state",
        ("planner", "policy", "active"): "grant Read on topic shipclock.sla-state",
        ("planner", "topics", "apply", "--namespace", "shipclock.b"): "grant Create on topic shipclock.b.*",
    }

    async def scenario() -> list[Ended]:
        return await asyncio.gather(*(run(kafka.by_password(name, PASSWORD), *words) for name, *words in cases))

    for (command, sentence), ended in zip(cases.items(), asyncio.run(scenario()), strict=True):
        assert ended.code == 3, (command, ended)
        line = rf"shipclock: Not allowed: {sentence} to this user(; 0 records were sent)?\n"
        assert re.fullmatch(line, ended.err), (command, ended)
