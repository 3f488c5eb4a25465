from bench.backtest import measure


def test_the_cost_of_an_event_is_measured_over_as_many_as_were_asked_for() -> None:
    cost = measure(2_000, 1)
    assert cost.events == 2_000
    assert cost.cpu_us_per_event > 0
    assert cost.peak_rss_mb > 0
