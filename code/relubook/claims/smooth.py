"""Claims of the chapter on the smooth relatives of ReLU."""

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.statistics import paired_difference
from relubook.surveys import by_setting, read

CHAPTER = "10-smooth-relatives"
SMOOTH = {"gelu": "GELU", "silu": "SiLU", "mish": "Mish"}


def _best(function: str, optimizer: str) -> NDArray[np.void]:
    """The runs of a function at the rate with its highest mean accuracy."""
    table = read("smooth")
    rows = table[
        (table["part"] == "cross") & (table["function"] == function) & (table["optimizer"] == optimizer)
    ]
    settings = by_setting(rows)
    return settings[settings["accuracy"].mean(axis=1).argmax()]


def _minus(first: NDArray[np.void], second: NDArray[np.void], outcome: str) -> str:
    return f"{paired_difference(first[outcome], second[outcome]):.3f}"


def _better() -> dict[str, str]:
    numbers = {}
    for optimizer in ("momentum", "adam"):
        relu = _best("relu", optimizer)
        for name, label in SMOOTH.items():
            run = _best(name, optimizer)
            numbers[f"accuracy minus ReLU's, {optimizer}, each at its best rate, {label}"] = _minus(
                run, relu, "accuracy"
            )
            numbers[f"training loss minus ReLU's, {optimizer}, {label}"] = _minus(run, relu, "loss")
    drawn = read("smooth_anywhere")
    drawn = drawn[drawn["part"] == "draw"]
    sets = {name: by_setting(drawn[drawn["function"] == name]) for name in ("relu", *SMOOTH)}
    chance = np.where(sets["relu"]["data"] == "digits", 0.5, 0.8)[:, 0]
    learned = np.all([runs["accuracy"].mean(axis=1) > chance for runs in sets.values()], axis=0)
    numbers["drawn settings in which all four get above 0.5 on the digits, above 0.8 elsewhere"] = (
        f"{learned.sum()} of {len(learned)}"
    )
    for name, label in SMOOTH.items():
        gain = (sets[name]["accuracy"] - sets["relu"]["accuracy"]).mean(axis=1)[learned]
        numbers[f"share of these in which {label}'s accuracy is higher than ReLU's"] = (
            f"{(gain > 0).mean():.2f}"
        )
        numbers[f"share in which {label}'s is lower"] = f"{(gain < 0).mean():.2f}"
    return numbers


def _off_the_best_rate() -> dict[str, str]:
    table = read("smooth")
    cross = table[table["part"] == "cross"]
    numbers = {}
    for optimizer, rate in (("momentum", 0.003), ("adam", 0.1)):
        rows = cross[(cross["optimizer"] == optimizer) & (cross["learning_rate"] == rate)]
        relu = rows[rows["function"] == "relu"]
        for name, label in SMOOTH.items():
            numbers[f"accuracy minus ReLU's, {optimizer} at {rate}, {label}"] = _minus(
                rows[rows["function"] == name], relu, "accuracy"
            )
    return numbers


def _smoothness() -> dict[str, str]:
    numbers = {}
    for optimizer in ("momentum", "adam"):
        for smooth, kinked, label in (
            ("soft_relu", "relu", "soft ReLU minus ReLU"),
            ("gelu", "straight_gelu", "GELU minus straight GELU"),
        ):
            pair = _best(smooth, optimizer), _best(kinked, optimizer)
            numbers[f"accuracy, {optimizer}, {label}"] = _minus(*pair, "accuracy")
            numbers[f"training loss, {optimizer}, {label}"] = _minus(*pair, "loss")
    return numbers


CLAIMS = tuple(
    Claim(name=name, chapter=CHAPTER, surveys=surveys, numbers=numbers)
    for name, surveys, numbers in (
        ("smooth-ones-are-better", ("smooth", "smooth_anywhere"), _better),
        ("smooth-ones-forgive-a-wrong-rate", ("smooth",), _off_the_best_rate),
        ("smoothness-is-what-helps", ("smooth",), _smoothness),
    )
)
