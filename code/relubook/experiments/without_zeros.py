"""ReLU beside functions that have no exact zeros: does sparsity help?"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.activations import Activation, get, leaky_relu, leaky_relu_grad, relu
from relubook.experiments.trained_network import trained_network

Array = NDArray[Any]

SHIFT = 0.4  # about the mean of ReLU for standard normal inputs, 1 / √(2π)


def shifted_relu(x: Array) -> Array:
    """ReLU moved down: as flat and as kinked as ReLU, and what is 0 there is −0.4 here.

    shifted_relu(x) = max(0, x) − 0.4. A bias in the next layer undoes the shift, so both functions make the same
    networks; only their starts and their training differ.

    Args:
        x: any shape, real.

    Returns:
        Values in the shape of ``x``.

    Raises:
        TypeError: ``x`` is not real.

    Source: the definition

    >>> shifted_relu(np.array([-3.0, 2.0]))
    array([-0.4,  1.6])
    """
    return relu(x) - SHIFT


def _leaky(slope: float) -> Activation:
    return replace(
        get("leaky_relu"),
        fn=_named("leaky_relu", partial(leaky_relu, negative_slope=slope)),
        grad=partial(leaky_relu_grad, negative_slope=slope),
    )


def _named(name: str, fn: Any) -> Any:
    fn.__name__ = name
    return fn


CONTROLS: Mapping[str, Activation] = MappingProxyType(
    {
        "shifted": replace(get("relu"), fn=shifted_relu),
        "leaky_0.01": _leaky(0.01),
        "leaky_0.3": _leaky(0.3),
        "elu": get("elu"),
        "softplus": get("softplus"),
    }
)


def with_and_without_zeros(*, seed: int, control: str, **setting: Any) -> dict[str, float | str]:
    """Train a ReLU network and, from the same weights and with the same batches, networks without exact zeros.

    gain of zeros = relu − control, a paired difference of accuracies

    Args:
        seed: of the initial weights and of the order of the examples.
        control: a key of ``CONTROLS``, or ``"all"`` for each of them.
        setting: as for ``trained_network``, without ``activation``.

    Returns:
        Test accuracies: ``relu``, and under each key of ``CONTROLS`` that function's, NaN where it was not asked for; a
        run that diverged counts as the most frequent class. ``zeros``: the ReLU network's mean share of zero outputs.

    Raises:
        ValueError: ``control`` is unknown, or ``trained_network`` refuses a value.

    Source: Xu et al. (2015), https://arxiv.org/abs/1505.00853, who compare ReLU with leaky functions

    >>> run = with_and_without_zeros(seed=0, control="leaky_0.3", data="tumours", derivative="right", init="he",
    ...     depth=1, width=16, batch_norm=0, optimizer="momentum", learning_rate=0.03, batch_size=32, epochs=3)
    >>> run["relu"] > 0.9, run["leaky_0.3"] > 0.9, run["elu"]
    (True, True, nan)
    """
    if control not in ("all", *CONTROLS):
        raise ValueError(f"control must be all or one of {', '.join(CONTROLS)}, got {control!r}")
    run = trained_network(seed=seed, activation="relu", **setting)
    outcomes: dict[str, float | str] = {"relu": run["accuracy"], "zeros": run["zeros"]}
    for name, activation in CONTROLS.items():
        outcomes[name] = (
            trained_network(seed=seed, activation=activation, **setting)["accuracy"]
            if control in ("all", name)
            else np.nan
        )
    return outcomes
