"""Lost negatives: how much of its input a layer loses by cutting the negative side, and how much can be read back."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.activations import get, relu

Array = NDArray[Any]


def crelu(x: ArrayLike) -> Array:
    """Concatenated ReLU: both halves of the input, in twice as many outputs.

    f(x) = (max(0, x), max(0, −x)), concatenated along the last axis

    Args:
        x: real, shape (…, units).

    Returns:
        Shape (…, 2 · units), of the dtype that ``relu`` gives.

    Raises:
        TypeError: ``x`` is not real.

    Source: Shang et al. (2016), https://proceedings.mlr.press/v48/shang16.html

    >>> crelu([-2.0, 3.0])
    array([0., 3., 2., 0.])
    """
    return np.concatenate([relu(x), relu(np.negative(x))], axis=-1)


def recovered_share(*, seed: int, width: int, inputs: int = 10, examples: int = 300) -> float:
    """Share of inputs that can be computed exactly from the outputs of a random ReLU layer.

    Where a unit is on, its output is the linear equation wᵀx = h. An input is recovered if the equations of the units
    that are on determine it: max |x̂ − x| < 1e-6, with x̂ their least-squares solution.

    Args:
        seed: of the layer's weights N(0, 1) and of the inputs N(0, 1).
        width: units of the layer, at least 1.
        inputs: numbers in an input, at least 1.
        examples: inputs to try, at least 1.

    Returns:
        The share, in [0, 1].

    Raises:
        ValueError: a number is below 1.

    Source: the definition; compare Shang et al. (2016), https://proceedings.mlr.press/v48/shang16.html

    >>> recovered_share(seed=0, width=5), recovered_share(seed=0, width=100)
    (0.0, 1.0)
    """
    _check_counts(width=width, inputs=inputs, examples=examples)
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=(inputs, width))
    recovered = 0
    for x in rng.normal(size=(examples, inputs)):
        outputs = relu(x @ weight)
        on = outputs > 0
        solution = np.linalg.lstsq(weight[:, on].T, outputs[on], rcond=None)[0]
        recovered += np.abs(solution - x).max() < 1e-6
    return float(recovered / examples)


def unexplained_share(
    *, seed: int, activation: str, width: int, inputs: int = 10, examples: int = 2000, **parameters: float
) -> float:
    """Share of the inputs' variance that a linear layer cannot read back from a random layer's outputs.

    share = Σ (x − x̂)² / Σ (x − x̄)² on fresh inputs, with x̂ the least-squares fit of x from (1, f(xW + b))

    Args:
        seed: of the weights N(0, 1/inputs), the biases N(0, 1/4) and the inputs N(0, 1).
        activation: a name of the registry, or ``"crelu"``, which uses half as many units for the same width.
        width: outputs of the layer; even for ``"crelu"``.
        inputs: numbers in an input.
        examples: inputs to fit on, and as many fresh ones to measure on.
        parameters: passed on to the activation.

    Returns:
        The share; 0 is a perfect copy, 1 is no better than the mean.

    Raises:
        ValueError: a number is below 1, or ``width`` is odd for ``"crelu"``, or the activation is unknown.

    Source: least squares; Shang et al. (2016) for CReLU, https://proceedings.mlr.press/v48/shang16.html

    >>> unexplained_share(seed=0, activation="crelu", width=20) < 1e-12
    True
    """
    _check_counts(width=width, inputs=inputs, examples=examples)
    if activation == "crelu":
        if width % 2:
            raise ValueError(f"width must be even for crelu, got {width!r}")
        fn, units = crelu, width // 2
    else:
        fn, units = get(activation).fn, width
    rng = np.random.default_rng(seed)
    x, fresh = rng.normal(size=(2, examples, inputs))
    weight = rng.normal(0, 1 / np.sqrt(inputs), (inputs, width))[:, :units]
    bias = rng.normal(0, 0.5, width)[:units]

    def columns(data: Array) -> Array:
        return np.column_stack([np.ones(len(data)), fn(data @ weight + bias, **parameters)])

    coefficients = np.linalg.lstsq(columns(x), x, rcond=None)[0]
    missed = np.square(fresh - columns(fresh) @ coefficients).sum()
    return float(missed / np.square(fresh - fresh.mean(axis=0)).sum())


def _check_counts(**counts: int) -> None:
    for name, value in counts.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value!r}")
