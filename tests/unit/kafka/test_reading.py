from collections.abc import Sequence

import pytest
from aiokafka import TopicPartition

from streams.kafka import reading as reading_module
from streams.kafka.delivery import Delivery
from streams.kafka.errors import DeliveryLost, DeliveryStalled
from streams.kafka.reading import MAX_IN_FLIGHT, Reading, Standing
from streams.partition.ports import EARLIEST, CaughtUp, SourceBatch
from streams.partition.record import Record

TP = TopicPartition("ns.parcel-scans", 3)
NOTHING: Sequence[Record] = ()


class Taker:
    def __init__(self) -> None:
        self.batches: list[SourceBatch] = []

    def offer(self, batch: SourceBatch) -> None:
        self.batches.append(batch)

    def caught_up(self, mark: CaughtUp) -> None: ...

    def has_room(self, _topic: str) -> bool:
        return True


def begun(offset: int = 0) -> Reading:
    reading = Reading(TP, "parcel-scans", Taker())
    reading.begin(offset)
    return reading


def standing(
    reading: Reading,
    polled_at: int,
    *,
    position: int = 10,
    end: int = 10,
    stable: int = 10,
    set_to: int = 0,
    vouched_at: int | None = 1_000_000,
) -> Standing:
    return Standing(TP, reading.generation, position, end, stable, polled_at, set_to, vouched_at)


def test_a_mark_holds_from_before_the_request_that_found_the_end() -> None:
    reading = begun()
    reading.delivered(10)
    assert reading.stand(standing(reading, 1_000)) is None
    assert reading.stand(standing(reading, 1_200)) == CaughtUp("parcel-scans", 10, 1_000, end=10, set_to=0)


def test_where_the_log_began_is_not_known_before_its_records_have_been_handed_over() -> None:
    """It need not be at 0: who began there again would ask for what retention has removed."""
    reading = begun(EARLIEST)
    reading.delivered(510)
    reading.stand(standing(reading, 1_000, position=510, end=510, stable=510))
    mark = reading.stand(standing(reading, 1_200, position=510, end=510, stable=510))
    assert mark is not None
    assert mark.began == EARLIEST


def test_a_mark_is_told_once() -> None:
    reading = begun()
    for polled_at in (1_000, 1_200):
        reading.stand(standing(reading, polled_at))
    assert reading.stand(standing(reading, 1_200)) is None
    assert reading.stand(standing(reading, 1_400)) == CaughtUp("parcel-scans", 0, 1_200, end=10, set_to=0)


def test_there_is_no_mark_while_records_or_open_transactions_remain() -> None:
    reading = begun()
    reading.stand(standing(reading, 1_000))
    assert reading.stand(standing(reading, 1_200, position=9)) is None
    assert reading.stand(standing(reading, 1_400, stable=9)) is None
    assert reading.lag == 0


def test_what_a_leader_showed_before_it_had_answered_makes_no_mark() -> None:
    reading = begun()
    reading.stand(standing(reading, 1_000))
    assert reading.stand(standing(reading, 1_200)) is not None
    assert reading.stand(standing(reading, 1_400, vouched_at=None)) is None
    assert reading.lag == 0
    assert reading.stand(standing(reading, 1_600)) is None
    mark = reading.stand(standing(reading, 1_800))
    assert mark is not None
    assert mark.at == 1_600


def test_a_mark_holds_no_longer_than_the_leader_is_vouched_for() -> None:
    reading = begun()
    reading.stand(standing(reading, 1_000))
    mark = reading.stand(standing(reading, 1_200, vouched_at=900))
    assert mark is not None
    assert mark.at == 900
    assert reading.stand(standing(reading, 1_400, vouched_at=900)) is None
    later = reading.stand(standing(reading, 1_600, vouched_at=1_300))
    assert later is not None
    assert later.at == 1_300


def test_commit_markers_at_the_end_do_not_count_as_records() -> None:
    reading = begun(5)
    reading.delivered(8)
    reading.stand(standing(reading, 1_000))
    mark = reading.stand(standing(reading, 1_200))
    assert mark is not None
    assert mark.position == 8


def test_a_clock_that_was_set_back_makes_a_mark_older_never_younger() -> None:
    reading = begun()
    reading.stand(standing(reading, 4_800))
    assert reading.stand(standing(reading, 5_000)) is not None
    assert reading.stand(standing(reading, 3_000)) is None
    mark = reading.stand(standing(reading, 3_200))
    assert mark is not None
    assert mark.at == 3_000


def test_a_mark_tells_how_the_clock_was_set_and_where_reading_goes_on() -> None:
    reading = begun(5)
    reading.delivered(8)
    reading.stand(standing(reading, 1_000, set_to=77))
    mark = reading.stand(standing(reading, 1_200, set_to=88))
    assert mark == CaughtUp("parcel-scans", 8, 1_000, began=5, end=10, set_to=88)


def test_what_was_fetched_before_a_new_beginning_is_dropped() -> None:
    reading, batch = begun(), SourceBatch("parcel-scans", NOTHING, 0)
    taker = reading.receiver
    assert isinstance(taker, Taker)
    stale = Delivery(batch, reading)
    reading.begin(4)
    stale.hand_over()
    assert taker.batches == []
    Delivery(batch, reading).hand_over()
    assert taker.batches == [batch]
    assert reading.in_flight == 0


def test_what_comes_behind_a_batch_that_was_dropped_is_refused() -> None:
    reading, batch = begun(), SourceBatch("parcel-scans", NOTHING, 0)
    taker = reading.receiver
    assert isinstance(taker, Taker)
    Delivery(batch, reading).hand_over()
    Delivery(batch, reading)
    with pytest.raises(DeliveryLost, match="the batch 2 of a reading came, and 1 before it never did"):
        Delivery(batch, reading).hand_over()
    assert taker.batches == [batch]


def test_generations_are_never_used_twice_even_by_another_reading_of_the_partition() -> None:
    assert begun().generation != begun().generation


@pytest.mark.parametrize("batches", [1, MAX_IN_FLIGHT])
def test_an_agent_that_takes_nothing_is_an_error_and_no_silent_stall(
    monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    reading = begun()
    reading.delivered(1)
    for _ in range(batches):
        Delivery(SourceBatch("parcel-scans", NOTHING, 0), reading)
    assert reading.wants_records == (batches < MAX_IN_FLIGHT)
    monkeypatch.setattr(reading_module, "STALLED_AFTER_S", -1.0)
    with pytest.raises(DeliveryStalled, match=r"ns\.parcel-scans.*partition 3"):
        _ = reading.wants_records


def test_a_process_that_was_frozen_does_not_take_its_agents_for_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(reading_module, "monotonic", lambda: now[0])
    reading = begun()
    for _ in range(MAX_IN_FLIGHT):
        Delivery(SourceBatch("parcel-scans", NOTHING, 0), reading)
    reading.delivered(1)
    now[0] += 3_600.0
    assert not reading.wants_records
    for _ in range(59):
        now[0] += 1.0
        assert not reading.wants_records
    now[0] += 1.0
    with pytest.raises(DeliveryStalled):
        _ = reading.wants_records


def test_it_is_heard_of_by_each_new_response_and_not_by_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(reading_module, "monotonic", lambda: now[0])
    reading = begun()
    now[0] = 107.0
    assert reading.unheard_s == 7.0
    reading.hear(1_000)
    assert reading.unheard_s == 0.0
    now[0] = 109.0
    reading.hear(1_000)
    assert reading.unheard_s == 2.0
    reading.hear(1_200)
    assert reading.unheard_s == 0.0


def test_nobody_waits_for_a_response_while_nothing_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(reading_module, "monotonic", lambda: now[0])
    reading = begun()
    reading.hear(1_000)
    now[0] = 160.0
    reading.hear(None)
    now[0] = 161.0
    assert reading.unheard_s == 1.0
