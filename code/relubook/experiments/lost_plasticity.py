"""One network, one task after another: does it go on learning?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.checks import _finite_array, _number, _whole
from relubook.datasets import Split
from relubook.experiments.lost_negatives import crelu
from relubook.experiments.probes import dead_shares
from relubook.experiments.trained_network import DATA, OPTIMIZERS
from relubook.network import INITIALIZERS, MLP, BatchNorm, Dense, Elementwise, Layer, Parameter
from relubook.training import accuracy, fit

Array = NDArray[Any]

EXAMPLES = 400  # of each task: few enough to be memorised
CLASSES = 10
BATCH = 50
DECAY = 0.001  # of "L2"
DORMANT = 0.1  # part of the layer's mean activity, at which a unit counts as dormant
KINDS = ("labels", "pixels")
# Each function without any cure, then ReLU with one.
METHODS: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ("relu", "leaky_relu", "prelu", "crelu", "elu", "gelu", "tanh")},
        **dict.fromkeys(("layer norm", "batch norm", "L2", "restart"), "relu"),
    }
)


class CReLU(Elementwise):
    """Concatenated ReLU as a layer: twice as many outputs as inputs.

    y = [max(0, x), max(0, −x)], ∂L/∂x = g₁ · [x > 0] − g₂ · [x < 0], with g₁ and g₂ the two halves of g = ∂L/∂y

    Source: Shang et al. (2016), https://proceedings.mlr.press/v48/shang16.html

    >>> layer = CReLU()
    >>> layer.forward(np.array([[-2.0, 3.0]])), layer.backward(np.array([[5.0, 6.0, 7.0, 8.0]]))
    (array([[0., 3., 2., 0.]]), array([[-7.,  6.]]))
    """

    def __init__(self) -> None:
        self.parameters: list[Parameter] = []

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self.x = x
        return crelu(x)

    def backward(self, grad: Array) -> Array:
        first, second = np.split(grad, 2, axis=1)
        return first * (self.x > 0) - second * (self.x < 0)


class LayerNorm:
    """Layer normalisation: y = γ · (x − μ) / √(σ² + ε) + β, with mean and variance over the units of one example.

    ∂L/∂x = (h − mean h − n · mean(h · n)) / √(σ² + ε), with h = γ · g and n the normalised x

    Args:
        units: number of features.
        epsilon: positive; keeps the division finite.

    Raises:
        ValueError: an argument is out of range.

    Source: Ba et al. (2016), https://arxiv.org/abs/1607.06450

    >>> LayerNorm(2).forward(np.array([[1.0, 3.0], [10.0, 30.0]])).round(3)
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    def __init__(self, units: int, *, epsilon: float = 1e-5) -> None:
        units = _whole("units", units, at_least=1)
        self.epsilon = _number("epsilon", epsilon, "be positive and finite", lambda e: 0 < e < np.inf)
        self.gamma, self.beta = Parameter(np.ones(units)), Parameter(np.zeros(units))
        self.parameters = [self.gamma, self.beta]

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self.inverse_std = 1 / np.sqrt(x.var(axis=1, keepdims=True) + self.epsilon)
        self.normalized = (x - x.mean(axis=1, keepdims=True)) * self.inverse_std
        return self.gamma.value * self.normalized + self.beta.value

    def backward(self, grad: Array) -> Array:
        self.gamma.grad = (grad * self.normalized).sum(axis=0)
        self.beta.grad = grad.sum(axis=0)
        h, n = grad * self.gamma.value, self.normalized
        return self.inverse_std * (
            h - h.mean(axis=1, keepdims=True) - n * (h * n).mean(axis=1, keepdims=True)
        )


def network(method: str, *, inputs: int, width: int, rng: np.random.Generator) -> MLP:
    """A network of two hidden layers with one of the methods, and as many parameters as ReLU's, within 1 %.

    parameters ≈ (inputs + 1) · width + (width + 1) · width + (width + 1) · 10; what a method adds to that, CReLU's
    second half, slopes or gains, it gives back in units. He's start, Glorot's for tanh.

    Args:
        method: a key of ``METHODS``.
        inputs: number of features.
        width: units in each hidden layer of ReLU's network, at least 32.
        rng: where the initial weights come from.

    Returns:
        The network, for ``fit``.

    Raises:
        ValueError: the method is unknown, or a number is too small.

    Source: the definition

    >>> net = network("crelu", inputs=64, width=64, rng=np.random.default_rng(0))
    >>> [layer.weight.value.shape for layer in net.dense_layers]
    [(64, 50), (100, 47), (94, 10)]
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    inputs, width = _whole("inputs", inputs, at_least=1), _whole("width", width, at_least=32)
    widths = _widths(method, inputs, width)
    sizes = [inputs, *widths, CLASSES]
    function = "relu" if method == "crelu" else METHODS[method]
    model = MLP(sizes, function, rng=rng, init="glorot" if function == "tanh" else "he")
    layers: list[Layer] = []
    for layer in model.layers:
        if isinstance(layer, Dense):
            units = len(layer.bias.value)
            if method == "crelu" and layers:  # takes both halves of the layer below
                fan_in = 2 * len(layer.weight.value)
                layer = Dense(*INITIALIZERS["he"](fan_in, units, rng))
        elif method == "crelu":
            layer = CReLU()
        elif method in ("layer norm", "batch norm"):
            layers.append(LayerNorm(units) if method == "layer norm" else BatchNorm(units))
        layers.append(layer)
    model.layers = layers
    return model


@cache
def _widths(method: str, inputs: int, width: int) -> tuple[int, int]:
    """Widths of the two layers that come nearest to the parameters of ReLU's network, as equal as that allows."""
    both = 2 if method == "crelu" else 1
    extra = {"prelu": 1, "layer norm": 2, "batch norm": 2}.get(method, 0)

    def count(first: int, second: int, both: int = both, extra: int = extra) -> int:
        dense = (inputs + 1) * first + (both * first + 1) * second + (both * second + 1) * CLASSES
        return dense + extra * (first + second)

    target = count(width, width, 1, 0)
    pairs = [
        (first, second) for first in range(8, width + 1) for second in range(max(8, first - 3), first + 1)
    ]
    close = [pair for pair in pairs if abs(count(*pair) - target) < 0.01 * target]
    if not close:
        raise ValueError(
            f"width {width} and inputs {inputs} leave {method} no widths within 1 % of ReLU's parameters"
        )
    return min(close, key=lambda pair: (abs(count(*pair) - target), pair[0] - pair[1]))


def sequence(task: str, *, tasks: int, rng: np.random.Generator) -> Iterator[Split]:
    """Tasks on the same 400 training images, one after another.

    ``"labels digits"``: label = uniform over 10, drawn anew for each image in each task; there is nothing to
    generalise, and the test examples are the training examples. ``"pixels digits"``: the true labels, with the pixels
    of all images in a new random order in each task, and test images in the same order.

    Args:
        task: one of ``KINDS`` and a data set: ``"digits"``, or ``"mnist"``, averaged over 2×2 pixels.
        tasks: how many.
        rng: where labels and orders come from.

    Returns:
        An iterator over the tasks.

    Raises:
        ValueError: the task is no such pair, or ``tasks`` is no integer of at least 1.

    Source: Zhang et al. (2017), https://arxiv.org/abs/1611.03530 (random labels); Dohare et al. (2024),
    https://doi.org/10.1038/s41586-024-07711-7 (permuted pixels)

    >>> first, second = sequence("labels digits", tasks=2, rng=np.random.default_rng(0))
    >>> first.x_train is second.x_train, bool((first.y_train == second.y_train).all())
    (True, False)
    """
    kind, _, data = task.partition(" ")
    if kind not in KINDS or data not in ("digits", "mnist"):
        raise ValueError(f"task must be labels or pixels, and digits or mnist, got {task!r}")
    return _tasks(kind, _data(data), _whole("tasks", tasks, at_least=1), rng)


def _tasks(kind: str, split: Split, tasks: int, rng: np.random.Generator) -> Iterator[Split]:
    x, y = split.x_train[:EXAMPLES], split.y_train[:EXAMPLES]
    for _ in range(tasks):
        if kind == "labels":
            labels = rng.integers(CLASSES, size=EXAMPLES)
            yield Split(x, labels, x, labels)
        else:
            order = rng.permutation(x.shape[1])
            yield Split(x[:, order], y, split.x_test[:, order], split.y_test)


@lru_cache(maxsize=len(DATA))
def _data(name: str) -> Split:
    """The digits as they are; those of MNIST averaged over 2×2 pixels, which leaves 14×14."""
    split = DATA[name]()
    if name == "digits":
        return split
    return replace(
        split,
        **{
            part: getattr(split, part).reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196)
            for part in ("x_train", "x_test")
        },
    )


def dormant(outputs: ArrayLike, threshold: float = DORMANT) -> NDArray[np.bool_]:
    """Which units of a layer are dormant: nearly silent beside the others.

    dormant = [mean |h| of the unit ≤ threshold · mean over the layer's units of mean |h|]

    Args:
        outputs: of a hidden layer, shape (examples, units).
        threshold: not negative; 0 asks for units that are always 0.

    Returns:
        One bool a unit.

    Raises:
        ValueError: ``outputs`` is not finite, or ``threshold`` is negative.

    Source: Sokar et al. (2023), https://arxiv.org/abs/2302.12902

    >>> dormant([[0.0, 0.1, 3.0], [0.0, 0.1, 5.0]])
    array([ True,  True, False])
    """
    threshold = _number("threshold", threshold, "be finite and not negative", lambda t: 0 <= t < np.inf)
    activity = np.abs(_finite_array("outputs", outputs)).mean(axis=0)
    return activity <= threshold * activity.mean()


def restart(model: MLP, x: ArrayLike, *, rng: np.random.Generator, threshold: float = DORMANT) -> int:
    """Give the dormant units of a network new weights, so that its scores stay nearly the same.

    W[:, j] ← a new draw of He's, b[j] ← 0, and the weights that leave unit j ← 0

    Args:
        model: changed in place; one output a unit, so not with CReLU.
        x: the examples to look at, shape (examples, inputs).
        rng: where the new weights come from.
        threshold: as for ``dormant``.

    Returns:
        How many units were restarted.

    Raises:
        ValueError: ``x`` has the wrong shape, or an output is not finite.

    Source: Sokar et al. (2023), https://arxiv.org/abs/2302.12902

    >>> net = network("relu", inputs=64, width=32, rng=np.random.default_rng(0))
    >>> net.dense_layers[0].bias.value[:3] = -9.0
    >>> restart(net, np.ones((5, 64)), rng=np.random.default_rng(0), threshold=0.0) >= 3
    True
    """
    count = 0
    below = model.dense_layers
    for layer, following, outputs in zip(below, below[1:], model.hidden(x), strict=False):
        off = dormant(outputs, threshold)
        fan_in, fan_out = layer.weight.value.shape
        new, _ = INITIALIZERS["he"](fan_in, fan_out, rng)
        layer.weight.value[:, off], layer.bias.value[off] = new[:, off], 0
        following.weight.value[off] = 0
        count += int(off.sum())
    return count


def effective_rank(outputs: ArrayLike) -> float:
    """In how many directions the outputs of a layer differ.

    rank = exp(−Σ pᵢ log pᵢ), with pᵢ = sᵢ / Σ s and s the singular values of the outputs minus their mean

    Args:
        outputs: shape (examples, units).

    Returns:
        A number from 1 to the number of units, 0 where all outputs are the same.

    Raises:
        ValueError: ``outputs`` is not finite.

    Source: Roy and Vetterli (2007), https://ieeexplore.ieee.org/document/7098875

    >>> round(effective_rank([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]), 2)
    2.0
    """
    h = _finite_array("outputs", outputs)
    s = np.linalg.svd(h - h.mean(axis=0), compute_uv=False)
    if s[0] <= 1e-12:
        return 0.0
    p = s[s > 1e-12 * s[0]] / s.sum()
    return float(np.exp(-(p * np.log(p)).sum()))


def lost_plasticity(
    *,
    seed: int,
    method: str,
    task: str,
    optimizer: str,
    learning_rate: float,
    width: int,
    epochs: int,
    tasks: int,
) -> dict[str, float]:
    """Train one network on one task after another, and a fresh one on the last task alone.

    loss of plasticity = fresh − last. Each task starts the optimiser anew; ``"restart"`` restarts dormant units before
    each task but the first. Tasks, starts and orders depend on the seed alone, so that two runs of a seed are a pair.

    Args:
        seed: of tasks, initial weights and orders.
        method: a key of ``METHODS``.
        task: as for ``sequence``.
        optimizer: a key of ``trained_network.OPTIMIZERS``.
        learning_rate, epochs: as for ``fit``, in each task, with batches of 50.
        width: as for ``network``.
        tasks: length of the sequence.

    Returns:
        ``first``, ``last`` and ``fresh``: accuracy of the network after the first and after the last task, and of the
        fresh one, each on the task just learned. Of the network after the last task: ``dead`` and ``dormant``, the
        shares of its hidden units; ``growth``, the RMS of its weights, and ``rank``, the effective rank of its last
        hidden layer, both divided by the fresh network's. Where a run diverged these are NaN, and its accuracy is
        what guessing gives, 0.1.

    Raises:
        ValueError: a name is unknown, or a number is out of range.

    Source: the definition

    >>> run = lost_plasticity(seed=0, method="relu", task="labels digits", optimizer="momentum", learning_rate=0.03,
    ...     width=32, epochs=2, tasks=2)
    >>> run["first"] < 0.5, run["dead"] < 0.5
    (True, True)
    """
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {', '.join(OPTIMIZERS)}, got {optimizer!r}")
    model: MLP | None = None
    scores: list[float] = []
    rng = np.random.default_rng
    for number, split in enumerate(sequence(task, tasks=tasks, rng=rng([seed, 0]))):
        inputs = split.x_train.shape[1]
        if model is None:
            model = network(method, inputs=inputs, width=width, rng=rng([seed, 1]))
        elif method == "restart" and _finite(model, split):
            restart(model, split.x_train, rng=rng([seed, 2, number]))
        train = _trainer(split, method, optimizer, learning_rate, epochs)
        scores.append(train(model, rng([seed, 3, number])))
    assert model is not None
    fresh = network(method, inputs=inputs, width=width, rng=rng([seed, 4]))
    numbers = {"first": scores[0], "last": scores[-1], "fresh": train(fresh, rng([seed, 3, number]))}
    inside = dict.fromkeys(("dead", "dormant", "growth", "rank"), float("nan"))
    if _finite(model, split) and _finite(fresh, split):
        hidden, of_fresh = model.hidden(split.x_train), fresh.hidden(split.x_train)
        inside = {
            "dead": float(np.mean(dead_shares(model, split.x_train))),
            "dormant": float(np.mean([dormant(h).mean() for h in hidden])),
            "growth": _rms(model) / _rms(fresh),
            "rank": effective_rank(hidden[-1]) / max(effective_rank(of_fresh[-1]), 1.0),
        }
    return {name: round(value, 3) for name, value in {**numbers, **inside}.items()}


def _trainer(
    split: Split, method: str, optimizer: str, learning_rate: float, epochs: int
) -> Callable[[MLP, np.random.Generator], float]:
    def train(model: MLP, rng: np.random.Generator) -> float:
        if _finite(model, split):
            fit(
                model,
                split.x_train,
                split.y_train,
                learning_rate=learning_rate,
                epochs=epochs,
                batch_size=BATCH,
                rng=rng,
                weight_decay=DECAY if method == "L2" else 0.0,
                **OPTIMIZERS[optimizer],
            )
        return accuracy(model, split.x_test, split.y_test) if _finite(model, split) else 1 / CLASSES

    return train


def _finite(model: MLP, split: Split) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(model.forward(split.x_train)).all())


def _rms(model: MLP) -> float:
    return float(np.mean([np.sqrt(np.square(layer.weight.value).mean()) for layer in model.dense_layers]))
