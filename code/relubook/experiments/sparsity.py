"""Sparsity: zeros before and after training, and whether skipping them pays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from relubook.experiments.cost import ratios_to_copy
from relubook.experiments.digits import digits_parts, train_on_digits
from relubook.experiments.probes import dead_shares, zero_shares
from relubook.network import MLP

Array = NDArray[Any]


@dataclass(frozen=True)
class Zeros:
    """Zeros and dead units of each hidden layer, as shares on the training digits.

    Attributes:
        zeros_before, zeros_after: zeros among all outputs, before and after training, shape (layers,).
        dead_before, dead_after: units that give the same output for every digit, shape (layers,).
        accuracy: on the test digits, after training.
    """

    zeros_before: tuple[float, ...]
    zeros_after: tuple[float, ...]
    dead_before: tuple[float, ...]
    dead_after: tuple[float, ...]
    accuracy: float


def zeros_through_training(
    *,
    seed: int,
    activation: str = "relu",
    hidden: Sequence[int] = (64, 64, 64),
    epochs: int = 15,
    learning_rate: float = 0.02,
) -> Zeros:
    """Count zeros and dead units in a network, before and after it learns the small digits.

    zeros = mean [output = 0], dead = mean over units of [output constant over the digits]

    Args:
        seed: of the initial weights and of the order of the examples.
        activation: as for ``MLP``.
        hidden: units of each hidden layer.
        epochs, learning_rate: as for ``fit``.

    Returns:
        The shares, and the accuracy.

    Raises:
        ValueError: ``MLP`` or ``fit`` refuses a value.

    Source: Glorot et al. (2011), https://proceedings.mlr.press/v15/glorot11a.html

    >>> result = zeros_through_training(seed=0, hidden=(32,), epochs=1)
    >>> 0.3 < result.zeros_before[0] < 0.7
    True
    """
    x = digits_parts()[0]
    # The same draw as the start of the run below.
    fresh = MLP([x.shape[1], *hidden, 10], activation, rng=np.random.default_rng([seed, 0]))
    run = train_on_digits(
        seed=seed, activation=activation, hidden=hidden, epochs=epochs, learning_rate=learning_rate
    )
    return Zeros(
        zeros_before=tuple(zero_shares(fresh, x).tolist()),
        zeros_after=run.zero_shares,
        dead_before=tuple(dead_shares(fresh, x).tolist()),
        dead_after=run.dead_shares,
        accuracy=run.accuracy,
    )


def skipping_ratios(
    *,
    zeros: float,
    whole_columns: bool = False,
    converted: bool = False,
    rows: int = 256,
    columns: int = 1024,
    outputs: int = 256,
    repeats: int = 15,
) -> float:
    """Time of a product that skips the zeros of its left factor, over that of the dense product.

    ratio = time of csr(H) W / time of H W, with the share ``zeros`` of H at 0 in random places; with ``whole_columns``
    it is columns of H that are 0, and ratio = time of H[:, on] W[on] / time of H W. All on one thread. A layer's output
    is dense when it is computed, so that a network pays for csr(H) at every pass: ``converted`` counts it.

    Args:
        zeros: share of zeros, in [0, 1).
        whole_columns: whether the zeros fill whole columns, which are then left out of a dense product.
        converted: whether making csr(H) from H is part of the time; without effect on whole columns.
        rows, columns, outputs: H is (rows, columns), W is (columns, outputs), float32.
        repeats: rounds, of which the best counts.

    Returns:
        The ratio; below 1, skipping pays. Finding whole columns and copying what remains is counted always.

    Raises:
        ValueError: ``zeros`` is out of range.

    Source: https://docs.scipy.org/doc/scipy/reference/generated/scipy.sparse.csr_array.html

    >>> skipping_ratios(zeros=0.5, rows=16, columns=64, outputs=16) > 0
    True
    """
    from scipy import sparse  # see relubook.statistics

    if not 0 <= zeros < 1:
        raise ValueError(f"zeros must lie in [0, 1), got {zeros!r}")
    rng = np.random.default_rng(0)
    dense = rng.random((rows, columns), dtype=np.float32)
    weight = rng.random((columns, outputs), dtype=np.float32)
    if whole_columns:
        dense[:, rng.permutation(columns)[: round(zeros * columns)]] = 0
    else:
        dense[rng.random(dense.shape) < zeros] = 0
    compressed = sparse.csr_array(dense)

    def skip_columns() -> Array:
        on = np.flatnonzero(dense.any(axis=0))
        return dense[:, on] @ weight[on]

    def skip_zeros() -> Array:
        return (sparse.csr_array(dense) if converted else compressed) @ weight

    calls = {"dense": lambda: dense @ weight, "skip": skip_columns if whole_columns else skip_zeros}
    with threadpool_limits(1):  # the sparse product has no other threads to share its work with
        times = ratios_to_copy(calls, size=dense.size, repeats=repeats)
    return times["skip"] / times["dense"]
