"""What the hidden layers of a network do with data: how many zeros, and how many units that never fire."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.network import MLP

Array = NDArray[Any]


def zero_shares(model: MLP, x: ArrayLike) -> Array:
    """Share of exact zeros among each hidden layer's outputs: how sparse it is.

    share = mean over examples and units of [output = 0]

    Args:
        model: the network.
        x: shape (examples, inputs), real.

    Returns:
        One share a hidden layer, in [0, 1], shape (layers,).

    Raises:
        ValueError: ``x`` has the wrong shape.

    Source: Glorot et al. (2011), https://proceedings.mlr.press/v15/glorot11a.html

    >>> model = MLP([4, 8, 2], rng=np.random.default_rng(0))
    >>> zero_shares(model, np.zeros((3, 4)))
    array([1.])
    """
    return np.array([(outputs == 0).mean() for outputs in model.hidden(x)])


def dead_shares(model: MLP, x: ArrayLike) -> Array:
    """Share of each hidden layer's units that give the same output for every example: how much of it is dead.

    share = mean over units of [max − min over examples ≤ 1e-12 · max |output|], the tolerance being that of a matrix
    product. A dead ReLU unit is always 0 and passes no gradient on. A layer can be sparse without a single dead unit.

    Args:
        model: the network.
        x: shape (examples, inputs), real, at least two different examples.

    Returns:
        One share a hidden layer, in [0, 1], shape (layers,).

    Raises:
        ValueError: ``x`` has the wrong shape, or holds fewer than 2 examples.

    Source: Lu et al. (2020), https://doi.org/10.4208/cicp.OA-2020-0165

    >>> model = MLP([4, 8, 2], rng=np.random.default_rng(0))
    >>> dead_shares(model, np.zeros((3, 4)))
    array([1.])
    """
    hidden = model.hidden(x)
    if np.shape(x)[0] < 2:
        raise ValueError("x must hold at least 2 examples: of one, every unit gives a single value")
    return np.array([(np.ptp(h, axis=0) <= 1e-12 * np.abs(h).max(axis=0)).mean() for h in hidden])
