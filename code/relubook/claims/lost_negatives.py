"""Claims of the chapter on lost negatives."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import by_setting, read

CHAPTER = "15-lost-negatives"
Table = NDArray[np.void]
RESOLVED = 0.02  # a difference in accuracy that a drawn setting counts as one


def _crossed(width: int, name: str, column: str = "accuracy") -> NDArray[Any]:
    table = read("bottleneck")
    rows = table[(table["part"] == "cross") & (table["width"] == width) & (table["activation"] == name)]
    return rows[column]


def _moved(axis: str, value: str | float, name: str) -> NDArray[Any]:
    table = read("bottleneck")
    rows = table[(table["part"] == "axis") & (table[axis] == value) & (table["activation"] == name)]
    return rows["accuracy"]


def _drawn_shares(name: str, low: int, high: int) -> tuple[int, float, float]:
    """Number of drawn settings, and the shares in which a function is ahead of ReLU and behind."""
    table = read("bottleneck_anywhere")
    rows = table[(table["part"] == "draw") & (table["width"] >= low) & (table["width"] <= high)]
    a, b = (by_setting(rows[rows["activation"] == each])["accuracy"] for each in (name, "relu"))
    gain = (a - b).mean(axis=1)
    return len(gain), float((gain > RESOLVED).mean()), float((gain < -RESOLVED).mean())


def _half_the_information() -> dict[str, str]:
    numbers = {}
    for width in (4, 16, 64):
        for name in ("relu", "linear"):
            missed = mean_interval(_crossed(width, name, "missed_start"))
            numbers[f"variance of the digits missed by a linear map, {width} outputs, {name}"] = (
                f"{missed:.2f}"
            )
    for width in (16, 64):
        less = paired_difference(_crossed(width, "linear"), _crossed(width, "relu"))
        numbers[f"accuracy of linear minus ReLU, {width} outputs"] = f"{less:.3f}"
    return numbers


def _negative_outputs() -> dict[str, str]:
    numbers = {}
    for said, names in (
        ("negative outputs", ("leaky_0.25", "elu", "tanh")),
        ("negative on a flat half", ("shifted",)),
        ("never negative, no flat half", ("softplus", "abs")),
        ("no function", ("linear",)),
    ):
        for name in names:
            gain = paired_difference(_crossed(4, name), _crossed(4, "relu"))
            numbers[f"accuracy above ReLU, 4 outputs, {name} ({said})"] = f"{gain:.2f}"
    for axis, value in (("data", "mnist"), ("data", "tumours"), ("epochs", 50), ("around", 64)):
        for name in ("leaky_0.25", "abs"):
            gain = paired_difference(_moved(axis, value, name), _moved(axis, value, "relu"))
            numbers[f"accuracy above ReLU, 4 outputs, {axis} {value}, {name}"] = f"{gain:.2f}"
    for name in ("leaky_0.25", "abs"):
        count, ahead, behind = _drawn_shares(name, 2, 4)
        numbers[f"{name}, {count} drawn settings of 2 or 4 outputs, share ahead by more than {RESOLVED}"] = (
            f"{ahead:.2f}"
        )
        numbers[f"{name}, share behind"] = f"{behind:.2f}"
    return numbers


def _small_slope() -> dict[str, str]:
    numbers = {}
    for width in (2, 4, 8, 16):
        for name in ("leaky_0.01", "leaky_0.25"):
            gain = paired_difference(_crossed(width, name), _crossed(width, "relu"))
            numbers[f"accuracy above ReLU, {width} outputs, {name}"] = f"{gain:.2f}"
    for name in ("leaky_0.01", "leaky_0.25"):
        gain = paired_difference(_moved("epochs", 50, name), _moved("epochs", 50, "relu"))
        numbers[f"accuracy above ReLU, 4 outputs, 50 epochs, {name}"] = f"{gain:.2f}"
    for name in ("relu", "leaky_0.01"):
        numbers[f"share of dead outputs of 4, {name}"] = f"{mean_interval(_crossed(4, name, 'dead')):.2f}"
    return numbers


def _width() -> dict[str, str]:
    numbers = {}
    for width in (2, 4, 8, 16, 64):
        gain = paired_difference(_crossed(width, "leaky_0.25"), _crossed(width, "relu"))
        numbers[f"accuracy of leaky 0.25 minus ReLU, {width} outputs"] = f"{gain:.3f}"
    for low, high in ((2, 4), (8, 32)):
        count, ahead, behind = _drawn_shares("leaky_0.25", low, high)
        numbers[f"{count} drawn settings of {low} to {high} outputs, share ahead by more than {RESOLVED}"] = (
            f"{ahead:.2f}"
        )
        numbers[f"share behind, {low} to {high} outputs"] = f"{behind:.2f}"
    return numbers


def _linear_bottleneck() -> dict[str, str]:
    numbers = {}
    for name in ("relu", "leaky_0.25", "elu", "softplus"):
        less = paired_difference(_crossed(4, "linear"), _crossed(4, name))
        numbers[f"accuracy of linear minus {name}, 4 outputs, a single layer"] = f"{less:.3f}"
    for name in ("relu", "leaky_0.25", "elu"):
        less = paired_difference(_moved("around", 64, "linear"), _moved("around", 64, name))
        numbers[f"accuracy of linear minus {name}, 4 outputs between layers of 64"] = f"{less:.3f}"
    return numbers


CLAIMS = (
    Claim(
        name="relu-loses-half",
        chapter=CHAPTER,
        surveys=("bottleneck",),
        numbers=_half_the_information,
    ),
    Claim(
        name="negative-outputs-keep-it",
        chapter=CHAPTER,
        surveys=("bottleneck", "bottleneck_anywhere"),
        numbers=_negative_outputs,
    ),
    Claim(name="a-small-slope-is-enough", chapter=CHAPTER, surveys=("bottleneck",), numbers=_small_slope),
    Claim(
        name="width-makes-up-for-it",
        chapter=CHAPTER,
        surveys=("bottleneck", "bottleneck_anywhere"),
        numbers=_width,
    ),
    Claim(
        name="no-relu-in-a-bottleneck", chapter=CHAPTER, surveys=("bottleneck",), numbers=_linear_bottleneck
    ),
)
