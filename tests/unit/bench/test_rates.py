"""The arithmetic of the bench."""

import pytest

from bench.rates import Sample, cpu_per_100k, percentile, rate, reached, under_way


def samples(*scans: int) -> list[Sample]:
    """One a second, each second half of it computing."""
    return [Sample(float(second), number, cpu_s=second / 2) for second, number in enumerate(scans)]


def test_the_run_ends_with_the_first_sample_that_saw_every_scan() -> None:
    assert under_way(samples(0, 10, 40, 40, 40)) == samples(0, 10, 40)


def test_between_two_samples_progress_is_taken_as_even() -> None:
    assert reached(samples(0, 100, 300), 200) == pytest.approx(1.5)


def test_what_was_never_reached_is_an_error() -> None:
    with pytest.raises(ValueError, match="never reached"):
        reached(samples(0, 100), 101)


def test_an_even_run_has_the_same_rate_everywhere() -> None:
    even = samples(*range(0, 1_001, 100))
    assert rate(even, 0, 1) == pytest.approx(100)
    assert rate(even, 0.05, 0.25) == pytest.approx(rate(even, 0.75, 0.95))


def test_a_run_that_slows_down_shows_it_in_its_last_quarter() -> None:
    slowing = samples(0, 200, 400, 500, 600, 700, 800)
    assert rate(slowing, 0.75, 0.95) / rate(slowing, 0.05, 0.25) == pytest.approx(0.5)


def test_a_pause_counts_against_the_rate() -> None:
    assert rate(samples(0, 100, 100, 100, 200), 0, 1) == pytest.approx(50)


def test_processor_time_is_that_of_the_measured_scans_alone() -> None:
    assert cpu_per_100k(samples(50_000, 100_000, 150_000)) == pytest.approx(1.0)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_a_measured_value(share: float, value: float) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value
