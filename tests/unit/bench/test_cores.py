"""Who is pinned where."""

from bench.cores import choose


def test_worker_and_broker_have_a_core_each() -> None:
    cores = choose({0, 1, 2, 3})
    assert cores.for_worker.isdisjoint(cores.for_broker)


def test_on_one_core_they_share_it_and_the_report_says_so() -> None:
    cores = choose({2})
    assert cores.for_worker == cores.for_broker == {2}
    assert "one core only" in cores.describe()


def test_where_nothing_can_be_pinned_nothing_is() -> None:
    assert choose(None).for_worker == choose(None).for_broker == frozenset()
