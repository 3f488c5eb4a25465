"""Hours with many deadlines: in order, and announced before they are asked for."""

import random

from streams.partition.deadlines import BUCKET_MS, DeadlineIndex

MANY = 1_000


def _hour_of_deadlines(rng: random.Random) -> dict[bytes, int]:
    return {b"%d" % number: BUCKET_MS + rng.randrange(BUCKET_MS // 1_000) for number in range(MANY)}


def test_an_hour_of_many_comes_in_order_and_so_does_what_is_filed_while_it_is_open() -> None:
    rng = random.Random(7)
    current = _hour_of_deadlines(rng)
    index = DeadlineIndex(current.get)
    for key, deadline in current.items():
        index.file(key, deadline)
        index.file(key, deadline + 5)  # an earlier or later note does no harm
    fired: list[tuple[int, bytes]] = []
    expected = [(deadline, key) for key, deadline in current.items()]
    while (found := index.pop(2 * BUCKET_MS)) is not None:
        deadline, key = found
        fired.append(found)
        del current[key]
        if len(expected) < 2 * MANY:
            late = (deadline + rng.randrange(3), b"late %d" % len(expected))
            expected.append(late)
            current[late[1]] = late[0]
            index.file(late[1], late[0])
    assert sorted(fired) == sorted(expected)
    assert [deadline for deadline, _ in fired] == sorted(deadline for deadline, _ in fired)
    assert index.earliest > 2 * BUCKET_MS


def test_keys_are_announced_some_at_a_time_before_they_are_asked_for() -> None:
    current = _hour_of_deadlines(random.Random(8))
    announced: list[list[bytes]] = []

    def deadline_of(key: bytes) -> int:
        assert key in announced[-1], "it was among those that were announced last"
        return current[key]

    index = DeadlineIndex(deadline_of, announced.append)
    for key, deadline in current.items():
        index.file(key, deadline)
    fired = []
    while (found := index.pop(2 * BUCKET_MS)) is not None:
        fired.append(found)
    assert fired == sorted((deadline, key) for key, deadline in current.items())
    half = len(announced) // 2
    for some in (announced[:half], announced[half:]):  # when the hour opens, and when they fire
        assert max(map(len, some)) <= MANY // 5
        assert sorted(key for keys in some for key in keys) == sorted(current)


def test_what_is_due_at_the_very_instant_stays_though_something_earlier_in_its_hour_has_come() -> None:
    current = {b"earlier": BUCKET_MS + 4, b"now": BUCKET_MS + 5}
    index = DeadlineIndex(current.get)
    for key, deadline in current.items():
        index.file(key, deadline)
    assert index.pop(BUCKET_MS + 5) == (BUCKET_MS + 4, b"earlier")
    assert index.pop(BUCKET_MS + 5) is None
    assert index.earliest == BUCKET_MS + 5
    assert index.pop(BUCKET_MS + 6) == (BUCKET_MS + 5, b"now")


def test_of_the_same_instant_the_lesser_key_comes_first_whenever_it_was_filed() -> None:
    current = {b"a": BUCKET_MS, b"c": BUCKET_MS + 1, b"e": BUCKET_MS + 1}
    index = DeadlineIndex(current.get)
    for key in (b"e", b"a", b"c"):
        index.file(key, current[key])
    found = [index.pop(2 * BUCKET_MS)]
    for key in (b"d", b"b"):
        current[key] = BUCKET_MS + 1
        index.file(key, BUCKET_MS + 1)
    found += [index.pop(2 * BUCKET_MS) for _ in range(4)]
    assert [one and one[1] for one in found] == [b"a", b"b", b"c", b"d", b"e"]


def test_what_moves_later_while_its_hour_is_open_comes_then_and_not_before() -> None:
    current = {b"first": BUCKET_MS, b"soon": BUCKET_MS + 5, b"much later": BUCKET_MS + 5, b"gone": BUCKET_MS + 5}
    index = DeadlineIndex(current.get)
    for key, deadline in current.items():
        index.file(key, deadline)
    assert index.pop(BUCKET_MS + 1) == (BUCKET_MS, b"first")
    current |= {b"soon": BUCKET_MS + 9, b"much later": 5 * BUCKET_MS}
    del current[b"gone"]
    assert index.pop(BUCKET_MS + 9) is None
    assert index.pop(BUCKET_MS + 10) == (BUCKET_MS + 9, b"soon")
    assert index.pop(5 * BUCKET_MS) is None
    assert index.pop(5 * BUCKET_MS + 1) == (5 * BUCKET_MS, b"much later")
