"""Claims of the chapter on sparsity."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.experiments.without_zeros import CONTROLS
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import by_setting, read

CLEAR = 0.01  # a difference of accuracy that a reader would care about
REACHED = 0.85  # by one of two functions: elsewhere neither has learned


def _zeros(*, part: str, **where: Any) -> NDArray[np.void]:
    table = read("zeros")
    table = table[table["part"] == part]
    for axis, value in where.items():
        table = table[table[axis] == value]
    return table


def _interval(outcome: str, **where: Any) -> str:
    return f"{mean_interval(_zeros(part='cross', **where)[outcome]):.2f}"


def _learned() -> NDArray[np.void]:
    """The drawn settings that every seed learns, one line each."""
    lines = by_setting(_zeros(part="draw"))
    return lines[(lines["outcome"] == "learned").all(axis=1)]


def _sparse() -> dict[str, str]:
    lines = _learned()
    zeros = lines["zeros"].mean(axis=1)
    numbers = {
        f"zeros, {name} at {rate}": _interval("zeros", optimizer=name, learning_rate=rate)
        for name, rate in (("sgd", 0.0003), ("momentum", 0.03), ("adam", 0.001))
    }
    crossed = by_setting(_zeros(part="cross"))
    crossed = crossed[(crossed["outcome"] == "learned").all(axis=1)]
    for name in ("sgd", "momentum", "adam"):
        shares = crossed["zeros"][crossed["optimizer"][:, 0] == name].mean(axis=1)
        numbers[f"zeros at the rates that every seed learns, {name}"] = (
            f"{shares.min():.2f} to {shares.max():.2f}"
        )
    for data in ("mnist", "tumours"):
        numbers[f"zeros, momentum at 0.03, {data}"] = (
            f"{mean_interval(_zeros(part='axis', data=data)['zeros']):.2f}"
        )
    numbers["drawn settings that every seed learns"] = f"{len(lines)} of 200"
    numbers["of these, share with 0.4 to 0.6 zeros"] = f"{((zeros > 0.4) & (zeros < 0.6)).mean():.2f}"
    numbers["zeros in them, least and most"] = f"{zeros.min():.2f} and {zeros.max():.2f}"
    return numbers


def _sparser() -> dict[str, str]:
    numbers = {}
    for name, rates in (("sgd", (0.03, 1.0)), ("momentum", (0.003, 0.1)), ("adam", (0.001, 0.03))):
        for rate in rates:
            rows = _zeros(part="cross", optimizer=name, learning_rate=rate)
            numbers[f"zeros, {name} at {rate}"] = f"{mean_interval(rows['zeros']):.2f}"
    for depth in (1, 8):
        rows = _zeros(part="axis", depth=depth)
        numbers[f"zeros, momentum at 0.03, hidden layers {depth}"] = f"{mean_interval(rows['zeros']):.2f}"
    zeros = _learned()["zeros"].mean(axis=1)
    numbers["share of learned drawn settings with more than half zeros"] = f"{(zeros > 0.5).mean():.2f}"
    return numbers


def _dead() -> dict[str, str]:
    rows = _zeros(part="cross", optimizer="momentum", learning_rate=0.1)
    numbers = {
        f"{what}, momentum at 0.1": f"{mean_interval(rows[what]):.2f}"
        for what in ("zeros", "dead", "accuracy")
    }
    lines = _learned()
    sparse = lines["zeros"].mean(axis=1) > 0.5
    dead = lines["dead"].mean(axis=1)
    numbers["learned drawn settings with more than half zeros"] = f"{sparse.sum()}"
    numbers["share of them with fewer than 0.1 dead units"] = f"{(dead[sparse] < 0.1).mean():.2f}"
    rows = _zeros(part="cross", optimizer="momentum", learning_rate=0.3)
    numbers["dead, momentum at 0.3"] = f"{mean_interval(rows['dead']):.2f}"
    return numbers


def gains(control: str) -> NDArray[np.float64]:
    """Accuracy of ReLU minus that of a control in the drawn settings in which one of both reaches 0.85.

    gain = mean over seeds of (relu − control)

    Args:
        control: a key of ``relubook.experiments.without_zeros.CONTROLS``.

    Returns:
        One gain a setting, shape (settings,).

    Raises:
        ValueError: a setting lacks a seed.

    Source: ``relubook.surveys``

    >>> bool(np.abs(gains("leaky_0.01")).mean() < 0.5)
    True
    """
    table = read("sparsity_use")
    drawn = table[(table["part"] == "draw") & (table["control"] == control)]
    lines = by_setting(drawn)
    relu, other = lines["relu"].mean(axis=1), lines[control].mean(axis=1)
    reached = np.maximum(relu, other) >= REACHED
    return np.asarray((relu - other)[reached], dtype=np.float64)


def gain(control: str, *, part: str = "cross", **where: Any) -> str:
    """The paired difference ReLU minus a control at a setting, in points of accuracy.

    gain = 100 · (relu − control)

    Args:
        control: a key of ``relubook.experiments.without_zeros.CONTROLS``.
        part: of the table.
        where: the values of some axes.

    Returns:
        The mean and its 95 % interval, formatted.

    Raises:
        ValueError: there are fewer than 2 such rows.

    Source: ``relubook.surveys``

    >>> "±" in gain("elu", learning_rate=0.1)
    True
    """
    table = read("sparsity_use")
    table = table[table["part"] == part]
    for axis, value in where.items():
        table = table[table[axis] == value]
    return f"{paired_difference(100 * table['relu'], 100 * table[control]):.1f}"


def _helps() -> dict[str, str]:
    numbers = {}
    for name in CONTROLS:
        for rate in (0.03, 0.1):
            numbers[f"points ReLU gains on {name}, momentum at {rate}"] = gain(name, learning_rate=rate)
    drawn = np.concatenate([gains(name) for name in CONTROLS])
    numbers["drawn settings in which one of a pair reaches 0.85"] = f"{len(drawn)}"
    numbers["share with ReLU ahead by more than 0.01"] = f"{(drawn > CLEAR).mean():.2f}"
    numbers["share with ReLU behind by more than 0.01"] = f"{(drawn < -CLEAR).mean():.2f}"
    return numbers


CLAIMS = (
    Claim(name="relu-is-sparse", chapter="07-sparsity", surveys=("zeros",), numbers=_sparse),
    Claim(name="training-makes-it-sparser", chapter="07-sparsity", surveys=("zeros",), numbers=_sparser),
    Claim(name="a-zero-is-a-dead-unit", chapter="07-sparsity", surveys=("zeros",), numbers=_dead),
    Claim(name="sparsity-helps-accuracy", chapter="07-sparsity", surveys=("sparsity_use",), numbers=_helps),
)
