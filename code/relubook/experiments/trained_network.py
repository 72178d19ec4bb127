"""One trained network, measured: what the surveys of several chapters repeat over settings and seeds."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.activations import Activation, get
from relubook.datasets import Split, breast_cancer, mnist_sample, small_digits
from relubook.experiments.probes import dead_shares, zero_shares
from relubook.network import MLP
from relubook.training import accuracy, fit


def _first_thousand() -> Split:
    """The sample of MNIST with its first 1,000 training digits only, and all test digits."""
    split = mnist_sample()
    return replace(split, x_train=split.x_train[:1000], y_train=split.y_train[:1000])


DATA: Mapping[str, Callable[[], Split]] = MappingProxyType(
    {"digits": small_digits, "mnist": mnist_sample, "mnist1000": _first_thousand, "tumours": breast_cancer}
)
OPTIMIZERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "sgd": {"optimizer": "sgd", "momentum": 0.0},
        "momentum": {"optimizer": "sgd", "momentum": 0.9},
        "adam": {"optimizer": "adam"},
    }
)
LEARNED = 0.9  # of the way from the most frequent class to every label right
FAILED = 0.3


def trained_network(
    *,
    seed: int,
    data: str,
    activation: str | Activation,
    derivative: str,
    init: str,
    depth: int,
    width: int,
    batch_norm: int,
    optimizer: str,
    learning_rate: float,
    batch_size: int,
    epochs: int,
) -> dict[str, float | str]:
    """Train a network of equal hidden layers and measure it.

    way = (accuracy − share of the most frequent class) / (1 − that share). Start and order of the examples depend on
    the seed alone, so that two runs of a seed are a pair.

    Args:
        seed: of the initial weights and of the order of the examples.
        data: a key of ``DATA``.
        activation: a name of the registry, or an entry of one's own.
        derivative: ``"right"``, or ``"wrong"`` for 1 everywhere: that of a backward pass which asks whether the
            *output* of ReLU is ≥ 0.
        init: as for ``MLP``.
        depth, width: number of hidden layers, and of units in each.
        batch_norm: 1 with batch normalisation in each hidden layer, 0 without.
        optimizer: a key of ``OPTIMIZERS``.
        learning_rate, batch_size, epochs: as for ``fit``.

    Returns:
        ``accuracy`` on the test examples; ``early_loss`` and ``loss``, the mean training loss of the first and of the
        last epoch in nats, inf where the run diverged; ``zeros`` and ``dead``, the mean share of zero outputs and of
        dead units over the hidden layers, on the training examples, NaN where the run diverged; and ``outcome``:
        ``"diverged"``, ``"learned"`` where way ≥ 0.9, ``"failed"`` where way < 0.3, else ``"partly"``.

    Raises:
        ValueError: a name is unknown, or ``MLP`` or ``fit`` refuses a value.

    Source: the definition

    >>> run = trained_network(seed=0, data="digits", activation="relu", derivative="right", init="he", depth=1,
    ...     width=32, batch_norm=0, optimizer="momentum", learning_rate=0.05, batch_size=32, epochs=5)
    >>> run["outcome"], run["dead"]
    ('learned', 0.1875)
    """
    for name, value, known in (
        ("data", data, DATA),
        ("optimizer", optimizer, OPTIMIZERS),
        ("derivative", derivative, ("right", "wrong")),
    ):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    split = _split(data)
    model = MLP(
        [split.x_train.shape[1], *[width] * depth, int(split.y_train.max()) + 1],
        _activation(activation, derivative),
        rng=np.random.default_rng([seed, 0]),
        init=init,
        batch_norm=bool(batch_norm),
    )
    history = fit(
        model,
        split.x_train,
        split.y_train,
        learning_rate=learning_rate,
        epochs=epochs,
        batch_size=batch_size,
        rng=np.random.default_rng([seed, 1]),
        **OPTIMIZERS[optimizer],
    )
    majority = float(np.bincount(split.y_test).max() / len(split.y_test))
    if history.diverged:
        return {
            "accuracy": majority,
            "early_loss": float(history.loss[0]) if np.isfinite(history.loss[0]) else np.inf,
            "loss": np.inf,
            "zeros": np.nan,
            "dead": np.nan,
            "outcome": "diverged",
        }
    score = accuracy(model, split.x_test, split.y_test)
    way = (score - majority) / (1 - majority)
    return {
        "accuracy": score,
        "early_loss": float(history.loss[0]),
        "loss": float(history.loss[-1]),
        "zeros": float(np.mean(zero_shares(model, split.x_train))),
        "dead": float(np.mean(dead_shares(model, split.x_train))),
        "outcome": "learned" if way >= LEARNED else "failed" if way < FAILED else "partly",
    }


@lru_cache(maxsize=len(DATA))
def _split(data: str) -> Split:
    return DATA[data]()


def _activation(name: str | Activation, derivative: str) -> Activation:
    activation = get(name)
    return activation if derivative == "right" else replace(activation, grad=_one)


def _one(x: NDArray[Any], **parameters: float) -> NDArray[Any]:
    return np.ones_like(x)
