"""What the tests know of each activation, from other sources than its own code: one entry each, in one table.

A new activation needs one entry here. ``formula`` is its definition, written with mpmath's functions; everything else
has the value that most functions need.
"""

from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np
from mpmath import mpf
from numpy.typing import NDArray
from scipy.special import ndtr

from relubook.activations import SELU_ALPHA, SELU_SCALE


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The reference of one activation.

    Attributes:
        formula: f(x, **parameters) of an mpmath number, to 60 digits.
        limits: f(−∞), f(∞), f′(−∞) and f′(∞), with the default parameters.
        obvious: the line of NumPy that one would write first; the function's time is compared with that of this line.
        slowdown: how many times as long as ``obvious`` the function may take.
        parameters: further settings to test, beside the defaults.
        tolerance: the largest relative error, for |x| up to ``tested_to``.
        largest: the largest finite x, as a share of the dtype's maximum, that has a finite result; at 0 it is 100.
    """

    formula: Callable[..., mpf]
    limits: tuple[float, float, float, float]
    obvious: Callable[[NDArray], NDArray]
    slowdown: float = 1.5
    parameters: tuple[dict[str, float], ...] = ()
    tolerance: float = 1e-15
    tested_to: float = 30.0
    largest: float = 1.0


def _sigmoid(x: mpf) -> mpf:
    return 1 / (1 + mpmath.exp(-x))


def _leaky(x: mpf, negative_slope: float) -> mpf:
    return x if x > 0 else mpf(negative_slope) * x


def _gelu(x: mpf, approximate: bool) -> mpf:
    if approximate:
        return x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpf("0.044715") * x**3)))
    return x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2


INF = np.inf
SLOPES = tuple({"negative_slope": slope} for slope in (0.3, 2.0, -0.5, 0.0))

REFERENCES = {
    "relu": Reference(
        formula=lambda x: max(x, mpf(0)),
        limits=(0, INF, 0, 1),
        obvious=lambda x: np.maximum(x, 0),
        slowdown=1.1,
    ),
    "leaky_relu": Reference(
        formula=_leaky,
        limits=(-INF, INF, 0.01, 1),
        obvious=lambda x: np.where(x > 0, x, 0.01 * x),
        parameters=SLOPES,
    ),
    "prelu": Reference(
        formula=_leaky,
        limits=(-INF, INF, 0.25, 1),
        obvious=lambda x: np.where(x > 0, x, 0.25 * x),
        parameters=({"negative_slope": 0.1},),
    ),
    "relu6": Reference(
        formula=lambda x: min(max(x, mpf(0)), mpf(6)),
        limits=(0, 6, 0, 0),
        obvious=lambda x: np.clip(x, 0, 6),
    ),
    "squared_relu": Reference(
        formula=lambda x: max(x, mpf(0)) ** 2,
        limits=(0, INF, 0, INF),
        obvious=lambda x: np.maximum(x, 0) ** 2,
        largest=0.0,
    ),
    "elu": Reference(
        formula=lambda x, alpha: x if x > 0 else mpf(alpha) * mpmath.expm1(x),
        limits=(-1, INF, 0, 1),
        obvious=lambda x: np.where(x > 0, x, np.exp(x) - 1),
        parameters=({"alpha": 1.7}, {"alpha": 0.0}),
    ),
    "celu": Reference(
        formula=lambda x, alpha: x if x > 0 else mpf(alpha) * mpmath.expm1(x / mpf(alpha)),
        limits=(-1, INF, 0, 1),
        obvious=lambda x: np.where(x > 0, x, np.exp(x) - 1),
        parameters=({"alpha": 2.5}, {"alpha": 0.2}),
    ),
    "selu": Reference(
        formula=lambda x: mpf(SELU_SCALE) * (x if x > 0 else mpf(SELU_ALPHA) * mpmath.expm1(x)),
        limits=(-SELU_SCALE * SELU_ALPHA, INF, 0, SELU_SCALE),
        obvious=lambda x: 1.0507 * np.where(x > 0, x, 1.6733 * (np.exp(x) - 1)),
        largest=0.9,
    ),
    "softplus": Reference(
        formula=lambda x, beta: mpmath.log1p(mpmath.exp(mpf(beta) * x)) / mpf(beta),
        limits=(0, INF, 0, 1),
        obvious=lambda x: np.log(1 + np.exp(x)),
        slowdown=2.5,
        parameters=({"beta": 3.0},),
    ),
    "gelu": Reference(
        formula=_gelu,
        limits=(0, INF, 0, 1),
        obvious=lambda x: x * ndtr(x),
        parameters=({"approximate": True},),
        tolerance=2e-13,
    ),
    "silu": Reference(
        formula=lambda x: x * _sigmoid(x),
        limits=(0, INF, 0, 1),
        obvious=lambda x: x / (1 + np.exp(-x)),
    ),
    "swish": Reference(
        formula=lambda x, beta: x * _sigmoid(mpf(beta) * x),
        limits=(0, INF, 0, 1),
        obvious=lambda x: x / (1 + np.exp(-x)),
        parameters=({"beta": 3.0}, {"beta": 0.25}),
    ),
    "mish": Reference(
        formula=lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))),
        limits=(0, INF, 0, 1),
        obvious=lambda x: x * np.tanh(np.log(1 + np.exp(x))),
        slowdown=2.5,
    ),
    "hard_silu": Reference(
        formula=lambda x: x * min(max(x + 3, mpf(0)), mpf(6)) / 6,
        limits=(0, INF, 0, 1),
        obvious=lambda x: x * np.clip(x + 3, 0, 6) / 6,
    ),
    "sigmoid": Reference(
        formula=_sigmoid,
        limits=(0, 1, 0, 0),
        obvious=lambda x: 1 / (1 + np.exp(-x)),
    ),
    "tanh": Reference(formula=mpmath.tanh, limits=(-1, 1, 0, 0), obvious=np.tanh),
}
