"""One training run on the small digits, measured: what the sweeps of several chapters repeat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.checks import _number, _whole, _wholes
from relubook.datasets import Split, small_digits
from relubook.experiments.probes import dead_shares, zero_shares
from relubook.network import MLP
from relubook.training import accuracy, fit

Array = NDArray[Any]

VALIDATION_SHARE = 0.2


@dataclass(frozen=True)
class DigitsRun:
    """What one training run gave.

    Attributes:
        accuracy: share of the held-out digits classified correctly, in [0, 1].
        loss: mean training loss of each epoch, in nats; shorter than the run if it diverged.
        dead_shares, zero_shares: of each hidden layer after training, on the training digits; NaN if it diverged.
        diverged: whether the loss stopped being finite.
    """

    accuracy: float
    loss: tuple[float, ...]
    dead_shares: tuple[float, ...]
    zero_shares: tuple[float, ...]
    diverged: bool


def train_on_digits(
    *,
    seed: int,
    activation: str = "relu",
    hidden: Sequence[int] = (64, 64, 64, 64),
    init: str = "he",
    weight_scale: float = 1.0,
    batch_norm: bool = False,
    learning_rate: float = 0.05,
    warmup_epochs: float = 0,
    epochs: int = 20,
    batch_size: int = 32,
    optimizer: str = "sgd",
    momentum: float = 0.9,
    clip_norm: float | None = None,
    held_out: str = "test",
) -> DigitsRun:
    """Train a network on the 8×8 digits and measure it.

    The initial weights and the order of the examples depend on the seed alone: two settings with the same seed share
    them, as far as their shapes agree, and can be compared in pairs. With a warm-up the learning rate of step t is
    learning_rate · min(1, (t + 1) / (warmup_epochs · steps an epoch)).

    Args:
        seed: of the initial weights and of the order of the examples.
        activation, init, batch_norm: as for ``MLP``.
        hidden: units of each hidden layer.
        weight_scale: what the initial weights are multiplied by.
        learning_rate, epochs, batch_size, optimizer, momentum, clip_norm: as for ``fit``.
        warmup_epochs: over how many epochs the learning rate rises linearly.
        held_out: ``"test"`` trains on all training digits and evaluates on the test digits; ``"validation"`` trains
            on four fifths of the training digits and evaluates on the others, to choose settings by.

    Returns:
        The measurements.

    Raises:
        ValueError: ``held_out`` is unknown, a number is out of range, or ``MLP`` or ``fit`` refuses a value.

    Source: the digits of Alpaydin and Kaynak (1998), https://doi.org/10.24432/C50P49

    >>> run = train_on_digits(seed=0, hidden=(32,), epochs=3)
    >>> run.accuracy > 0.8, len(run.loss), run.diverged
    (True, 3, False)
    """
    seed = _whole("seed", seed, at_least=0)
    hidden = _wholes("hidden", hidden, at_least=1)
    batch_size = _whole("batch_size", batch_size, at_least=1)
    weight_scale = _number("weight_scale", weight_scale, "be finite", np.isfinite)
    learning_rate = _number(
        "learning_rate", learning_rate, "be positive and finite", lambda value: 0 < value < np.inf
    )
    warmup_epochs = _number(
        "warmup_epochs", warmup_epochs, "be finite and not negative", lambda value: 0 <= value < np.inf
    )
    x_train, y_train, x_held_out, y_held_out = digits_parts(held_out)
    model = MLP(
        [x_train.shape[1], *hidden, 10],
        activation,
        rng=np.random.default_rng([seed, 0]),
        init=init,
        batch_norm=batch_norm,
    )
    for layer in model.dense_layers:
        layer.weight.value *= weight_scale
    steps_per_epoch = -(-len(x_train) // batch_size)
    history = fit(
        model,
        x_train,
        y_train,
        learning_rate=_schedule(learning_rate, warmup_epochs * steps_per_epoch),
        epochs=epochs,
        batch_size=batch_size,
        rng=np.random.default_rng([seed, 1]),
        optimizer=optimizer,
        momentum=momentum if optimizer == "sgd" else 0.0,
        clip_norm=clip_norm,
    )
    with np.errstate(over="ignore", invalid="ignore"):  # the weights of a diverged run are not finite
        unknown = np.full(len(hidden), np.nan)
        return DigitsRun(
            accuracy=accuracy(model, x_held_out, y_held_out),
            loss=tuple(history.loss),
            dead_shares=tuple((unknown if history.diverged else dead_shares(model, x_train)).tolist()),
            zero_shares=tuple((unknown if history.diverged else zero_shares(model, x_train)).tolist()),
            diverged=history.diverged,
        )


def _schedule(learning_rate: float, warmup_steps: float) -> float | Callable[[int], float]:
    if not warmup_steps:
        return learning_rate
    return lambda step: learning_rate * min(1.0, (step + 1) / warmup_steps)


def digits_parts(held_out: str = "test") -> tuple[Array, Array, Array, Array]:
    """The small digits as x and y to train on, and x and y to evaluate on.

    validation = the last fifth of the training digits, which are in random order

    Args:
        held_out: ``"test"`` or ``"validation"``, as for ``train_on_digits``.

    Returns:
        x of shape (examples, 64) and labels of shape (examples,), twice.

    Raises:
        ValueError: ``held_out`` is unknown.

    Source: the digits of Alpaydin and Kaynak (1998), https://doi.org/10.24432/C50P49

    >>> [len(part) for part in digits_parts("validation")]
    [1150, 1150, 288, 288]
    """
    digits = _digits()
    if held_out == "test":
        return digits.x_train, digits.y_train, digits.x_test, digits.y_test
    if held_out != "validation":
        raise ValueError(f"held_out must be 'test' or 'validation', got {held_out!r}")
    last = round(VALIDATION_SHARE * len(digits.x_train))
    return digits.x_train[:-last], digits.y_train[:-last], digits.x_train[-last:], digits.y_train[-last:]


@lru_cache(maxsize=1)
def _digits() -> Split:
    return small_digits()
