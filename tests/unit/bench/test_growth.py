from bench.growth import measure


def test_the_cost_of_a_scan_is_measured_with_as_many_open_as_were_asked_for() -> None:
    growth = measure(6_000, few=60)
    assert 5_500 < growth.many < 6_500
    assert 50 < growth.few < 70
    assert growth.ratio == growth.us_with_many / growth.us_with_few
