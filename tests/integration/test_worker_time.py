"""Deadlines in live time: when alerts are opened, when they are taken back, and when there must be none."""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from streams.demo.conditions import holds_within
from streams.embedded import EmbeddedKafka
from streams.topics.target import SourceTimestamps
from tests.integration.stage import WITHIN_S, Outputs, Stage, registration, scan, without_duplicates

ALLOWED = 3_000
"""Milliseconds of the clock `delivery`; the warning comes a second before."""

POLICY = """
policy: stage
version: "1"
clocks:
  - {name: delivery, from: accepted, until: delivered, within: PT3S, warn: {before: PT1S}}
  - {name: promised, from: registered, until: delivered, due: promised}
"""


def now() -> int:
    return int(time.time() * 1000)


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@dataclass
class Told:
    """What was said of one shipment."""

    outputs: Outputs
    shipment: str

    def of(self, topic: str) -> list[dict[str, Any]]:
        return [told for told in self.outputs.told(topic) if told["shipment_id"] == self.shipment]

    def kinds(self, topic: str) -> list[str]:
        return [told["kind"] for told in self.of(topic)]

    def appended(self, topic: str, kind: str) -> int:
        """When the broker took the record of this kind, UTC milliseconds."""
        for name, record in self.outputs.records:
            if name == topic and record.key == self.shipment.encode() and json.loads(record.value)["kind"] == kind:
                return int(record.timestamp)
        raise AssertionError(f"{kind} was not said")


@dataclass
class Run:
    accepted: int
    outputs: Outputs

    def told(self, shipment: str) -> Told:
        return Told(self.outputs, shipment)


@pytest.fixture(scope="module")
def run(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One worker and three shipments that are all overdue before their next scans arrive."""
    stage = Stage(
        kafka.bootstrap_servers, f"test-{uuid.uuid4().hex[:12]}", tmp_path_factory.mktemp("time"), POLICY, partitions=1
    )

    async def scenario() -> Run:
        await stage.create()
        async with stage.workers(), stage.outputs() as outputs:
            accepted = now()
            shipments = ("late", "proven", "corrected")
            for shipment in shipments:
                await stage.send([registration(shipment, accepted), scan(shipment, "accepted", accepted)])
            found = Run(accepted, outputs)

            async def until(what: str, topic: str, kinds: list[str], *of: str) -> None:
                await outputs.until(what, lambda: all(found.told(shipment).kinds(topic) == kinds for shipment in of))

            await until("all alerts", "breach-alerts", ["opened"], *shipments)
            late = accepted + ALLOWED + 500
            await stage.send([scan("late", "delivered", late), scan("corrected", "delivered", late)])
            await until("resolved", "breach-alerts", ["opened", "resolved"], "late", "corrected")
            in_time = accepted + ALLOWED - 500
            await stage.send([scan(shipment, "delivered", in_time) for shipment in ("proven", "corrected")])
            await until("withdrawn", "breach-alerts", ["opened", "withdrawn"], "proven")
            await until("withdrawn", "breach-alerts", ["opened", "resolved", "withdrawn"], "corrected")
            await outputs.drain()
            return found

    return asyncio.run(scenario())


def test_a_warning_comes_before_the_deadline_and_the_alert_right_after_it(run: Run) -> None:
    told, due = run.told("late"), run.accepted + ALLOWED
    (notice,) = told.of("delay-notices")
    assert (notice["kind"], instant(notice["due"])) == ("predicted", due)
    assert due - 1_000 <= told.appended("delay-notices", "predicted") < due
    assert due <= told.appended("breach-alerts", "opened") < due + 2_500
    alert = told.of("breach-alerts")[0]
    assert instant(alert["decided_at"]) >= due
    assert [(evidence["code"], evidence["role"]) for evidence in alert["evidence"]] == [("accepted", "start")]


def test_a_scan_after_the_deadline_resolves_the_alert_and_the_verdict_is_missed(run: Run) -> None:
    told = run.told("late")
    assert told.kinds("breach-alerts") == ["opened", "resolved"]
    (outcome,) = told.of("sla-outcomes")
    assert (outcome["kind"], outcome["revision"], outcome["late_by_ms"]) == ("missed", 1, 500)
    assert "replaces" not in outcome


def test_a_scan_uploaded_after_the_breach_that_proves_the_promise_kept_withdraws_the_alert(run: Run) -> None:
    told = run.told("proven")
    assert told.kinds("breach-alerts") == ["opened", "withdrawn"]
    (outcome,) = told.of("sla-outcomes")
    assert (outcome["kind"], outcome["revision"]) == ("met", 1)
    assert instant(outcome["stopped_at"]) == run.accepted + ALLOWED - 500


def test_it_also_corrects_an_outcome_that_was_missed_by_then(run: Run) -> None:
    told = run.told("corrected")
    assert told.kinds("breach-alerts") == ["opened", "resolved", "withdrawn"]
    missed, met = told.of("sla-outcomes")
    assert (missed["kind"], missed["revision"]) == ("missed", 1)
    assert (met["kind"], met["revision"]) == ("met", 2)
    assert met["replaces"] == missed
    assert told.of("shipment-status")[-1].get("overdue", []) == []


def test_every_statement_has_an_id_of_its_own_and_shipments_are_told_in_sequence(run: Run) -> None:
    assert without_duplicates(run.outputs.told())
    for shipment in ("late", "proven", "corrected"):
        said = [told["sequence"] for told in run.outputs.told() if told["shipment_id"] == shipment]
        assert sorted(said) == list(range(1, len(said) + 1))


BACKLOG = 5_000
"""Records, more than one fetch returns."""

AHEAD = 30 * 60_000


@pytest.mark.parametrize("timestamps", ["append", "create"])
def test_what_was_in_the_log_when_the_deadline_passed_is_no_breach_though_the_worker_was_down(
    kafka: EmbeddedKafka, namespace: str, tmp_path_factory: pytest.TempPathFactory, timestamps: SourceTimestamps
) -> None:
    """Proofs lie behind a backlog in one topic, promises in the other, and the other way round."""
    stage = Stage(
        kafka.bootstrap_servers,
        namespace,
        tmp_path_factory.mktemp("down"),
        POLICY.replace("PT3S", "PT6S"),
        partitions=1,
        source_timestamps=timestamps,
    )
    # Where timestamps are the senders', they prove nothing, so they may be as wrong as they like.
    ahead = None if timestamps == "append" else now() + AHEAD

    async def scenario() -> None:
        await stage.create()
        async with stage.workers() as (worker,), stage.outputs() as outputs:
            began = now()
            due = began + 6_000
            await stage.send(
                [
                    registration("stopped by a scan", began),
                    scan("stopped by a scan", "accepted", began),
                    registration("promised anew", began, promised_at=_text(due)),
                    registration("overdue", began),
                    scan("overdue", "accepted", began + 1),
                    registration("filler", began),
                ]
            )
            await stage.committed({"shipments": 4, "parcel-scans": 2})
            assert await worker.stop() == 0

            backlog = [scan("filler", "sorted", began, stamp=ahead)] * BACKLOG
            await stage.send([registration("promised meanwhile", began, promised_at=_text(due))])
            await stage.send([*backlog, scan("stopped by a scan", "delivered", began + 500, stamp=ahead)])
            await stage.send([scan("promised meanwhile", "delivered", began + 600, stamp=ahead)])
            again = [registration("filler", began, stamp=ahead)] * BACKLOG
            await stage.send(
                [*again, registration("promised anew", began, ahead, revision=1, promised_at=_text(due + 9**9))]
            )
            assert now() < due, "the machine was too slow for this test"
            await holds_within(WITHIN_S, "the deadline passes", lambda: now() > due)

            worker.start()
            await stage.ready(worker)
            await outputs.until("the alert of the one that is overdue", lambda: bool(outputs.told("breach-alerts")))
            await outputs.until("the outcomes", lambda: len(outputs.told("sla-outcomes")) >= 2)
            await outputs.drain()
            assert [alert["shipment_id"] for alert in outputs.told("breach-alerts")] == ["overdue"]
            verdicts = {told["shipment_id"]: told["kind"] for told in outputs.told("sla-outcomes")}
            assert verdicts == {"stopped by a scan": "met", "promised meanwhile": "met"}
            assert without_duplicates(outputs.told())

    asyncio.run(scenario())


def _text(at: int) -> str:
    return datetime.fromtimestamp(at / 1000).astimezone().isoformat(timespec="milliseconds")
