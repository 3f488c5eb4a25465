"""The table of states against a dict, with keys that collide in every way."""

import random
import sys
import tracemalloc

import pytest

from streams.partition.states import States
from streams.sla.encoding import encode
from streams.sla.instants import NEVER
from streams.sla.phases import OPEN
from streams.sla.state import Shipment


class Colliding(bytes):
    """A key that has its place in common with many others, often at the end of the table."""

    __slots__ = ()

    def __hash__(self) -> int:
        return -1 - sum(self) % 5 if len(self) % 2 else (sum(self) % 3) << 40


def _value(key: bytes, life: int) -> bytes:
    return encode(Shipment(life, OPEN), NEVER, key)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("most", [7, 60, 600])
def test_it_keeps_what_a_dict_would_keep(seed: int, most: int) -> None:
    rng = random.Random(seed)
    # The same objects come again, as when a shipment is looked at and put back, and others that are equal to them.
    keys = [Colliding(b"k" * (number % 5) + b"%d" % number) for number in range(most)]
    states, model = States(), dict[bytes, bytes]()
    for step in range(4_000):
        key = rng.choice(keys)
        for asked in (key, Colliding(key)) if rng.random() < 0.5 else (rng.choice(keys), key):
            assert states.get(asked) == model.get(asked)
        if rng.random() < (0.3 if step % 1_000 < 600 else 0.8):
            assert states.drop(key) == (model.pop(key, None) is not None)
        else:
            value = model[key] = _value(key, step)
            states.put(key, value)
        assert states.get(key) == model.get(key)
        if step % 50 == 0:
            states.look_ahead(rng.sample(keys, min(most, 40)))
            assert sorted(states) == sorted(model.values())
            assert len(states) == len(model)
            assert [states.get(one) for one in keys] == [model.get(one) for one in keys]


def test_what_is_dropped_is_given_up() -> None:
    states = States()
    value = _value(b"k", 1)
    before = sys.getrefcount(value)
    states.put(b"k", value)
    assert sys.getrefcount(value) == before + 1
    states.drop(b"k")
    assert sys.getrefcount(value) == before


def test_keys_that_come_and_go_take_no_more_room() -> None:
    states = States()

    def pass_through(first: int) -> None:
        for number in range(first, first + 20_000):
            key = b"%d" % number
            states.put(key, b"\5\5" + key)
            states.drop(key)

    pass_through(10_000)
    tracemalloc.start()
    pass_through(50_000)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 10_000
