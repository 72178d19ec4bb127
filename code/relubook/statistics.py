"""What several runs tell: a mean with its 95 % interval, the same for paired differences, and what they can resolve."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.checks import _finite_array, _whole

CONFIDENCE = 0.95
POWER = 0.8


@dataclass(frozen=True)
class Interval:
    """A mean and its 95 % confidence interval, in the unit of the values.

    Attributes:
        mean: the mean of the values.
        low, high: the ends of the interval, mean ∓ half_width.
        half_width: half the interval's length; 0 where all values are equal.
    """

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2

    def __format__(self, spec: str) -> str:
        """``mean ± half_width``, both formatted with ``spec``."""
        return f"{self.mean:{spec}} ± {self.half_width:{spec}}"


def mean_interval(values: ArrayLike, *, comparisons: int = 1) -> Interval:
    """Mean over independent runs, with a 95 % interval from Student's t distribution.

    mean ± t · s / √n, with s the sample's standard deviation and t the quantile of 1 − 0.025 / comparisons for n − 1
    degrees of freedom. With several comparisons it is Bonferroni's: in 95 of 100 repetitions *all* intervals hold
    their mean.

    Args:
        values: one number a run, shape (runs,), at least 2, finite.
        comparisons: how many intervals are looked at together, at least 1.

    Returns:
        The interval, float64.

    Raises:
        ValueError: ``values`` is not one-dimensional, holds fewer than 2 runs, or is not finite; ``comparisons`` is
            no integer of at least 1.
        TypeError: ``values`` is not real, or masked.

    Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1

    >>> f"{mean_interval([0.90, 0.92, 0.91]):.3f}"
    '0.910 ± 0.025'
    """
    return _interval("values", _finite_array("values", values).astype(np.float64), comparisons)


def _interval(name: str, runs: NDArray[Any], comparisons: int) -> Interval:
    comparisons = _whole("comparisons", comparisons, at_least=1)
    if runs.ndim != 1 or len(runs) < 2:
        raise ValueError(f"{name} must hold at least 2 runs in one dimension, got shape {runs.shape}")
    mean = float(runs.mean())
    from scipy import stats  # here, because it is large and in a browser loads only where a function needs it

    half_width = float(stats.t.ppf(1 - (1 - CONFIDENCE) / 2 / comparisons, len(runs) - 1) * stats.sem(runs))
    return Interval(mean, mean - half_width, mean + half_width)


def paired_difference(a: ArrayLike, b: ArrayLike, *, comparisons: int = 1) -> Interval:
    """Mean of a − b over runs that share split, order and initial draw, with a 95 % interval.

    mean ± t · s / √n of the differences dᵢ = aᵢ − bᵢ. What both runs of a pair have in common cancels, so the
    interval is often far narrower than those of a and b alone suggest.

    Args:
        a, b: one number a run, in the same order of seeds, shape (runs,), finite.
        comparisons: as for ``mean_interval``.

    Returns:
        The interval of the difference; it excludes 0 where the difference is resolved.

    Raises:
        ValueError: the shapes differ, are not one-dimensional or hold fewer than 2 runs, or a value is not finite;
            ``comparisons`` is no integer of at least 1.
        TypeError: a value is not real, or masked.

    Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1

    >>> f"{paired_difference([0.90, 0.92, 0.91], [0.80, 0.82, 0.82]):.3f}"
    '0.097 ± 0.014'
    """
    return _interval("a and b", _differences(a, b), comparisons)


def detectable_difference(a: ArrayLike, b: ArrayLike, *, runs: int) -> float:
    """The true difference that so many pairs would resolve four times in five.

    (t(0.975) + t(0.8)) · s / √runs, with s the standard deviation of the differences aᵢ − bᵢ and both quantiles for
    runs − 1 degrees of freedom. Where an interval holds 0, this says how much may still be there unseen.

    Args:
        a, b: one number a run, as for ``paired_difference``; they only tell how much the differences scatter.
        runs: how many pairs would be run, at least 2.

    Returns:
        The difference, in the unit of a and b.

    Raises:
        ValueError: as for ``paired_difference``; ``runs`` is no integer of at least 2.
        TypeError: a value is not real, or masked.

    Source: Cohen (1992), https://doi.org/10.1037/0033-2909.112.1.155

    >>> round(detectable_difference([0.90, 0.92, 0.91], [0.80, 0.82, 0.82], runs=3), 3)
    0.018
    """
    from scipy import stats

    runs = _whole("runs", runs, at_least=2)
    differences = _differences(a, b)
    _interval("a and b", differences, 1)
    seen = stats.t.ppf((1 + CONFIDENCE) / 2, runs - 1) + stats.t.ppf(POWER, runs - 1)
    return float(seen * np.std(differences, ddof=1) / np.sqrt(runs))


def _differences(a: ArrayLike, b: ArrayLike) -> NDArray[Any]:
    first, second = (_finite_array(name, runs).astype(np.float64) for name, runs in (("a", a), ("b", b)))
    if first.shape != second.shape:
        raise ValueError(f"a and b must have the same shape, got {first.shape} and {second.shape}")
    return first - second
