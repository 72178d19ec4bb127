"""Intervals: against SciPy, and that 95 of 100 hold the truth."""

import numpy as np
import pytest
from scipy import stats

from relubook.statistics import Interval, mean_interval, paired_difference


def test_the_interval_is_that_of_scipy():
    values = np.random.default_rng(0).normal(3, 2, 7)
    interval = mean_interval(values)
    low, high = stats.t.interval(0.95, 6, loc=values.mean(), scale=stats.sem(values))
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-12)
    assert interval.mean == pytest.approx(values.mean())
    assert interval.half_width == pytest.approx((high - low) / 2)


def test_95_of_100_intervals_hold_the_truth():
    rng = np.random.default_rng(0)
    held = [
        interval.low <= 1.0 <= interval.high
        for interval in (mean_interval(rng.normal(1.0, 3.0, 5)) for _ in range(4000))
    ]
    assert 0.94 < np.mean(held) < 0.96


def test_pairs_cancel_what_they_share():
    rng = np.random.default_rng(0)
    shared = rng.normal(0, 10, 8)
    a, b = shared + 1 + rng.normal(0, 0.1, 8), shared + rng.normal(0, 0.1, 8)
    difference = paired_difference(a, b)
    assert difference.low > 0.8 and difference.high < 1.2
    assert mean_interval(a).low < mean_interval(b).mean  # apart from one another they overlap


def test_formats_as_mean_and_half_width():
    assert f"{Interval(1.0, 0.75, 1.25):.2f}" == "1.00 ± 0.25"
    assert f"{mean_interval([2.0, 2.0]):.1f}" == "2.0 ± 0.0"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0], "at least 2 runs"),
        ([[1.0, 2.0]], "at least 2 runs in one dimension"),
        ([1.0, np.nan], "values holds NaN"),
        ([1.0, np.inf], "values holds NaN"),
        ([], "at least 2 runs"),
        (1.0, "at least 2 runs"),
        ([[1.0, 2.0], [3.0]], "values must be an array, got rows of different lengths"),
    ],
)
def test_bad_values_are_named(values, message):
    with pytest.raises(ValueError, match=message):
        mean_interval(values)


def test_pairs_must_match():
    with pytest.raises(ValueError, match=r"same shape, got \(2,\) and \(3,\)"):
        paired_difference([1, 2], [1, 2, 3])


def test_pairs_name_the_side_that_is_wrong():
    with pytest.raises(ValueError, match=r"^b holds NaN"):
        paired_difference([1, 2], [1, np.nan])
    with pytest.raises(ValueError, match=r"^a holds NaN"):
        paired_difference([np.inf, 2], [np.inf, 1])
    with pytest.raises(ValueError, match=r"^a and b must hold at least 2 runs"):
        paired_difference([1], [2])


@pytest.mark.parametrize("values", [np.ma.masked_less([1.0, 2.0], 2), ["a", "b"], [1j, 2j], [1, None]])
def test_what_is_not_real_is_refused(values):
    for call in (lambda: mean_interval(values), lambda: paired_difference([1, 2], values)):
        with pytest.raises(TypeError, match=r"must (hold real numbers|not be a masked array)"):
            call()


def test_small_integers_and_bools_do_not_wrap():
    small, large = np.array([0, 0], np.uint8), np.array([200, 200], np.uint8)
    assert paired_difference(small, large).mean == -200.0
    assert mean_interval(large).mean == 200.0 and mean_interval([True, False]).mean == 0.5


def test_an_interval_does_not_change():
    interval = Interval(1.0, 0.5, 1.5)
    with pytest.raises(AttributeError, match="cannot assign to field 'mean'"):
        interval.mean = 2.0
    assert hash(interval) == hash(Interval(1.0, 0.5, 1.5))
