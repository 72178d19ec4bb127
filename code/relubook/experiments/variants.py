"""Networks whose activation differs from its relatives in one respect: values, gradient, cap, slope or smoothness."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.activations import Activation, elu, elu_grad, gelu, get
from relubook.experiments.trained_network import trained_network

Array = NDArray[Any]

SOFT_RELU_BETA = 10.0
NODES = np.arange(-3.0, 4.0)  # where the straight pieces of ``straight_gelu`` meet


@cache
def _straight_pieces() -> tuple[Array, Array]:
    """Heights at the nodes, and the slopes between them; on the first call, because GELU loads SciPy."""
    heights = np.concatenate([[0.0], gelu(NODES[1:-1]), NODES[-1:]])
    return heights, np.concatenate([[0.0], np.diff(heights), [1.0]])


def straight_gelu(x: ArrayLike) -> Array:
    """GELU drawn with a ruler: its values at −2, −1, 0, 1 and 2, joined by straight lines.

    f(x) = 0 for x ≤ −3, x for x ≥ 3, and linear between neighbours of −3, −2, …, 3, where f(k) = GELU(k) for |k| ≤ 2

    Args:
        x: real, any shape.

    Returns:
        f(x), float64.

    Source: Hendrycks and Gimpel (2016) for the heights, https://arxiv.org/abs/1606.08415

    >>> straight_gelu([-9.0, -1.0, -0.5, 0.0, 9.0]).round(4)
    array([ 0.    , -0.1587, -0.0793,  0.    ,  9.    ])
    """
    x = np.asarray(x, dtype=np.float64)
    return np.where(x > NODES[-1], x, np.interp(x, NODES, _straight_pieces()[0]))


def straight_gelu_grad(x: ArrayLike) -> Array:
    """Derivative of ``straight_gelu``; at a kink, the slope on its left.

    f′(x) = f(k + 1) − f(k) for k < x ≤ k + 1

    Args:
        x: real, any shape.

    Returns:
        f′(x), float64.

    Source: the definition

    >>> straight_gelu_grad([-9.0, -0.5, 0.5, 9.0]).round(4)
    array([0.    , 0.1587, 0.8413, 1.    ])
    """
    _, slopes = _straight_pieces()
    return slopes[np.searchsorted(NODES, np.asarray(x, dtype=np.float64))]


def capped_elu(x: ArrayLike) -> Array:
    """ELU that stops at 1: bounded on both sides, as tanh is.

    f(x) = min(ELU(x), 1)

    Args:
        x: real, any shape.

    Source: Clevert et al. (2016) for ELU, https://arxiv.org/abs/1511.07289

    >>> capped_elu([-1.0, 0.5, 3.0]).round(4)
    array([-0.6321,  0.5   ,  1.    ])
    """
    return np.minimum(elu(x), 1.0)


def capped_elu_grad(x: ArrayLike) -> Array:
    """Derivative of ``capped_elu``; 0 at the cap.

    f′(x) = ELU′(x) for x < 1, else 0

    Args:
        x: real, any shape.

    Source: the definition

    >>> capped_elu_grad([-1.0, 0.5, 3.0]).round(4)
    array([0.3679, 1.    , 0.    ])
    """
    return elu_grad(x) * (np.asarray(x) < 1)


def _own(name: str, like: str, fn: Callable[..., Array], grad: Callable[..., Array]) -> Activation:
    """An entry with functions of its own that take x alone; ``like`` lends what training does not ask for."""

    def value(x: Array) -> Array:
        return fn(x)

    def derivative(x: Array) -> Array:
        return grad(x)

    value.__name__, derivative.__name__ = name, f"{name}_grad"
    return replace(get(like), fn=value, grad=derivative)


def _with(name: str, like: str, **parameters: float) -> Activation:
    entry = get(like)
    return _own(name, like, lambda x: entry.fn(x, **parameters), lambda x: entry.grad(x, **parameters))


RELU, ELU = get("relu"), get("elu")
VARIANTS: Mapping[str, Activation] = MappingProxyType(
    {
        **{name: get(name) for name in ("relu", "elu", "selu", "tanh", "softplus", "gelu", "silu", "mish")},
        "leaky_0.1": _with("leaky_0.1", "leaky_relu", negative_slope=0.1),
        "leaky_0.25": _with("leaky_0.25", "leaky_relu", negative_slope=0.25),
        "leaky_0.5": _with("leaky_0.5", "leaky_relu", negative_slope=0.5),
        "capped_elu": _own("capped_elu", "elu", capped_elu, capped_elu_grad),
        "elu_values": _own("elu_values", "elu", ELU.fn, RELU.grad),  # forward ELU, backward ReLU
        "elu_gradient": _own("elu_gradient", "relu", RELU.fn, ELU.grad),  # forward ReLU, backward ELU
        "soft_relu": _with("soft_relu", "softplus", beta=SOFT_RELU_BETA),
        "straight_gelu": _own("straight_gelu", "gelu", straight_gelu, straight_gelu_grad),
    }
)


def trained_variant(
    *,
    seed: int,
    function: str,
    data: str,
    init: str,
    depth: int,
    width: int,
    optimizer: str,
    learning_rate: float,
    batch_size: int,
    epochs: int,
    batch_norm: int = 0,
) -> dict[str, float]:
    """Train a network with one of ``VARIANTS`` and measure it.

    VARIANTS[function] = a pair of f and f′; ``trained_network`` trains with it: start and order of the examples depend
    on the seed alone.

    Args:
        seed: of the initial weights and of the order of the examples.
        function: a key of ``VARIANTS``.
        data, init, depth, width, optimizer, learning_rate, batch_size, epochs, batch_norm: as for ``trained_network``.

    Returns:
        ``accuracy`` on the test examples, that of the most frequent class where the run diverged; ``early_loss`` and
        ``loss``, the mean training loss of the first and of the last epoch in nats, inf where the run diverged.

    Raises:
        ValueError: ``function`` is unknown, or ``trained_network`` refuses a value.

    Source: the definition

    >>> run = trained_variant(seed=0, function="capped_elu", data="digits", init="he", depth=1, width=32,
    ...     optimizer="momentum", learning_rate=0.05, batch_size=32, epochs=5)
    >>> run["accuracy"] > 0.9
    True
    """
    if function not in VARIANTS:
        raise ValueError(f"function must be one of {', '.join(VARIANTS)}, got {function!r}")
    outcomes = trained_network(
        seed=seed,
        data=data,
        activation=VARIANTS[function],
        derivative="right",
        init=init,
        depth=depth,
        width=width,
        batch_norm=batch_norm,
        optimizer=optimizer,
        learning_rate=learning_rate,
        batch_size=batch_size,
        epochs=epochs,
    )
    return {name: float(outcomes[name]) for name in ("accuracy", "early_loss", "loss")}


def trained_recipe(*, seed: int, recipe: str, **setting: Any) -> dict[str, float]:
    """Train a network by a recipe: a function with the start that suits it, and with or without normalisation.

    recipe = "function init" or "function init norm"

    Args:
        seed: of the initial weights and of the order of the examples.
        recipe: such as ``"selu lecun"``, or ``"relu he norm"`` for batch normalisation in each hidden layer.
        setting: the other arguments of ``trained_variant``.

    Returns:
        As ``trained_variant``.

    Raises:
        ValueError: the recipe has another form, or ``trained_variant`` refuses a value.

    Source: Klambauer et al. (2017) for SELU's start, https://proceedings.neurips.cc/paper/2017/hash/5d44ee6f2c3f71b73125876103c8f6c4-Abstract.html

    >>> setting = {"data": "digits", "depth": 2, "width": 32, "optimizer": "momentum", "learning_rate": 0.03}
    >>> run = trained_recipe(seed=0, recipe="selu lecun", **setting, batch_size=32, epochs=5)
    >>> run["accuracy"] > 0.9
    True
    """
    parts = recipe.split(" ")
    if len(parts) not in (2, 3) or parts[2:] not in ([], ["norm"]):
        raise ValueError(f"recipe must be 'function init' or 'function init norm', got {recipe!r}")
    function, init = parts[:2]
    return trained_variant(seed=seed, function=function, init=init, batch_norm=len(parts) - 2, **setting)
