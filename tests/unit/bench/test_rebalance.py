from bench.rebalance import Commits


def test_a_pause_is_the_longest_time_between_two_commits_of_a_partition() -> None:
    commits = Commits(2, {0: [100, 200, 700, 800, 2_000], 1: [150, 250, 400]})
    assert commits.longest(150, 1_000) == {0: 500, 1: 150}
    assert commits.longest(900, 2**63) == {0: 1_200}


def test_pauses_are_told_apart_by_whether_a_partition_stays_over_both_rebalances() -> None:
    commits = Commits(2, {0: [0, 90, 190, 590, 690, 1_490, 1_590], 1: [0, 80, 180, 980, 1_080, 1_380, 1_480]})
    pauses = commits.pauses({0}, begun=0, came=150, went=1_050)
    assert sorted(pauses.staying) == [400, 800]
    assert sorted(pauses.moving) == [300, 800]
    assert pauses.steady == 90
