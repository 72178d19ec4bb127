"""Nonlinearity: what a network can do because its units bend, and what it cannot do without."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.activations import Activation, get, relu
from relubook.datasets import two_spirals
from relubook.network import MLP
from relubook.training import accuracy, fit

Array = NDArray[Any]


def _identity(x: Array) -> Array:
    return np.asarray(x) * 1.0


def _identity_grad(x: Array) -> Array:
    return np.ones_like(x, dtype=np.float64)


# Not in the registry: it is here to show what cannot be done with it.
IDENTITY = Activation(
    fn=_identity,
    grad=_identity_grad,
    formula="x",
    grad_formula="1",
    range=(-np.inf, np.inf),
    keras="keras.activations.linear",
    torch="torch.nn.Identity",
)


@dataclass(frozen=True)
class HingeFit:
    """A line plus ReLU hinges, fitted to a curve.

    Attributes:
        knots: where the hinges bend, shape (hinges,).
        coefficients: of 1, x, and each hinge, shape (hinges + 2,).
        largest_error: largest distance to the curve on a fine grid, in the curve's unit.
    """

    knots: Array
    coefficients: Array
    largest_error: float

    def __call__(self, x: Array) -> Array:
        return _hinges(x, self.knots) @ self.coefficients


def fit_hinges(
    curve: Callable[[Array], Array], *, hinges: int, interval: tuple[float, float], points: int = 20_001
) -> HingeFit:
    """Fit a line plus equally spaced ReLU hinges to a curve by least squares.

    curve(x) ≈ a + b x + Σ cₖ max(0, x − tₖ)

    Args:
        curve: takes and returns an array of shape (points,).
        hinges: number of hinges inside the interval, at least 0.
        interval: the ends of the range of x.
        points: number of equally spaced x at which curve and fit are compared.

    Returns:
        The fit.

    Raises:
        ValueError: ``hinges`` is negative, or ``interval`` is empty.

    Source: least squares; Goodfellow et al. (2016), section 5.1.4, https://www.deeplearningbook.org/

    >>> fit_hinges(np.abs, hinges=1, interval=(-1, 1)).largest_error < 1e-12
    True
    """
    low, high = interval
    if hinges < 0:
        raise ValueError(f"hinges must not be negative, got {hinges!r}")
    if not low < high:
        raise ValueError(f"interval must ascend, got {interval!r}")
    knots = np.linspace(low, high, hinges + 2)[1:-1]
    x = np.linspace(low, high, points)
    y = np.asarray(curve(x), dtype=np.float64)
    coefficients = np.linalg.lstsq(_hinges(x, knots), y, rcond=None)[0]
    error = np.abs(_hinges(x, knots) @ coefficients - y).max()
    return HingeFit(knots, coefficients, float(error))


def _hinges(x: Array, knots: Array) -> Array:
    return np.column_stack([np.ones_like(x), x, relu(x[:, None] - knots)])


def spirals_accuracy(
    *, seed: int, activation: str, hidden: Sequence[int] = (32, 32), epochs: int = 150, examples: int = 400
) -> float:
    """Train a network on two spirals, and return its accuracy on fresh points of the same spirals.

    accuracy = mean [argmax scores = label]

    Args:
        seed: of the points, the initial weights and the order of the examples.
        activation: a name of the registry, or ``"identity"`` for a network without a nonlinearity.
        hidden: units of each hidden layer.
        epochs: passes over the training points.
        examples: points to train on, and as many to test on; even.

    Returns:
        The share of test points classified correctly, in [0, 1]; 0.5 is chance.

    Raises:
        ValueError: the activation is unknown, or a number is out of range.

    Source: the spirals of Lang and Witbrock (1988), https://gwern.net/doc/ai/nn/fully-connected/1988-lang.pdf

    >>> spirals_accuracy(seed=0, activation="identity", epochs=5) < 0.8
    True
    """
    model, _, test = trained_on_spirals(
        seed=seed, activation=activation, hidden=hidden, epochs=epochs, examples=examples
    )
    return accuracy(model, *test)


def trained_on_spirals(
    *, seed: int, activation: str, hidden: Sequence[int] = (32, 32), epochs: int = 150, examples: int = 400
) -> tuple[MLP, tuple[Array, Array], tuple[Array, Array]]:
    """The network of ``spirals_accuracy`` itself, with its training and test points.

    model = MLP([2, *hidden, 2]), trained by Adam at a learning rate of 0.01

    Args:
        seed, activation, hidden, epochs, examples: as for ``spirals_accuracy``.

    Returns:
        The network, and (x, y) of the training and of the test points, x of shape (examples, 2).

    Raises:
        ValueError: the activation is unknown, or a number is out of range.

    Source: the spirals of Lang and Witbrock (1988), https://gwern.net/doc/ai/nn/fully-connected/1988-lang.pdf

    >>> model, train, test = trained_on_spirals(seed=0, activation="relu", hidden=(8,), epochs=1)
    >>> model.sizes, train[0].shape
    ([2, 8, 2], (400, 2))
    """
    train = two_spirals(examples, rng=np.random.default_rng([seed, 0]))
    test = two_spirals(examples, rng=np.random.default_rng([seed, 1]))
    entry = IDENTITY if activation == "identity" else get(activation)
    model = MLP([2, *hidden, 2], entry, rng=np.random.default_rng([seed, 2]))
    order = np.random.default_rng([seed, 3])
    fit(model, *train, learning_rate=0.01, epochs=epochs, batch_size=40, rng=order, optimizer="adam")
    return model, train, test


def activation_patterns(model: MLP, x: Array) -> Array:
    """Number the linear regions that points fall into: the same number, the same units on in every hidden layer.

    pattern = ([h > 0] for every hidden unit); inside one pattern a ReLU network is one affine map

    Args:
        model: a network of ReLU units.
        x: shape (examples, inputs), real.

    Returns:
        A number from 0 to regions − 1 for each example, shape (examples,).

    Raises:
        ValueError: ``x`` has the wrong shape.

    Source: Montúfar et al. (2014), https://proceedings.neurips.cc/paper/2014/hash/109d2dd3608f669ca17920c511c2a41e-Abstract.html

    >>> model = MLP([1, 2, 1], rng=np.random.default_rng(0))
    >>> np.unique(activation_patterns(model, np.array([[-2.0], [-1.0], [1.0], [2.0]]))).size
    2
    """
    units_on = np.concatenate([hidden > 0 for hidden in model.hidden(x)], axis=1)
    return np.unique(units_on, axis=0, return_inverse=True)[1].reshape(-1)
