"""What is kept of shipments needs no objects but their values."""

import gc
import sys

import pytest

from streams.errors import PartitionParked
from streams.partition.memory import Memory
from streams.sla.phases import OPEN
from streams.sla.state import Shipment


def _flushed(*keys: bytes) -> dict[bytes, bytes]:
    memory = Memory()
    for key in keys:
        memory.put(key, Shipment(1_000, OPEN, 0, 9_000_000))
    return {key: value for key, value in memory.flush().items() if value is not None}


def test_a_shipment_whose_deadline_moves_earlier_is_found_at_it() -> None:
    memory = Memory()
    memory.put(b"SF1029384757", Shipment(1_000, OPEN, 0, 9_000_000))
    memory.put(b"SF1029384757", Shipment(1_000, OPEN, 0, 5_000_000))
    assert memory.index.pop(5_000_001) == (5_000_000, b"SF1029384757")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"\7\2AB", "it has 4 bytes"),
        (b"\4" * 40, "state format 4 is not known"),
        (_flushed(b"CD")[b"CD"], "it is the state of another shipment"),
        (b"\7" + bytes(40), "it is the state of another shipment"),
        (b"\7\2AB" + bytes(23), "it has 27 bytes"),
        (b"\7\xff\xff\xff\xff\xff" + bytes(40), "it ends, or breaks"),
    ],
)
def test_what_is_no_state_of_its_key_parks_the_partition(value: bytes, why: str) -> None:
    memory = Memory()
    memory.load(b"AB", value)
    with pytest.raises(PartitionParked, match=rf"b'AB' cannot be read: {why}"):
        memory.index_all()


def test_what_is_no_state_takes_the_place_of_a_state() -> None:
    memory = Memory()
    memory.load(b"AB", _flushed(b"AB")[b"AB"])
    memory.load(b"AB", b"nonsense")
    assert len(memory) == 0
    with pytest.raises(PartitionParked):
        memory.index_all()


def test_a_tombstone_takes_a_shipment_away() -> None:
    memory = Memory()
    memory.load(b"AB", _flushed(b"AB")[b"AB"])
    memory.load(b"AB", None)
    memory.index_all()
    assert len(memory) == 0
    memory.drop(b"AB")
    assert memory.flush() == {}, "there was nothing to drop"


def test_the_keys_after_one_come_in_their_order() -> None:
    keys = [b"%d" % number for number in range(20)]
    memory = Memory()
    for key, value in _flushed(*keys).items():
        memory.load(key, value)
    assert memory.keys_after(b"12") == sorted(key for key in keys if key > b"12")


@pytest.mark.parametrize("size", [0, 254, 255, 300, 70_000])
def test_a_key_of_any_length_is_kept_filed_and_restored(size: int) -> None:
    key = b"K" * size
    memory = Memory()
    memory.put(key, Shipment(1_000, OPEN, 0, 9_000_000))
    restored = Memory()
    for name, value in memory.flush().items():
        restored.load(name, value)
    restored.index_all()
    for one in (memory, restored):
        assert one.deadline_of(key) == 9_000_000
        assert one.index.pop(9_000_001) == (9_000_000, key)
        assert one.keys_after(b"") == ([key] if size else [])


def test_shipments_of_an_hour_come_in_order_where_they_are_looked_ahead_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.partition.memory.is_native", lambda: True)
    memory = Memory()
    due = {b"%d" % number: 9_000_000 + number * 37 % 1_000 for number in range(300)}
    for key, deadline in due.items():
        memory.put(key, Shipment(1_000, OPEN, 0, deadline))
    fired = []
    while (found := memory.index.pop(9_001_000)) is not None:
        fired.append(found)
    assert fired == sorted((deadline, key) for key, deadline in due.items())


def test_what_is_no_state_does_no_harm_once_another_record_follows() -> None:
    memory, good = Memory(), _flushed(b"AB", b"CD")
    for value in (good[b"AB"], b"nonsense", good[b"AB"]):
        memory.load(b"AB", value)
    memory.load(b"CD", b"nonsense")
    memory.load(b"CD", None)
    memory.index_all()
    assert len(memory) == 1
    assert memory.get(b"AB") is not None
    assert memory.get(b"CD") is None


def test_what_is_forgotten_is_freed_at_once() -> None:
    (value,) = _flushed(b"AB").values()
    before = sys.getrefcount(value)
    memory = Memory()
    memory.load(b"AB", value)
    memory.index_all()
    assert sys.getrefcount(value) == before + 1
    gc.disable()  # which may run much later
    try:
        del memory
        assert sys.getrefcount(value) == before
    finally:
        gc.enable()
