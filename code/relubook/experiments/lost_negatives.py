"""Lost negatives: how much of its input a layer loses by cutting the negative side, and how much can be read back."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.activations import Activation, get, relu, relu_grad
from relubook.experiments.trained_network import DATA, OPTIMIZERS, _split
from relubook.network import MLP, Dense, Elementwise, Layer, Parameter, he
from relubook.training import accuracy, fit

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


# --- A narrow layer, trained --------------------------------------------------------------------------------


class _CReLU:
    """CReLU as a layer: (max(0, x), max(0, −x)), twice as many outputs as inputs."""

    def __init__(self) -> None:
        self.parameters: list[Parameter] = []

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self.x = x
        return crelu(x)

    def backward(self, grad: Array) -> Array:
        positive, negative = np.split(grad, 2, axis=1)
        return positive * (self.x > 0) - negative * (self.x < 0)


def _own(fn: Callable[[Array], Array], grad: Callable[[Array], Array]) -> Elementwise:
    return Elementwise(Activation(fn=fn, grad=grad, formula="", grad_formula="", range=(-np.inf, np.inf)))


def _identity(x: Array) -> Array:
    return np.asarray(x) + 0.0


def _one(x: Array) -> Array:
    return np.ones_like(x)


def _absolute(x: Array) -> Array:
    return np.abs(x)


def _sign(x: Array) -> Array:
    return np.sign(x)


def _shifted_relu(x: Array) -> Array:
    return relu(x) - 0.5


BOTTLENECKS: Mapping[str, Callable[[], Layer]] = MappingProxyType(
    {
        "relu": lambda: Elementwise("relu"),
        "shifted": lambda: _own(_shifted_relu, relu_grad),
        "leaky_0.01": lambda: Elementwise("leaky_relu", negative_slope=0.01),
        "leaky_0.25": lambda: Elementwise("leaky_relu", negative_slope=0.25),
        "elu": lambda: Elementwise("elu"),
        "softplus": lambda: Elementwise("softplus"),
        "abs": lambda: _own(_absolute, _sign),
        "tanh": lambda: Elementwise("tanh"),
        "crelu": _CReLU,
        "linear": lambda: _own(_identity, _one),
    }
)


def narrow_network(
    *,
    seed: int,
    activation: str,
    width: int,
    around: int,
    data: str,
    optimizer: str,
    learning_rate: float,
    epochs: int,
) -> dict[str, float]:
    """Train a network with one narrow layer, and measure what comes through it.

    missed = Σ (x − x̂)² / Σ (x − x̄)² on the test examples, with x̂ the least-squares fit of the input from (1, h) on
    the training examples and h the narrow layer's outputs

    Weights start from He's, batches hold 32 examples. Weights and order depend on the seed alone, so that two functions
    with the same seed are a pair (but for ``"crelu"``, whose layers have other shapes).

    Args:
        seed: of the initial weights and of the order of the examples.
        activation: of the narrow layer, a key of ``BOTTLENECKS``: ``"shifted"`` is max(0, x) − 1/2, negative on a flat
            half; ``"abs"`` is the absolute value, never negative and nowhere flat; ``"linear"`` is x.
        width: outputs of the narrow layer; even for ``"crelu"``, which has half as many units.
        around: ReLU units in a layer before and in one after it; 0 for a single hidden layer.
        data: a key of ``trained_network.DATA``.
        optimizer: a key of ``trained_network.OPTIMIZERS``.
        learning_rate, epochs: as for ``fit``.

    Returns:
        ``accuracy`` on the test examples, the majority's share where the run diverged; ``missed_start`` and ``missed``,
        before and after training; ``dead``, the share of the narrow layer's outputs that are the same for every
        training example. The last two are NaN where the run diverged.

    Raises:
        ValueError: a name is unknown, ``width`` is odd for ``"crelu"``, or ``fit`` refuses a value.

    Source: the definition; compare Sandler et al. (2018), https://doi.org/10.1109/CVPR.2018.00474

    >>> run = narrow_network(seed=0, activation="linear", width=64, around=0, data="digits", optimizer="momentum",
    ...     learning_rate=0.05, epochs=2)
    >>> run["missed"] < 1e-6, run["accuracy"] > 0.8
    (True, True)
    """
    for name, value, known in (
        ("activation", activation, BOTTLENECKS),
        ("data", data, DATA),
        ("optimizer", optimizer, OPTIMIZERS),
    ):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    _check_counts(width=width)
    if activation == "crelu" and width % 2:
        raise ValueError(f"width must be even for crelu, got {width!r}")
    split = _split(data)
    inputs, classes = split.x_train.shape[1], int(split.y_train.max()) + 1
    hidden = (around, width, around) if around else (width,)
    model = MLP([inputs, *hidden, classes], rng=np.random.default_rng(0))  # its layers are replaced
    rng = np.random.default_rng([seed, 0])
    narrow = 2 * (len(hidden) // 2) + 1  # its function's place among the layers
    layers: list[Layer] = []
    fan_in = inputs
    for index, units in enumerate(hidden):
        at_narrow = index == len(hidden) // 2
        made = units // 2 if at_narrow and activation == "crelu" else units
        layers += [
            Dense(*he(fan_in, made, rng)),
            BOTTLENECKS[activation]() if at_narrow else Elementwise("relu"),
        ]
        fan_in = units
    model.layers = [*layers, Dense(*he(fan_in, classes, rng))]

    def outputs(x: Array) -> Array:
        for layer in model.layers[: narrow + 1]:
            x = layer.forward(x, training=False)
        return x

    def missed() -> float:
        columns = [np.column_stack([np.ones(len(x)), outputs(x)]) for x in (split.x_train, split.x_test)]
        coefficients = np.linalg.lstsq(columns[0], split.x_train, rcond=None)[0]
        error = np.square(split.x_test - columns[1] @ coefficients).sum()
        return float(error / np.square(split.x_test - split.x_test.mean(axis=0)).sum())

    at_start = missed()
    history = fit(
        model,
        split.x_train,
        split.y_train,
        learning_rate=learning_rate,
        epochs=epochs,
        batch_size=32,
        rng=np.random.default_rng([seed, 1]),
        **OPTIMIZERS[optimizer],
    )
    if history.diverged:
        majority = float(np.bincount(split.y_test).max() / len(split.y_test))
        return {"accuracy": majority, "missed_start": at_start, "missed": np.nan, "dead": np.nan}
    h = outputs(split.x_train)
    return {
        "accuracy": accuracy(model, split.x_test, split.y_test),
        "missed_start": at_start,
        "missed": missed(),
        "dead": float((np.ptp(h, axis=0) <= 1e-12 * np.abs(h).max(axis=0)).mean()),
    }


def _check_counts(**counts: int) -> None:
    for name, value in counts.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value!r}")
