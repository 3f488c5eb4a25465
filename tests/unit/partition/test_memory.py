"""Memory keeps one key object a shipment, however many records bring another."""

from streams.partition.memory import Memory
from streams.sla.phases import OPEN
from streams.sla.state import Shipment


def _key() -> bytes:
    return bytes(bytearray(b"SF1029384757"))


def test_a_shipment_whose_deadline_moves_earlier_is_filed_under_the_key_object_it_has() -> None:
    memory = Memory()
    first = _key()
    memory.put(first, Shipment(1_000, OPEN, 0, 9_000_000))
    other = _key()
    assert other is not first
    memory.put(other, Shipment(1_000, OPEN, 0, 5_000_000))
    found = memory.index.pop(5_000_001, memory.deadline_of)
    assert found == (5_000_000, first)
    assert found[1] is first
