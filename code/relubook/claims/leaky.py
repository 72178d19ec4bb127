"""Claims of the chapter on leaky ReLU and PReLU."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.claims.sparsity import CLEAR, REACHED, gains
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import read


def slopes(*, part: str = "cross", **where: Any) -> NDArray[np.void]:
    """Rows of the survey of PReLU's slopes.

    rows = those of the part whose axes have the given values, without runs that diverged

    Args:
        part: of the table.
        where: the values of some axes.

    Raises:
        KeyError: the table has no such axis.

    Source: ``relubook.surveys``

    >>> len(slopes(weight_decay=0.0005, learning_rate=0.1)) > 1
    True
    """
    table = read("prelu_slopes")
    table = table[table["part"] == part]
    for axis, value in where.items():
        table = table[table[axis] == value]
    return table[np.isfinite(table["size"]) & np.isfinite(table["size_decayed"])]


def _leaky() -> dict[str, str]:
    table = read("sparsity_use")
    crossed = table[table["part"] == "cross"]
    numbers = {}
    for name in ("leaky_0.01", "leaky_0.3"):
        for rate in (0.01, 0.1):
            rows = crossed[crossed["learning_rate"] == rate]
            points = paired_difference(100 * rows[name], 100 * rows["relu"])
            numbers[f"points {name} gains on ReLU, momentum at {rate}"] = f"{points:.1f}"
        drawn = gains(name)
        numbers[f"drawn settings, {name}"] = f"{len(drawn)}"
        numbers[f"share with {name} behind by more than 0.01"] = f"{(drawn > CLEAR).mean():.2f}"
        numbers[f"share with {name} ahead by more than 0.01"] = f"{(drawn < -CLEAR).mean():.2f}"
    return numbers


def _order() -> dict[str, str]:
    numbers = {}
    for rate in (0.01, 0.03, 0.1):
        rows = slopes(weight_decay=0.0005, learning_rate=rate)
        for layer in ("first", "last"):
            numbers[f"mean slope of the {layer} layer, momentum at {rate}"] = (
                f"{mean_interval(rows[layer]):.3f}"
            )
        less = paired_difference(rows["first"], rows["last"])
        numbers[f"first minus last, momentum at {rate}"] = f"{less:.3f}"
    drawn = slopes(part="draw")
    drawn = drawn[(drawn["depth"] > 1) & (drawn["prelu"] >= REACHED)]
    numbers["drawn runs that learn, of two or three layers"] = f"{len(drawn)}"
    numbers["share with the larger mean slope in the first layer"] = (
        f"{(drawn['first'] > drawn['last']).mean():.2f}"
    )
    return numbers


def _useful() -> dict[str, str]:
    numbers = {}
    for other in ("relu", "fixed"):
        for rate in (0.01, 0.03, 0.1):
            rows = slopes(weight_decay=0.0005, learning_rate=rate)
            points = paired_difference(100 * rows["prelu"], 100 * rows[other])
            numbers[f"points PReLU gains on {other}, momentum at {rate}"] = f"{points:.1f}"
    table = read("prelu_slopes")
    drawn = table[table["part"] == "draw"]
    for other in ("relu", "fixed"):
        rows = drawn[np.maximum(drawn["prelu"], drawn[other]) >= REACHED]
        gained = rows["prelu"] - rows[other]
        numbers[f"drawn runs in which PReLU or {other} reaches 0.85"] = f"{len(rows)}"
        numbers[f"share ahead of {other} by more than 0.01"] = f"{(gained > CLEAR).mean():.2f}"
        numbers[f"share behind {other} by more than 0.01"] = f"{(gained < -CLEAR).mean():.2f}"
    return numbers


def _decay() -> dict[str, str]:
    numbers = {}
    for decay in (0.0005, 0.001, 0.01):
        rows = slopes(weight_decay=decay, learning_rate=0.1)
        for what, name in (("without", "size"), ("with", "size_decayed")):
            numbers[f"mean size of slopes, decay {decay}, {what} it on the slopes"] = (
                f"{mean_interval(rows[name]):.2f}"
            )
    rows = slopes(weight_decay=0.01, learning_rate=0.01)
    numbers["the same, decay 0.01, with it on the slopes, rate 0.01"] = (
        f"{mean_interval(rows['size_decayed']):.2f}"
    )
    return numbers


CLAIMS = (
    Claim(name="leaky-is-no-worse", chapter="08-leaky-and-prelu", surveys=("sparsity_use",), numbers=_leaky),
    Claim(
        name="prelu-slopes-fall-with-depth",
        chapter="08-leaky-and-prelu",
        surveys=("prelu_slopes",),
        numbers=_order,
    ),
    Claim(
        name="prelu-learns-useful-slopes",
        chapter="08-leaky-and-prelu",
        surveys=("prelu_slopes",),
        numbers=_useful,
    ),
    Claim(
        name="decay-shrinks-slopes", chapter="08-leaky-and-prelu", surveys=("prelu_slopes",), numbers=_decay
    ),
)
