"""No alert is opened whose disproof had been appended by its deadline, however late it was read."""

import random

from hypothesis import given
from hypothesis import strategies as st

from streams.partition.judging import SCANS, SHIPMENTS, SOURCES
from streams.partition.lanes import TimeSource
from streams.partition.ports import CaughtUp, SourceBatch
from streams.partition.record import CreatedRecord, Record
from streams.sla.instants import rfc3339
from streams.sla.policy import parse_policy
from tests.oracles.promises import ms
from tests.property.engine import Arrival, Player, arrival, bodies, tick
from tests.property.vocabulary import BEGIN

MINUTE = 60_000
GRACE = 5
PAGE = """
policy: test
version: "1"
shipment: {settle: P90D, retention: P120D}
clocks:
  - {name: delivery, from: picked_up, until: delivered, within: PT30M, grace: PT5M}
  - {name: promise, from: registered, until: delivered, due: promised, grace: PT5M}
"""
POLICY = parse_policy(PAGE)


class Field:
    """Time in the field and on the broker; a worker reads when it can, in any interleaving."""

    def __init__(self, choose: random.Random, source: TimeSource, *, until_lately: bool = False) -> None:
        """With `until_lately`, records carried the times of their senders' clocks when it all began."""
        self.choose = choose
        self._created_for = choose.randrange(20) if until_lately else 0
        self.source = source
        self.player = Player(POLICY, source)
        self.player.wall = BEGIN
        self.deliveries: dict[str, list[tuple[int, int]]] = {}
        """By shipment, (occurred, appended) of every delivery."""
        self._shipments = 0

    def happens(self) -> None:
        """A parcel is registered, picked up or delivered, and the record is appended now or some minutes later."""
        now = self.player.wall
        match self.choose.randrange(3):
            case 0:
                name = f"S{self._shipments}"
                self._shipments += 1
                promised = rfc3339(now + self.choose.randrange(60) * MINUTE)
                body = {"shipment_id": name, "customer_id": "c", "registered_at": rfc3339(now), "promised_at": promised}
                records = [arrival(SHIPMENTS, now, body), self._scan(name, "picked_up", now)]
                self.choose.shuffle(records)
                self.deliveries[name] = []
            case 1 if self.deliveries:
                name = self.choose.choice(list(self.deliveries))
                occurred = now - self.choose.randrange(40) * MINUTE
                self.deliveries[name].append((occurred, now))
                records = [self._scan(name, "delivered", occurred)]
            case _:
                records = []
        for record in records:
            log = self.player.topics[record.topic]
            log.append(self._stored(len(log), now, record))

    def _stored(self, offset: int, now: int, record: Arrival) -> Record:
        if self._created_for > 0:
            self._created_for -= 1
            return CreatedRecord(offset, now + self.choose.randrange(-90, 90) * MINUTE, record.key, record.value)
        return Record(offset, now, record.key, record.value)

    def _scan(self, name: str, code: str, occurred: int) -> Arrival:
        scan_id = f"{name}-{code}-{self.choose.getrandbits(40)}"
        body = {"scan_id": scan_id, "shipment_id": name, "code": code, "occurred_at": rfc3339(occurred)}
        return arrival(SCANS, self.player.wall, body)

    def lives(self, steps: int) -> None:
        """Appends, polls whose answers come late or never, fetches, work, commits, crashes."""
        player, choose = self.player, self.choose
        answers: list[CaughtUp] = []
        for _ in range(steps):
            match choose.randrange(11):
                case 0 | 1 | 2:
                    self.happens()
                case 3 | 4:
                    player.wall += choose.choice([0, 1, MINUTE, 7 * MINUTE, 40 * MINUTE])
                case 5 | 6:
                    player.fetch(choose.choice(SOURCES), choose.randrange(1, 5))
                case 7:
                    topic = choose.choice(SOURCES)
                    answers.append(CaughtUp(topic, len(player.topics[topic]), player.wall))
                case 8 if answers:
                    player.core.caught_up(answers.pop(choose.randrange(len(answers))))
                case 9:
                    player.work(choose.randrange(1, 6))
                    player.commit()
                case 10 if choose.randrange(4) == 0:
                    answers.clear()
                    wall = player.wall
                    player.restart()
                    player.wall = wall
                case _:
                    player.work(choose.randrange(1, 6))

    def false_alerts(self) -> list[str]:
        """Alerts whose disproof had been appended at or before due and grace."""
        return [
            alert["id"]
            for alert in bodies(self.player.outputs, "breach-alerts")
            if alert["kind"] == "opened"
            and any(
                occurred <= ms(alert["due"])
                and occurred >= ms(alert["start"])
                and appended <= ms(alert["due"]) + GRACE * MINUTE
                for occurred, appended in self.deliveries[alert["shipment_id"]]
            )
        ]


@given(st.randoms(use_true_random=False))
def test_no_alert_is_false_in_append_time(choose: random.Random) -> None:
    field = Field(choose, TimeSource.APPEND)
    field.lives(120)
    field.player.wall += 120 * MINUTE
    field.player.finish()
    assert field.false_alerts() == []


@given(st.randoms(use_true_random=False))
def test_no_alert_is_false_in_append_time_where_topics_had_create_time_until_lately(choose: random.Random) -> None:
    field = Field(choose, TimeSource.APPEND, until_lately=True)
    field.lives(120)
    field.player.wall += 120 * MINUTE
    field.player.finish()
    assert field.false_alerts() == []


@given(st.randoms(use_true_random=False))
def test_every_promise_that_nothing_disproves_is_alerted_in_append_time(choose: random.Random) -> None:
    field = Field(choose, TimeSource.APPEND)
    field.lives(120)
    field.player.wall += 120 * MINUTE
    field.player.finish()
    opened = {alert["shipment_id"] for alert in bodies(field.player.outputs, "breach-alerts")}
    assert {name for name, delivered in field.deliveries.items() if not delivered} <= opened


@given(st.randoms(use_true_random=False))
def test_no_alert_is_false_in_create_time(choose: random.Random) -> None:
    field = Field(choose, TimeSource.CREATE)
    field.lives(120)
    field.player.wall += 120 * MINUTE
    field.player.finish()
    assert field.false_alerts() == []


@given(st.lists(st.tuples(st.sampled_from(SOURCES), st.integers(0, 3)), min_size=1), st.sampled_from(SOURCES))
def test_time_stands_still_in_create_time_while_any_topic_lags(steps: list[tuple[str, int]], lagging: str) -> None:
    player = Player(POLICY, TimeSource.CREATE)
    for topic in SOURCES:
        player.append([tick(BEGIN)] if topic == "control" else [Arrival(topic, BEGIN, b"S1", b"{}")] * 3)
    player.wall = BEGIN + 60 * MINUTE
    for topic, most in steps:
        if topic != lagging:
            player.fetch(topic, most)
        player.poll(topic)
        while player.work(10):
            pass
        player.commit()
        assert player.core.time == 0
    player.finish()
    assert player.core.time > BEGIN


def test_a_poll_that_is_answered_before_its_records_are_handed_over_moves_nothing() -> None:
    player = Player(POLICY, TimeSource.APPEND)
    record = arrival(SHIPMENTS, BEGIN, {"shipment_id": "S1", "customer_id": "c", "registered_at": rfc3339(BEGIN)})
    player.append([record])
    for topic in SOURCES:
        player.core.caught_up(CaughtUp(topic, len(player.topics[topic]), BEGIN + MINUTE))
    player.work(10)
    assert player.core.time == 0
    player.core.offer(SourceBatch(SHIPMENTS, player.topics[SHIPMENTS], BEGIN + 2 * MINUTE))
    player.work(10)
    assert player.core.time == BEGIN + MINUTE
