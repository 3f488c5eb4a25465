"""Every bad input through a running worker, in one run, with good records around it."""

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest

from streams.demo.conditions import DeadlineMissed
from streams.embedded import EmbeddedKafka
from streams.partition.outputs import MOST_BYTES
from tests.integration.parcels import POLICY, Parcels, samples, verdicts
from tests.integration.stage import Place, Sent, Stage, ask, rfc3339

PARTITIONS = 4
MINUTE = 60_000
HOUR = 60 * MINUTE
NOW = int(time.time()) * 1000
BEGAN = NOW - 3 * HOUR


class Case(NamedTuple):
    """One bad record; `reason` None when it is taken all the same."""

    name: str
    topic: str
    value: bytes | None
    reason: str | None
    path: str = "$"
    key: bytes | None = b"bad"
    away: int = 0
    """Partitions between where the key belongs and where the record is."""
    compression: str | None = None

    def sent(self, stage: Stage, number: int) -> Sent:
        home = number % PARTITIONS if self.key is None else stage.partition_of(self.key.decode(errors="replace"))
        return Sent(self.topic, self.key, self.value, (home + self.away) % PARTITIONS)


def of_scan(
    name: str, reason: str | None, path: str = "$", raw: Mapping[str, bytes] | None = None, **fields: Any
) -> Case:
    """A scan with some fields changed; `raw` ones are JSON as it stands."""
    body = {"scan_id": "bad", "shipment_id": "bad", "code": "accepted", "occurred_at": rfc3339(BEGAN), **fields}
    return Case(name, "parcel-scans", _json(body, raw), reason, path)


def of_registration(name: str, reason: str | None, path: str = "$", **fields: Any) -> Case:
    body = {"shipment_id": "bad", "customer_id": "c", "registered_at": rfc3339(BEGAN), **fields}
    return Case(name, "shipments", _json(body), reason, path)


def _json(body: Mapping[str, Any], raw: Mapping[str, bytes] | None = None) -> bytes:
    text = json.dumps({name: value for name, value in body.items() if value is not ...}).encode()
    return (
        text[:-1]
        + b"".join(b", %s: %s" % (json.dumps(name).encode(), value) for name, value in (raw or {}).items())
        + b"}"
    )


def plan(**milestone: Any) -> dict[str, Any]:
    return {"legs": [{"leg": "l", "milestones": [{"code": "arrived", **milestone}]}]}


A_MEGABYTE = "x" * 1_000_000
DEEP = b"[" * 100_000 + b"]" * 100_000
SCAN = of_scan("", None).value

REJECTED: Sequence[Case] = (
    of_scan("a wrong type", "invalid", "$.code", code=7),
    of_scan("another wrong type", "invalid", "$.facility", facility=["hub"]),
    of_scan("a missing field", "invalid", occurred_at=...),
    of_scan("no offset in a time", "invalid", "$.occurred_at", occurred_at="2026-11-01T08:00:00"),
    of_scan("a time that is none", "invalid", "$.occurred_at", occurred_at="yesterday"),
    of_scan("a time as a number", "invalid", "$.occurred_at", occurred_at=NOW),
    of_scan("a time long past", "absurd-time", "$.occurred_at", occurred_at="0001-01-01T00:00:00+14:00"),
    of_scan("a time before all parcels", "absurd-time", "$.occurred_at", occurred_at="1970-01-01T00:00:00Z"),
    of_scan("a time far ahead", "absurd-time", "$.occurred_at", occurred_at=rfc3339(NOW + 48 * HOUR)),
    of_scan("a time at the end of all", "absurd-time", "$.occurred_at", occurred_at="9999-12-31T23:59:59-12:00"),
    of_scan("an unknown shipment of years ago", "too-late", occurred_at="2020-01-01T00:00:00Z"),
    of_scan("a megabyte in a field", "invalid", "$.carrier", carrier=A_MEGABYTE),
    of_scan("a megabyte of an id", "invalid", "$.shipment_id", shipment_id=A_MEGABYTE),
    of_scan("an empty id", "invalid", "$.shipment_id", shipment_id=""),
    of_scan("a body of another shipment", "key-mismatch", "$.shipment_id", shipment_id="worse"),
    of_scan("deep nesting in an unknown field", "not-json", raw={"unknown": DEEP}),
    of_scan("a lone surrogate", "not-json", carrier="\ud800"),
    of_scan("invalid UTF-8", "not-json", raw={"carrier": b'"\xff\xfe"'}),
    of_scan("a huge integer", "invalid", "$.revision", raw={"revision": b"9" * 30}),
    of_scan("an integer of five thousand digits", "invalid", "$.revision", raw={"revision": b"9" * 5_000}),
    of_scan("a number beyond all", "invalid", "$.revision", raw={"revision": b"1e999"}),
    of_scan("not a number", "not-json", raw={"revision": b"NaN"}),
    Case("not JSON", "parcel-scans", b"hello", "not-json"),
    Case("nothing at all", "parcel-scans", b"", "not-json"),
    Case("an array", "parcel-scans", b"[]", "invalid"),
    Case("half a record", "parcel-scans", SCAN and SCAN[:-5], "not-json"),
    Case("UTF-16", "parcel-scans", SCAN and SCAN.decode().encode("utf-16"), "not-json"),
    Case("deep nesting alone", "parcel-scans", b"[" * 500_000, "invalid"),
    Case("a null key", "parcel-scans", SCAN, "null-key", key=None),
    Case("a tombstone", "parcel-scans", None, "tombstone"),
    Case("neither key nor value", "parcel-scans", None, "tombstone", key=None),
    Case("a megabyte of a key", "parcel-scans", SCAN, "key-mismatch", "$.shipment_id", b"k" * 1_000_000),
    Case("a key that is no UTF-8", "parcel-scans", SCAN, "key-mismatch", "$.shipment_id", b"\xff\xfe"),
    Case("a scan in the wrong partition", "parcel-scans", SCAN, "wrong-partition", away=1),
    Case("ten compressed megabytes", "parcel-scans", b"{" + b" " * 10_000_000, "not-json", compression="gzip"),
    Case(
        "a key of three compressed megabytes",
        "parcel-scans",
        SCAN,
        "key-mismatch",
        "$.shipment_id",
        b"k" * 3_000_000,
        0,
        "gzip",
    ),
    Case("not JSON", "shipments", b"{'shipment_id': 'bad'}", "not-json"),
    Case("a tombstone", "shipments", None, "tombstone"),
    of_registration("a missing field", "invalid", customer_id=...),
    of_registration("pieces below one", "invalid", "$.pieces", pieces=0),
    of_registration("a body of another shipment", "key-mismatch", "$.shipment_id", shipment_id="worse"),
    of_registration("in the wrong partition", "wrong-partition")._replace(away=2),
    of_registration(
        "registered before all parcels", "absurd-time", "$.registered_at", registered_at="1999-12-31T23:59:59Z"
    ),
    of_registration("registered far ahead", "absurd-time", "$.registered_at", registered_at=rfc3339(NOW + 48 * HOUR)),
    of_registration(
        "promised before time began", "absurd-time", "$.promised_at", promised_at="0001-01-01T00:00:00+14:00"
    ),
    of_registration("promised for a day long past", "absurd-time", "$.promised_date", promised_date="0001-01-01"),
    of_registration(
        "no such time zone", "unknown-time-zone", "$.destination.time_zone", destination={"time_zone": "../../x"}
    ),
    of_registration(
        "a negative duration", "bad-plan", "$.plan.legs[0].milestones[0].within", plan=plan(within="-PT1H")
    ),
    of_registration(
        "an endless duration", "bad-plan", "$.plan.legs[0].milestones[0].within", plan=plan(within="P999999999D")
    ),
    of_registration(
        "an amount that is no number", "bad-amount", "$.freight.amount", freight={"amount": "sNaN", "currency": "EUR"}
    ),
    of_registration(
        "a negative amount",
        "bad-amount",
        "$.declared_value.amount",
        declared_value={"amount": "-15.00", "currency": "EUR"},
    ),
    of_registration(
        "an absurd milestone",
        "absurd-time",
        "$.plan.legs[0].milestones[0].at",
        plan=plan(at="0001-01-01T00:00:00+01:00"),
    ),
    of_registration(
        "a duration that is none", "invalid", "$.plan.legs[0].milestones[0].within", plan=plan(within="soon")
    ),
    Case("not JSON", "control", b"tick", "not-json", key=None),
    Case("a tombstone", "control", None, "tombstone", key=None),
    Case("an unknown kind", "control", b'{"type": "tock"}', "invalid", "$.type", None),
    Case("deep nesting", "control", b'{"type": "tick", "x": ' + DEEP + b"}", "not-json", key=None),
    Case("invalid UTF-8", "control", b'{"type": "tick", "at": "\xff"}', "invalid", "$.at", None),
)

TAKEN: Sequence[Case] = (
    of_scan("an unknown code", None, code="teleported", scan_id="taken 1"),
    of_scan("ahead by two hours", None, code="sorted", scan_id="taken 2", occurred_at=rfc3339(NOW + 2 * HOUR)),
    of_scan("a megabyte in an unknown field", None, code="stored", scan_id="taken 3", unknown=A_MEGABYTE),
    of_scan("invalid UTF-8 in an unknown field", None, code="stored", scan_id="taken 4", raw={"unknown": b'"\xff"'}),
    of_registration("promised for the last day of all", None, promised_date="9999-12-31"),
    of_registration(
        "a later revision promised for the last instant", None, revision=1, promised_at="9999-12-31T23:59:59-12:00"
    ),
)
"""Of one shipment, `bad`, which is judged in the end."""

CASES = (*REJECTED, *TAKEN)


@dataclass
class Seen:
    """What one run has shown."""

    judged: dict[str, str] = field(default_factory=dict)
    """Verdict of the clock `delivery`, by shipment."""
    expected: dict[str, str] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    """Where each of `CASES` was written."""
    rejects: dict[Place, Any] = field(default_factory=dict)
    """By the place of the original, as the headers have it."""
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    ready: tuple[int, str] = (0, "")


def headers(reject: Any) -> dict[str, str]:
    return {name: value.decode() for name, value in reject.headers}


def place(reject: Any) -> Place:
    told = headers(reject)
    return Place(told["topic"], int(told["partition"]), int(told["offset"]))


async def play(stage: Stage, seen: Seen) -> None:
    """Write every case between the records of a good shipment in the same partition."""
    parcels = Parcels(stage, BEGAN)
    seen.expected = parcels.expected
    async with stage.producer() as plain, stage.producer("gzip") as zipped:
        for number, case in enumerate(CASES):
            bad = case.sent(stage, number)
            assert bad.partition is not None
            good = parcels.number_in(bad.partition)
            await plain.send(parcels.begun(good, late=bool(number % 2)))
            seen.places += await (zipped if case.compression else plain).send([bad])
            await plain.send([parcels.ended(good)])
        # Odd and all the same good: a scan that comes before its registration, and characters that may hurt.
        register, *accept = parcels.begun("early", late=True)
        await plain.send([*accept, parcels.ended("early"), register])
        strange = "nul \x00 and ünïcödé 快递"
        await plain.send([*parcels.begun(strange, late=False), parcels.ended(strange)])
        _, *accept = parcels.begun("bad", late=False)
        await plain.send([*accept, parcels.ended("bad")])


@pytest.fixture(scope="module")
def seen(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """One run of one worker over all cases."""
    stage = Stage(
        kafka.bootstrap_servers, f"test-{uuid.uuid4().hex[:12]}", tmp_path_factory.mktemp("bad"), POLICY, PARTITIONS
    )
    found = Seen()

    async def run() -> None:
        await stage.create()
        async with stage.workers() as (worker,), stage.outputs() as outputs:
            await play(stage, found)

            def done() -> bool:
                return verdicts(outputs).keys() >= found.expected.keys() and len(outputs.rejects()) >= len(REJECTED)

            try:
                await outputs.until("every good shipment judged, every bad record rejected", done)
            except DeadlineMissed:
                worker.require_running()  # else the tests below say what is missing
            await outputs.drain()
            found.judged = verdicts(outputs)
            found.rejects = {place(reject): reject for reject in outputs.rejects()}
            found.duplicates = len(outputs.rejects()) - len(found.rejects)
            exposition = (await ask(worker, "/metrics"))[1]
            found.counted = samples(exposition, "shipclock_rejects_total", "topic", "reason")  # type: ignore[assignment]
            found.flags = Counter(
                {flag: n for (flag,), n in samples(exposition, "shipclock_flags_total", "flag").items()}
            )
            found.ready = await ask(worker, "/readyz")

    asyncio.run(run())
    return found


def named(cases: Sequence[Case]) -> list[Any]:
    return [pytest.param(case, id=f"{case.topic}: {case.name}") for case in cases]


@pytest.mark.parametrize("case", named(REJECTED))
def test_a_bad_record_is_rejected_as_it_came_with_the_reason_and_where_it_was(seen: Seen, case: Case) -> None:
    where = seen.places[CASES.index(case)]
    assert where in seen.rejects, "it was not rejected"
    reject = seen.rejects[where]
    told = headers(reject)
    assert (told["reason"], told["path"]) == (case.reason, case.path)
    assert told["detail"]
    assert reject.partition == where.partition
    size = len(case.key or b"") + len(case.value or b"")
    if size <= MOST_BYTES:
        assert (reject.key, reject.value) == (case.key, case.value)
        assert "truncated" not in told
    else:
        assert told["truncated"] == str(size)
        assert case.key is not None
        assert case.value is not None
        assert case.key.startswith(reject.key)
        assert case.value.startswith(reject.value)
        assert len(reject.key) + len(reject.value) > MOST_BYTES // 3


@pytest.mark.parametrize("case", named(TAKEN))
def test_what_is_merely_odd_is_taken(seen: Seen, case: Case) -> None:
    assert seen.places[CASES.index(case)] not in seen.rejects


def test_the_good_records_around_them_are_judged(seen: Seen) -> None:
    assert seen.judged == seen.expected
    assert len(seen.expected) == len(CASES) + 3


def test_nothing_else_is_rejected_and_nothing_twice(seen: Seen) -> None:
    assert len(seen.rejects) == len(REJECTED)
    assert seen.duplicates == 0


def test_the_metrics_count_the_rejects_by_reason_and_the_flags(seen: Seen) -> None:
    assert seen.counted == Counter((case.topic, case.reason) for case in REJECTED)
    assert seen.flags == {"unknown-code": 1, "ahead-of-time": 1}


def test_the_worker_is_still_ready(seen: Seen) -> None:
    assert seen.ready[0] == 200
