"""What the bench compares, and how it says so."""

from pathlib import Path

import pytest

from bench.baseline import built
from bench.comparison import MANY_CLOCKS, Contender
from bench.errors import BenchFailed
from bench.load import POLICIES
from bench.results import Results
from streams.sla.policy import load_policy


def test_the_policy_of_many_clocks_has_25_and_the_five_of_the_express_profile_are_among_them() -> None:
    names = [clock.name for clock in load_policy(MANY_CLOCKS).clocks]
    assert len(names) == 25
    assert {clock.name for clock in load_policy(POLICIES / "express.yaml").clocks} < set(names)


def test_a_cost_is_the_median_of_its_rounds_and_a_ratio_says_how_much_more_the_other_costs() -> None:
    express = Contender(name="express", policy=MANY_CLOCKS, cpu_s_per_100k=[2.0, 9.0, 1.0])
    many = Contender(name="25 clocks", policy=MANY_CLOCKS, cpu_s_per_100k=[3.0, 2.5, 2.9])
    earlier = Contender(name="v1", policy=MANY_CLOCKS, code=Path(), cpu_s_per_100k=[1.6])
    figures = Results(cores="", partitions=1, comparison=(express, many, earlier)).flat()
    assert figures["many_clocks_cost_ratio"] == 1.45
    assert figures["cost_ratio_to_earlier"] == 1.25


def test_a_revision_that_does_not_exist_cannot_be_compared_with() -> None:
    with pytest.raises(BenchFailed, match="cannot be built"):
        built("no-such-revision")
