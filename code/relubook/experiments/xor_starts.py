"""Exclusive or from many starts: several networks of one shape, trained at the same time on the same few points."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.activations import Activation, get
from relubook.datasets import xor
from relubook.experiments.trained_network import OPTIMIZERS
from relubook.experiments.variants import VARIANTS
from relubook.network import MLP, Dense, Elementwise, Parameter
from relubook.training import SGD, Adam

Array = NDArray[Any]

# The leaky ones and tanh are controls: they have a slope where ReLU has none.
FUNCTIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "relu": get("relu"),
        "leaky_0.01": get("leaky_relu"),
        "leaky_0.25": VARIANTS["leaky_0.25"],
        "tanh": get("tanh"),
    }
)


def fit_together(
    models: Sequence[MLP],
    x: ArrayLike,
    labels: ArrayLike,
    *,
    learning_rate: float,
    epochs: int,
    optimizer: str,
) -> None:
    """Train networks of one shape in place, each by itself, with all examples in one batch.

    As ``fit`` with ``batch_size=len(x)``, but all networks take a step together, which is many times faster where they
    are small: their weights stand in arrays of shape (networks, inputs, units).

    Args:
        models: with the same sizes and activation, without batch normalisation or learned slopes.
        x: shape (examples, inputs), or (networks, examples, inputs) where each network has its own.
        labels: integers, shape (examples,).
        learning_rate, epochs: as for ``fit``; a step is an epoch.
        optimizer: ``"sgd"``, ``"momentum"`` (0.9) or ``"adam"``.

    Raises:
        ValueError: the networks differ in shape, have other layers, or the optimiser is unknown.

    Source: Rumelhart et al. (1986), https://doi.org/10.1038/323533a0

    >>> points, labels = xor()
    >>> models = [MLP([2, 8, 2], rng=np.random.default_rng(seed)) for seed in range(3)]
    >>> fit_together(models, points, labels, learning_rate=0.5, epochs=200, optimizer="sgd")
    >>> [bool((model.predict(points) == labels).all()) for model in models]
    [True, True, True]
    """
    if len({(*model.sizes, model.activation) for model in models}) != 1:
        raise ValueError("models must have one shape and one activation")
    if any(len(model.layers) != 2 * len(model.dense_layers) - 1 for model in models):
        raise ValueError("models must not have batch normalisation")
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"unknown optimizer {optimizer!r}; known are {', '.join(OPTIMIZERS)}")
    bends = [layer for layer in models[0].layers if isinstance(layer, Elementwise)]
    layers = [[model.dense_layers[k] for model in models] for k in range(len(models[0].dense_layers))]
    every = [array for same in layers for array in _stacked(same)]  # weight, bias, weight, bias, …
    parameter = Parameter(np.concatenate([array.ravel() for array in every]))
    values, grads = (_views(flat, every) for flat in (parameter.value, parameter.grad))
    momentum = OPTIMIZERS[optimizer].get("momentum", 0.0)
    rule = Adam([parameter]) if optimizer == "adam" else SGD([parameter], momentum)
    inputs = np.asarray(x, dtype=np.float64)
    inputs = np.broadcast_to(inputs, (len(models), *inputs.shape[-2:]))
    one_hot = np.eye(models[0].sizes[-1])[np.asarray(labels)]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(epochs):
            outputs = [inputs]
            for k in range(len(layers)):
                sums = outputs[-1] @ values[2 * k] + values[2 * k + 1]
                outputs.append(bends[k].forward(sums) if k < len(bends) else sums)
            exponentials = np.exp(outputs[-1] - outputs[-1].max(axis=2, keepdims=True))
            grad = (exponentials / exponentials.sum(axis=2, keepdims=True) - one_hot) / len(one_hot)
            for k in reversed(range(len(layers))):
                grad = bends[k].backward(grad) if k < len(bends) else grad
                np.matmul(outputs[k].transpose(0, 2, 1), grad, out=grads[2 * k])
                grad.sum(axis=1, keepdims=True, out=grads[2 * k + 1])
                grad = grad @ values[2 * k].transpose(0, 2, 1)
            rule.step(learning_rate)
    for k, same in enumerate(layers):
        for index, layer in enumerate(same):
            layer.weight.value[...], layer.bias.value[...] = values[2 * k][index], values[2 * k + 1][index, 0]


def _stacked(same: Sequence[Dense]) -> tuple[Array, Array]:
    """Weights of shape (networks, inputs, units) and biases of shape (networks, 1, units)."""
    return np.stack([layer.weight.value for layer in same]), np.stack(
        [layer.bias.value[None] for layer in same]
    )


def _views(flat: Array, like: Sequence[Array]) -> list[Array]:
    """Views of consecutive parts of ``flat``, each in the shape of one of the arrays."""
    ends = np.cumsum([array.size for array in like])
    return [flat[end - array.size : end].reshape(array.shape) for end, array in zip(ends, like, strict=True)]


def xor_starts(
    *,
    seed: int,
    units: int,
    init: str,
    low: int,
    optimizer: str,
    learning_rate: float,
    epochs: int,
    starts: int,
) -> dict[str, float]:
    """The share of starts from which networks of one hidden layer learn exclusive or, by activation function.

    share = mean over the starts of [all four points get their label]; every function has the same starts

    Args:
        seed: of the initial weights.
        units: of the hidden layer.
        init: as for ``MLP``.
        low: the input that stands for "no", 0 or −1; 1 stands for "yes".
        optimizer: ``"sgd"``, ``"momentum"`` (0.9) or ``"adam"``.
        learning_rate, epochs: as for ``fit``; all four points are one batch.
        starts: how many networks of each function.

    Returns:
        A share for each key of ``FUNCTIONS``.

    Raises:
        ValueError: ``MLP`` or ``fit_together`` refuses a value.

    Source: Goodfellow et al. (2016), section 6.1, https://www.deeplearningbook.org/

    >>> setting = {"init": "he", "low": 0, "optimizer": "sgd", "learning_rate": 0.5, "epochs": 200, "starts": 20}
    >>> xor_starts(seed=0, units=2, **setting)["relu"] < xor_starts(seed=0, units=16, **setting)["relu"]
    True
    """
    points, labels = xor()
    points = low + (1 - low) * points
    shares = {}
    for name, entry in FUNCTIONS.items():
        models = [
            MLP([2, units, 2], entry, rng=np.random.default_rng([seed, start]), init=init)
            for start in range(starts)
        ]
        fit_together(models, points, labels, learning_rate=learning_rate, epochs=epochs, optimizer=optimizer)
        right = [_answers(model, points) == labels for model in models]
        shares[name] = float(np.all(right, axis=1).mean())
    return shares


def _answers(model: MLP, x: Array) -> Array:
    """The class with the highest score; −1 where the scores are not finite, or equal."""
    scores = model.forward(x)
    with np.errstate(invalid="ignore"):
        certain = np.isfinite(scores).all(axis=1) & (scores[:, 0] != scores[:, 1])
    return np.where(certain, scores.argmax(axis=1), -1)
