"""Linear pieces: into how many straight pieces a ReLU network bends a line, counted and not sampled."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.experiments.xor_starts import fit_together
from relubook.network import MLP

Array = NDArray[Any]

STRIPES = 16
POINTS = 4 * STRIPES
SAME = 1e-9  # of the line's length, or of the steepest slope: what rounding may move


def pieces_along_line(model: MLP, start: ArrayLike, end: ArrayLike) -> int:
    """Count the linear pieces of a ReLU network's scores on the line between two points.

    x(t) = start + t (end − start), 0 ≤ t ≤ 1; pieces = 1 + number of t at which the slope of a score changes. Layer by
    layer, every piece so far is cut where a unit's weighted sum crosses zero on it; what remains in the end is counted.

    Args:
        model: a network of ReLU units without batch normalisation.
        start, end: shape (inputs,), different.

    Returns:
        The number, at least 1.

    Raises:
        ValueError: the network has other units, or ``start`` and ``end`` do not have the shape or are the same.

    Source: Hanin and Rolnick (2019), https://proceedings.mlr.press/v97/hanin19a.html

    >>> pieces_along_line(tent_network(3), [0.0], [1.0])
    8
    """
    first, last = (np.asarray(point, dtype=np.float64) for point in (start, end))
    if model.activation != "relu" or len(model.layers) != 2 * len(model.dense_layers) - 1:
        raise ValueError(f"model must have ReLU units without normalisation, got {model.activation}")
    if first.shape != (model.sizes[0],) or last.shape != first.shape or (first == last).all():
        raise ValueError(f"start and end must be different points of {model.sizes[0]} coordinates")
    edges = np.array([0.0, 1.0])
    value, slope = ((first + last) / 2)[None], (last - first)[None]  # at the middle of each piece
    *hidden, output = model.dense_layers
    for layer in hidden:
        value, slope = value @ layer.weight.value + layer.bias.value, slope @ layer.weight.value
        edges, value, slope = _cut(edges, value, slope)
        on = value > 0
        value, slope = value * on, slope * on
    slopes = slope @ output.weight.value
    change = np.abs(np.diff(slopes, axis=0)).max(axis=1, initial=0)
    return 1 + int((change > SAME * np.abs(slopes).max()).sum())


def _cut(edges: Array, value: Array, slope: Array) -> tuple[Array, Array, Array]:
    """Cut each piece where a sum on it crosses zero."""
    middle = (edges[:-1] + edges[1:]) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = middle[:, None] - value / slope
    inside = (crossing > edges[:-1, None] + SAME) & (crossing < edges[1:, None] - SAME)
    cut = np.sort(np.concatenate([edges, crossing[inside]]))
    cut = cut[np.concatenate([[True], np.diff(cut) > SAME])]
    cut[-1] = 1.0
    new_middle = (cut[:-1] + cut[1:]) / 2
    piece = np.searchsorted(edges, new_middle) - 1
    return cut, value[piece] + (new_middle - middle[piece])[:, None] * slope[piece], slope[piece]


def tent_network(depth: int) -> MLP:
    """The tent map, composed with itself: two units a layer, and twice as many pieces with each.

    t(x) = max(0, 2x) − max(0, 4x − 2), on [0, 1] up to 1 and down again; the network computes t(t(…t(x)…))

    Args:
        depth: number of hidden layers, at least 1.

    Returns:
        A network with one input and one output, of 2^depth pieces on [0, 1].

    Raises:
        ValueError: ``depth`` is no integer of at least 1.

    Source: Telgarsky (2015), https://arxiv.org/abs/1509.08101

    >>> tent_network(2).forward([[0.0], [0.125], [0.25], [0.5], [0.75]]).ravel()
    array([0. , 0.5, 1. , 0. , 1. ])
    """
    model = MLP([1, *[2] * depth, 1], "relu", rng=np.random.default_rng(0))
    for layer in model.dense_layers[:-1]:
        layer.weight.value[...] = np.array([[2.0, 4.0], [-2.0, -4.0]])[: len(layer.weight.value)]
        layer.bias.value[...] = [0.0, -2.0]
    model.dense_layers[-1].weight.value[...] = [[1.0], [-1.0]]
    model.dense_layers[-1].bias.value[...] = 0.0
    return model


def random_network(
    *, seed: int, depth: int, width: int, init: str, bias: float, inputs: int = 1, outputs: int = 1
) -> MLP:
    """A ReLU network with random biases, as no training has seen it.

    W as ``init`` draws it; b = what ``init`` draws + N(0, bias²)

    Args:
        seed: of all draws.
        depth, width: number of hidden layers, and of units in each.
        init: as for ``MLP``.
        bias: standard deviation of the normal biases of the hidden layers; 0 leaves those of ``init``.
        inputs, outputs: number of inputs and of scores.

    Returns:
        The network.

    Raises:
        ValueError: ``MLP`` refuses a value.

    Source: Hanin and Rolnick (2019), https://proceedings.mlr.press/v97/hanin19a.html

    >>> random_network(seed=0, depth=2, width=8, init="he", bias=0.5).sizes
    [1, 8, 8, 1]
    """
    rng = np.random.default_rng(seed)
    model = MLP([inputs, *[width] * depth, outputs], "relu", rng=rng, init=init)
    for layer in model.dense_layers[:-1]:
        layer.bias.value += rng.normal(0, bias, width)
    return model


def random_pieces(
    *,
    seed: int,
    depth: int,
    width: int,
    init: str,
    bias: float,
    inputs: int,
    reach: float,
    epochs: int,
    networks: int,
) -> dict[str, float]:
    """Count the pieces of several random networks along a line, before or after training.

    pieces = mean over networks of ``pieces_along_line``. With one input the line is [−reach, reach]; with more, its
    ends are random, each coordinate N(0, reach²). Training asks for a function of many pieces: the line is cut into 16
    parts of equal length, which belong to two classes by turns, with four points in each; Adam at a rate of 0.01, all
    points in one batch.

    Args:
        seed: of the weights and of the lines.
        depth, width, init, bias, inputs: as for ``random_network``; there are two scores.
        reach: how far the line goes.
        epochs: of training; 0 for none.
        networks: how many are drawn.

    Returns:
        ``pieces``, the mean number over the networks; ``most``, the largest; and ``right``, the mean share of the
        points whose class has the higher score.

    Raises:
        ValueError: ``MLP`` refuses a value.

    Source: Hanin and Rolnick (2019), https://proceedings.mlr.press/v97/hanin19a.html

    >>> random_pieces(seed=0, depth=1, width=8, init="he", bias=0.0, inputs=1, reach=1.0, epochs=0, networks=3)["most"]
    2
    """
    models, lines = [], []
    for index in range(networks):
        rng = np.random.default_rng([seed, index])
        lines.append(rng.normal(0, reach, (2, inputs)) if inputs > 1 else np.array([[-reach], [reach]]))
        models.append(
            random_network(
                seed=int(rng.integers(2**31)),
                depth=depth,
                width=width,
                init=init,
                bias=bias,
                inputs=inputs,
                outputs=2,
            )
        )
    t = (np.arange(POINTS) + 0.5) / POINTS
    labels = np.arange(POINTS) * STRIPES // POINTS % 2
    x = np.stack([start + t[:, None] * (end - start) for start, end in lines])
    if epochs:
        fit_together(models, x, labels, learning_rate=0.01, epochs=epochs, optimizer="adam")
    counts = [pieces_along_line(model, *line) for model, line in zip(models, lines, strict=True)]
    right = [np.mean(model.predict(own) == labels) for model, own in zip(models, x, strict=True)]
    return {"pieces": float(np.mean(counts)), "most": max(counts), "right": float(np.mean(right))}
