"""Gradient flow: what depth does to the signal going forward and to the gradient going back."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.activations import relu
from relubook.network import MLP
from relubook.training import softmax_cross_entropy

Array = NDArray[Any]

CLASSES = 10
DIGITS = 4  # significant ones of a survey's numbers
UNRESOLVED = 1e-24  # a smaller share of the mean square is round-off


@dataclass(frozen=True)
class Flow:
    """How a fresh network passes a signal on, and a gradient back.

    Attributes:
        signal: RMS of the last hidden layer's outputs over that of the inputs.
        gradient: norm of the loss's gradient at the inputs over that at the last hidden layer's outputs.
        weight_ratio: norm of the first layer's weight gradient over that of the last hidden layer's.
        varying: share of the last hidden layer's mean square that varies between inputs, in [0, 1]; 0 where it is so
            small that float64 cannot tell it from round-off.
    """

    signal: float
    gradient: float
    weight_ratio: float
    varying: float


def flow(
    *,
    seed: int,
    activation: str,
    init: str,
    depth: int,
    width: int = 64,
    examples: int = 64,
    batch_norm: bool = False,
) -> Flow:
    """Send random inputs forward through a fresh network, and the gradient of its loss back.

    signal = RMS(h_L) / RMS(h₀), gradient = ‖∂L/∂h₀‖ / ‖∂L/∂h_L‖, weight_ratio = ‖∂L/∂W₁‖ / ‖∂L/∂W_L‖,
    varying = mean of the units' variances over the inputs / mean of h_L²

    Args:
        seed: of the weights, the inputs N(0, 1) and the labels.
        activation, init: as for ``MLP``.
        depth: number L of hidden layers, at least 1.
        width: units of the inputs and of each hidden layer.
        examples: inputs in the batch.
        batch_norm: whether each hidden layer normalises its sums over the batch.

    Returns:
        The three ratios and the share; NaN where a layer passes nothing on.

    Raises:
        ValueError: ``depth`` is below 1, or ``MLP`` refuses a value.

    Source: Glorot and Bengio (2010), https://proceedings.mlr.press/v9/glorot10a.html

    >>> flow(seed=0, activation="sigmoid", init="glorot", depth=20).weight_ratio < 1e-8
    True
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1, got {depth!r}")
    rng = np.random.default_rng(seed)
    model = MLP([*[width] * (depth + 1), CLASSES], activation, rng=rng, init=init, batch_norm=batch_norm)
    x, labels = rng.normal(size=(examples, width)), rng.integers(0, CLASSES, examples)
    _, grad_scores = softmax_cross_entropy(model.forward(x, training=True), labels)
    grad_inputs = model.backward(grad_scores)
    first, last, output = model.dense_layers[0], model.dense_layers[-2], model.dense_layers[-1]
    grad_hidden = grad_scores @ output.weight.value.T
    with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 where a layer is off for every input
        varying = output.x.var(axis=0).mean() / np.square(output.x).mean()
        return Flow(
            signal=float(np.sqrt(np.square(output.x).mean() / np.square(x).mean())),
            gradient=float(np.linalg.norm(grad_inputs) / np.linalg.norm(grad_hidden)),
            weight_ratio=float(np.linalg.norm(first.weight.grad) / np.linalg.norm(last.weight.grad)),
            varying=0.0 if varying < UNRESOLVED else float(varying),
        )


def fresh_network(
    *, seed: int, activation: str, init: str, depth: int, width: int, batch_norm: int
) -> dict[str, float]:
    """What ``flow`` measures, as a survey takes it.

    numbers = signal, gradient, weight_ratio and varying of ``flow``, for 64 inputs

    Args:
        seed, activation, init, depth, width: as for ``flow``.
        batch_norm: 1 with batch normalisation in each hidden layer, 0 without.

    Returns:
        The attributes of ``Flow`` by name, to four significant digits: they span thirty orders of magnitude, and a
        table that is checked by differences would see the large ones alone.

    Raises:
        ValueError: as ``flow``.

    Source: ``relubook.experiments.gradient_flow.flow``

    >>> sorted(fresh_network(seed=0, activation="relu", init="he", depth=2, width=8, batch_norm=0))
    ['gradient', 'signal', 'varying', 'weight_ratio']
    """
    run = flow(
        seed=seed, activation=activation, init=init, depth=depth, width=width, batch_norm=bool(batch_norm)
    )
    return {name: float(f"{value:.{DIGITS}g}") for name, value in asdict(run).items()}


def born_dead_share(*, seed: int, width: int, depth: int, networks: int = 2000) -> float:
    """Share of fresh ReLU networks that give the same output for every input: born dead.

    A network of one input, He's weights and zero biases is dead if some layer is 0 for both x = 1 and x = −1; by
    homogeneity it is then 0 for every input. One sign alone dies with the probability 1 − (1 − 2^−width)^depth, which
    therefore bounds the share from above.

    Args:
        seed: of the weights.
        width: units of each layer, at least 1.
        depth: number of layers, at least 1.
        networks: how many to draw.

    Returns:
        The share, in [0, 1].

    Raises:
        ValueError: a number is below 1.

    Source: Lu et al. (2020), https://doi.org/10.4208/cicp.OA-2020-0165

    >>> born_dead_share(seed=0, width=1, depth=50), born_dead_share(seed=0, width=50, depth=2)
    (1.0, 0.0)
    """
    for name, value in (("width", width), ("depth", depth), ("networks", networks)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value!r}")
    rng = np.random.default_rng(seed)
    h = np.broadcast_to([[-1.0], [1.0]], (networks, 2, 1))
    for _ in range(depth):
        fan_in = h.shape[2]
        h = relu(h @ rng.normal(0, np.sqrt(2 / fan_in), (networks, fan_in, width)))
    return float((h == 0).all(axis=(1, 2)).mean())
