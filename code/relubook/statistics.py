"""What several runs tell: a mean with its 95 % interval, and the same for paired differences."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from relubook.checks import _finite_array

CONFIDENCE = 0.95


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


def mean_interval(values: ArrayLike) -> Interval:
    """Mean over independent runs, with a 95 % interval from Student's t distribution.

    mean ± t · s / √n, with s the sample's standard deviation and t the 97.5 % quantile for n − 1 degrees of freedom

    Args:
        values: one number a run, shape (runs,), at least 2, finite.

    Returns:
        The interval, float64.

    Raises:
        ValueError: ``values`` is not one-dimensional, holds fewer than 2 runs, or is not finite.
        TypeError: ``values`` is not real, or masked.

    Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1

    >>> f"{mean_interval([0.90, 0.92, 0.91]):.3f}"
    '0.910 ± 0.025'
    """
    return _interval("values", _finite_array("values", values).astype(np.float64))


def _interval(name: str, runs: NDArray[Any]) -> Interval:
    if runs.ndim != 1 or len(runs) < 2:
        raise ValueError(f"{name} must hold at least 2 runs in one dimension, got shape {runs.shape}")
    mean = float(runs.mean())
    half_width = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(runs) - 1) * stats.sem(runs))
    return Interval(mean, mean - half_width, mean + half_width)


def paired_difference(a: ArrayLike, b: ArrayLike) -> Interval:
    """Mean of a − b over runs that share split, order and initial draw, with a 95 % interval.

    mean ± t · s / √n of the differences dᵢ = aᵢ − bᵢ. What both runs of a pair have in common cancels, so the
    interval is often far narrower than those of a and b alone suggest.

    Args:
        a, b: one number a run, in the same order of seeds, shape (runs,), finite.

    Returns:
        The interval of the difference; it excludes 0 where the difference is resolved.

    Raises:
        ValueError: the shapes differ, are not one-dimensional or hold fewer than 2 runs, or a value is not finite.
        TypeError: a value is not real, or masked.

    Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1

    >>> f"{paired_difference([0.90, 0.92, 0.91], [0.80, 0.82, 0.82]):.3f}"
    '0.097 ± 0.014'
    """
    first, second = (_finite_array(name, runs).astype(np.float64) for name, runs in (("a", a), ("b", b)))
    if first.shape != second.shape:
        raise ValueError(f"a and b must have the same shape, got {first.shape} and {second.shape}")
    return _interval("a and b", first - second)
