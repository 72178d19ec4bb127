"""The second softmax: a network that ends in a softmax, before a loss that applies one of its own."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.datasets import Split, breast_cancer, mnist_sample, small_digits
from relubook.network import MLP, Parameter
from relubook.training import accuracy, fit, softmax_cross_entropy

Array = NDArray[Any]

DATA: Mapping[str, Callable[[], Split]] = MappingProxyType(
    {"digits": small_digits, "mnist": mnist_sample, "tumours": breast_cancer}
)
OPTIMIZERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "sgd": {"optimizer": "sgd", "momentum": 0.0},
        "momentum": {"optimizer": "sgd", "momentum": 0.9},
        "adam": {"optimizer": "adam"},
    }
)


class SoftmaxLayer:
    """Softmax as a layer: scores in, probabilities out.

    p = exp(z) / Σ exp(z), ∂L/∂z = p · (g − Σ g p), with g = ∂L/∂p and the sums over the classes

    Source: Bishop (2006), section 4.3.4,
    https://www.microsoft.com/en-us/research/publication/pattern-recognition-machine-learning/

    >>> SoftmaxLayer().forward(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]])
    """

    def __init__(self) -> None:
        self.parameters: list[Parameter] = []

    def forward(self, x: Array, *, training: bool = False) -> Array:
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad: Array) -> Array:
        return self.p * (grad - (grad * self.p).sum(axis=1, keepdims=True))


def second_softmax(
    *,
    seed: int,
    ending: str,
    data: str,
    init: str,
    depth: int,
    width: int,
    optimizer: str,
    learning_rate: float,
    batch_size: int,
    epochs: int,
) -> dict[str, float | str]:
    """Train a ReLU network whose scores go to the loss as they are, or through a softmax that should not be there.

    L = softmax_cross_entropy(scores) or softmax_cross_entropy(softmax(scores)). Start and order of the examples depend
    on the seed alone, so that two runs of a seed are a pair.

    Args:
        seed: of the initial weights and of the order of the examples.
        ending: ``"logits"``, or ``"softmax"`` for one softmax too many.
        data: a key of ``DATA``.
        init: as for ``MLP``.
        depth, width: number of hidden layers, and of units in each.
        optimizer: a key of ``OPTIMIZERS``.
        learning_rate, batch_size, epochs: as for ``fit``.

    Returns:
        ``accuracy`` on the test examples; ``loss``, the mean training loss of the last epoch in nats, inf where the
        run diverged; ``start_gradient``, the norm of the gradient of all training examples before the first step;
        and ``outcome``: ``"diverged"``, ``"learned"`` from 0.9 of the way between the most frequent class and every
        label right, ``"failed"`` below 0.3 of it, else ``"partly"``.

    Raises:
        ValueError: a name is unknown, or ``MLP`` or ``fit`` refuses a value.

    Source: the definition

    >>> setting = dict(data="digits", init="torch", depth=1, width=32, batch_size=32)
    >>> sgd = dict(optimizer="sgd", learning_rate=0.03, epochs=5)
    >>> [second_softmax(seed=0, ending=name, **setting, **sgd)["outcome"] for name in ("logits", "softmax")]
    ['partly', 'failed']
    """
    for name, value, known in (
        ("ending", ending, ("logits", "softmax")),
        ("data", data, DATA),
        ("optimizer", optimizer, OPTIMIZERS),
    ):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    split = _split(data)
    model = MLP(
        [split.x_train.shape[1], *[width] * depth, int(split.y_train.max()) + 1],
        rng=np.random.default_rng([seed, 0]),
        init=init,
    )
    if ending == "softmax":
        model.layers.append(SoftmaxLayer())
    start_gradient = _gradient_norm(model, split)
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
    score = majority if history.diverged else accuracy(model, split.x_test, split.y_test)
    way = (score - majority) / (1 - majority)
    outcome = "learned" if way >= 0.9 else "failed" if way < 0.3 else "partly"
    return {
        "accuracy": score,
        "loss": np.inf if history.diverged else float(history.loss[-1]),
        "start_gradient": start_gradient,
        "outcome": "diverged" if history.diverged else outcome,
    }


def _gradient_norm(model: MLP, split: Split) -> float:
    _, grad = softmax_cross_entropy(model.forward(split.x_train), split.y_train)
    model.backward(grad)
    return float(np.sqrt(sum(np.square(parameter.grad).sum() for parameter in model.parameters)))


@lru_cache(maxsize=len(DATA))
def _split(data: str) -> Split:
    return DATA[data]()
