"""PReLU's slopes after training, with weight decay on them and without."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.experiments.trained_network import OPTIMIZERS, _split
from relubook.network import MLP, PReLU
from relubook.training import accuracy, fit

KINDS = ("prelu", "decayed", "fixed", "relu")


def learned_slopes(
    *,
    seed: int,
    data: str,
    init: str,
    depth: int,
    width: int,
    optimizer: str,
    learning_rate: float,
    weight_decay: float,
    batch_size: int,
    epochs: int,
) -> dict[str, float]:
    """Train four networks that share start and order: PReLU, PReLU with decayed slopes, slopes fixed at 0.25, and ReLU.

    size = mean |slope| over all hidden units. Weight decay applies to the weight matrices of all four, and to the
    slopes of the second alone.

    Args:
        seed: of the initial weights and of the order of the examples.
        data: a key of ``relubook.experiments.trained_network.DATA``.
        init: as for ``MLP``.
        depth, width: number of hidden layers, and of units in each.
        optimizer: a key of ``relubook.experiments.trained_network.OPTIMIZERS``.
        learning_rate, weight_decay, batch_size, epochs: as for ``fit``.

    Returns:
        Of PReLU without decay on the slopes: ``first`` and ``last``, the mean slope of the first and of the last
        hidden layer; ``size``; ``negative``, the share of slopes below 0; and ``largest``, the largest |slope|.
        ``size_decayed`` is the size with decay on the slopes. ``prelu``, ``decayed``, ``fixed`` and ``relu`` are test
        accuracies. A run that diverged has the accuracy of the most frequent class, and NaN for its slopes.

    Raises:
        ValueError: ``MLP`` or ``fit`` refuses a value.

    Source: He et al. (2015), https://doi.org/10.1109/ICCV.2015.123

    >>> run = learned_slopes(seed=0, data="tumours", init="he", depth=1, width=16, optimizer="momentum",
    ...     learning_rate=0.03, weight_decay=0.0, batch_size=32, epochs=3)
    >>> run["first"] == run["last"], run["size"] == run["size_decayed"]
    (True, True)
    """
    split = _split(data)
    majority = float(np.bincount(split.y_test).max() / len(split.y_test))
    slopes: dict[str, list[NDArray[Any]]] = {}
    scores: dict[str, float] = {}
    for kind in KINDS:
        if kind == "decayed" and weight_decay == 0:
            slopes[kind], scores[kind] = slopes["prelu"], scores["prelu"]
            continue
        model = MLP(
            [split.x_train.shape[1], *[width] * depth, int(split.y_train.max()) + 1],
            "relu" if kind == "relu" else "prelu",
            rng=np.random.default_rng([seed, 0]),
            init=init,
        )
        layers = [layer for layer in model.layers if isinstance(layer, PReLU)]
        for layer in layers:
            layer.slope.decay = kind == "decayed"
            if kind == "fixed":
                layer.parameters = []
        history = fit(
            model,
            split.x_train,
            split.y_train,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            epochs=epochs,
            batch_size=batch_size,
            rng=np.random.default_rng([seed, 1]),
            **OPTIMIZERS[optimizer],
        )
        unknown = [np.full(width, np.nan)] * depth
        slopes[kind] = unknown if history.diverged else [layer.slope.value for layer in layers]
        scores[kind] = majority if history.diverged else accuracy(model, split.x_test, split.y_test)
    sizes = np.abs(np.concatenate(slopes["prelu"]))
    negative = np.mean(np.concatenate(slopes["prelu"]) < 0) if np.isfinite(sizes).all() else np.nan
    return {
        "first": float(slopes["prelu"][0].mean()),
        "last": float(slopes["prelu"][-1].mean()),
        "size": float(sizes.mean()),
        "negative": float(negative),
        "largest": float(sizes.max()),
        "size_decayed": float(np.abs(np.concatenate(slopes["decayed"])).mean()),
        **scores,
    }
