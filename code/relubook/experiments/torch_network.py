"""Networks that the teaching code cannot train, in PyTorch: shortcuts, layer norm, convolution, AdamW on a schedule."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from relubook.checks import _number, _whole
from relubook.datasets import Split
from relubook.experiments.choosing import INITS
from relubook.experiments.trained_network import DATA

# Each function with the initialisation of its own source; a network without any is the control.
FUNCTIONS: Mapping[str, str] = MappingProxyType({**INITS, "linear": "lecun"})
DYING: tuple[str, ...] = ("relu", "leaky_relu", "elu", "gelu")
OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
WARM_UP = 0.1  # share of all steps
WEIGHT_DECAY = 0.01  # PyTorch's default of AdamW


def warmup_cosine(step: int, steps: int) -> float:
    """The factor of a learning rate that rises linearly over a tenth of the steps and falls to 0 along a cosine.

    factor = (t + 1) / w for t < w = ⌈steps / 10⌉, then ½ · (1 + cos(π · (t − w) / (steps − w)))

    Args:
        step: number of the step, from 0.
        steps: of the whole training.

    Returns:
        A factor in [0, 1].

    Raises:
        ValueError: ``step`` is negative or not below ``steps``.

    Source: Loshchilov and Hutter (2017), https://arxiv.org/abs/1608.03983

    >>> [round(warmup_cosine(step, 20), 2) for step in (0, 1, 2, 11, 19)]
    [0.5, 1.0, 1.0, 0.5, 0.01]
    """
    if not 0 <= step < steps:
        raise ValueError(f"step must be in 0 … {steps - 1}, got {step!r}")
    warm = math.ceil(WARM_UP * steps)
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm)))


def torch_networks(
    *,
    seed: int,
    activations: Sequence[str],
    init: str,
    task: str,
    depth: int,
    width: int,
    optimizer: str,
    learning_rate: float,
    batch_size: int,
    epochs: int,
) -> dict[str, dict[str, float]]:
    """Train PyTorch networks that differ in their activation alone, on one thread, and measure them.

    silent = mean over layers of the share of units whose input to the activation is never above 0. Start and order of
    the examples depend on the seed alone, so that two runs of a seed are a pair.

    Args:
        seed: of the initial weights and of the order of the examples.
        activations: keys of ``FUNCTIONS``.
        init: ``"own"`` for those that ``FUNCTIONS`` names, or one of ``MLP``'s.
        task: data and architecture, such as ``"digits mlp"``: a key of ``trained_network.DATA`` and one of
            ``stacked.ARCHITECTURES``.
        depth, width: as for ``stacked.build``.
        optimizer: ``"sgd"``; ``"momentum"``, SGD with momentum 0.9; ``"adam"``; ``"adamw"``, with a weight decay of
            0.01 on matrices and kernels, and ``warmup_cosine``.
        learning_rate: positive and finite; of ``"adamw"`` its largest.
        batch_size, epochs: at least 1; the last batch of an epoch may be smaller.

    Returns:
        For each activation ``accuracy`` on the test examples, that of the most frequent class where the run diverged;
        ``loss``, the mean training loss of the last epoch in nats, inf where it diverged; ``silent`` on the training
        examples, NaN where it diverged. A ReLU unit that is silent is dead: its output is 0 on all of them, and so is
        its gradient.

    Raises:
        ValueError: a name is unknown, the task is no such pair, or a number is out of range.

    Source: the definition

    >>> runs = torch_networks(seed=0, activations=["relu", "tanh"], init="own", task="digits mlp", depth=1, width=32,
    ...     optimizer="adam", learning_rate=0.01, batch_size=64, epochs=3)
    >>> runs["relu"]["accuracy"] > 0.8, runs["relu"]["silent"] < 0.5
    (True, True)
    """
    import torch

    from relubook.experiments.stacked import build, optimizer_of, silent_shares

    data, _, architecture = task.partition(" ")
    for name, given, known in (
        ("activation", list(activations), FUNCTIONS),
        ("optimizer", [optimizer], OPTIMIZERS),
        ("data", [data], DATA),
    ):
        if unknown := [value for value in given if value not in known]:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {unknown[0]!r}")
    learning_rate = _number(
        "learning_rate", learning_rate, "be positive and finite", lambda value: 0 < value < np.inf
    )
    batch_size = _whole("batch_size", batch_size, at_least=1)
    epochs = _whole("epochs", epochs, at_least=1)
    split = _split(data)
    model = build(
        architecture,
        activations,
        inits=[FUNCTIONS[name] if init == "own" else init for name in activations],
        depth=_whole("depth", depth, at_least=1),
        width=_whole("width", width, at_least=1),
        inputs=split.x_train.shape[1],
        classes=int(split.y_train.max()) + 1,
        seed=seed,
    )
    networks = len(activations)
    x, x_test = (torch.from_numpy(part)[None] for part in (split.x_train, split.x_test))
    labels = torch.from_numpy(split.y_train).long()
    stepper = optimizer_of(model, optimizer, learning_rate=learning_rate, weight_decay=WEIGHT_DECAY)
    rng = np.random.default_rng([seed, 1])
    steps, step = epochs * -(-len(labels) // batch_size), 0
    with _one_thread():
        for _ in range(epochs):
            total = torch.zeros(networks, dtype=torch.float64)
            for batch in torch.from_numpy(rng.permutation(len(labels))).split(batch_size):
                if optimizer == "adamw":
                    for group in stepper.param_groups:
                        group["lr"] = learning_rate * warmup_cosine(step, steps)
                stepper.zero_grad()
                scores = torch.log_softmax(model(x[:, batch].expand(networks, -1, -1)), dim=-1)
                losses = -scores[:, torch.arange(len(batch)), labels[batch]].mean(dim=1)
                losses.sum().backward()  # of networks that share nothing: each gets its own gradient
                stepper.step()
                total += losses.detach() * len(batch)
                step += 1
            loss = (total / len(labels)).numpy()
        with torch.no_grad():
            scores_test = model(x_test.expand(networks, -1, -1)).numpy()
        silent = silent_shares(model, x.expand(networks, -1, -1))
    fine = np.isfinite(loss) & np.isfinite(scores_test).all(axis=(1, 2))
    accuracies = (scores_test.argmax(axis=2) == split.y_test).mean(axis=1)
    majority = np.bincount(split.y_test).max() / len(split.y_test)
    return {
        name: {
            "accuracy": float(accuracies[i] if fine[i] else majority),
            "loss": float(loss[i]) if fine[i] else math.inf,
            "silent": float(silent[i]) if fine[i] else math.nan,
        }
        for i, name in enumerate(activations)
    }


@contextmanager
def _one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def every_function(*, seed: int, **setting: Any) -> dict[str, float]:
    """Train the same network with each function, and compare their accuracies.

    run[f] = accuracy of ``torch_networks`` with f, in one setting and from one seed

    Args:
        seed: of all the runs.
        setting: the other arguments of ``torch_networks``, without ``activations``.

    Returns:
        For each key of ``FUNCTIONS`` the accuracy, to three decimals.

    Raises:
        ValueError: as ``torch_networks``.

    Source: the definition

    >>> setting = dict(init="own", task="tumours mlp", depth=1, width=16, batch_size=64, epochs=3)
    >>> len(every_function(seed=0, optimizer="adam", learning_rate=0.01, **setting))
    15
    """
    runs = torch_networks(seed=seed, activations=tuple(FUNCTIONS), **setting)
    return {name: round(run["accuracy"], 3) for name, run in runs.items()}


def silent_units(*, seed: int, **setting: Any) -> dict[str, float]:
    """Train the same network with ReLU and three relatives, and count what is silent.

    run[f], run[f_silent] = accuracy and silent of ``torch_networks`` with f, in one setting and from one seed

    Args:
        seed: of all the runs.
        setting: the other arguments of ``torch_networks``, without ``activations``.

    Returns:
        For each of ReLU, leaky ReLU with 0.01, ELU and GELU the accuracy and the share of silent units, to three
        decimals.

    Raises:
        ValueError: as ``torch_networks``.

    Source: the definition

    >>> setting = dict(init="own", task="tumours mlp", depth=1, width=16, batch_size=64, epochs=3)
    >>> sorted(silent_units(seed=0, optimizer="adam", learning_rate=0.01, **setting))[:2]
    ['elu', 'elu_silent']
    """
    numbers: dict[str, float] = {}
    for name, run in torch_networks(seed=seed, activations=DYING, **setting).items():
        numbers[name], numbers[f"{name}_silent"] = round(run["accuracy"], 3), round(run["silent"], 3)
    return numbers


@lru_cache(maxsize=len(DATA))
def _split(data: str) -> Split:
    return DATA[data]()
