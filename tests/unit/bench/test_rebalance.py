from bench.rebalance import Commits


def test_a_pause_is_the_longest_time_between_two_commits_of_a_partition() -> None:
    commits = Commits(2, {0: [100, 200, 700, 800, 2_000], 1: [150, 250, 400]})
    assert commits.longest(150, 1_000) == {0: 500, 1: 150}
    assert commits.longest(900, 2**63) == {0: 1_200}
