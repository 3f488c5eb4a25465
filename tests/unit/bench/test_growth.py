from bench.growth import LoneCore, measure


def test_a_lone_core_takes_its_whole_load_and_no_more() -> None:
    core = LoneCore(8_000)
    core.take(1)
    assert 0 < core.scans < 8_000
    core.take(10_000)
    assert core.scans == 8_000
    assert core.seconds > 0
    assert 0 < core.open < 8_000 / 5


def test_the_cost_of_a_scan_is_measured_with_as_many_open_as_were_asked_for() -> None:
    growth = measure(6_000, few=60)
    assert 5_500 < growth.many < 6_500
    assert 50 < growth.few < 70
    assert growth.ratio == growth.us_with_many / growth.us_with_few
