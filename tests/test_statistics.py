"""Intervals: against SciPy, and that 95 of 100 hold the truth."""

import math

import numpy as np
import pytest
from scipy import stats

from relubook.statistics import Interval, detectable_difference, mean_interval, paired_difference


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


def test_intervals_looked_at_together_hold_together():
    rng = np.random.default_rng(1)
    means = rng.normal(1.0, 3.0, (400, 12, 6))
    for comparisons, lowest, highest in ((1, 0.45, 0.63), (12, 0.92, 0.98)):
        together = [
            all(
                abs(i.mean - 1) <= i.half_width
                for i in (mean_interval(v, comparisons=comparisons) for v in runs)
            )
            for runs in means
        ]
        assert lowest < np.mean(together) < highest


def test_comparisons_widen_a_paired_difference_too():
    a, b = [0.90, 0.92, 0.91, 0.93], [0.80, 0.82, 0.82, 0.80]
    low, high = stats.t.interval(1 - 0.05 / 7, 3, loc=0.105, scale=stats.sem(np.subtract(a, b)))
    interval = paired_difference(a, b, comparisons=7)
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-12)


@pytest.mark.parametrize("runs", [5, 12])
def test_a_detectable_difference_is_seen_four_times_in_five(runs):
    rng = np.random.default_rng(2)
    many = rng.normal(0.0, 0.5, 20_000)
    difference = detectable_difference(many, np.zeros(len(many)), runs=runs)
    seen = [mean_interval(rng.normal(difference, 0.5, runs)).low > 0 for _ in range(2000)]
    assert 0.77 < np.mean(seen) < 0.84


def test_a_detectable_difference_is_two_quantiles_of_standard_errors():
    # Quantiles of Student's t for 6 degrees of freedom, as printed tables have them.
    differences = np.array([1.0, 2.0, 4.0])
    expected = (2.446912 + 0.905703) * math.sqrt(7 / 3) / math.sqrt(7)
    assert detectable_difference(differences, np.zeros(3), runs=7) == pytest.approx(expected, rel=1e-6)


def test_what_pairs_can_see_needs_pairs():
    with pytest.raises(ValueError, match="runs must be an integer of at least 2, got 1"):
        detectable_difference([1, 2], [1, 3], runs=1)
    with pytest.raises(ValueError, match="a and b must hold at least 2 runs"):
        detectable_difference([1], [2], runs=5)
    with pytest.raises(ValueError, match="same shape"):
        detectable_difference([1, 2], [1, 2, 3], runs=5)
    for comparisons in (0, 2.5, True):
        with pytest.raises(ValueError, match="comparisons must be an integer of at least 1"):
            mean_interval([1, 2], comparisons=comparisons)


def test_an_interval_does_not_change():
    interval = Interval(1.0, 0.5, 1.5)
    with pytest.raises(AttributeError, match="cannot assign to field 'mean'"):
        interval.mean = 2.0
    assert hash(interval) == hash(Interval(1.0, 0.5, 1.5))
