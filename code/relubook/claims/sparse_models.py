"""Claims of the chapter on language models that are made sparse after training."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import by_setting, read

CHAPTER = "19-sparse-language-models"
STARTS = ("gelu", "swiglu")
TEXTS = {"reference": "cross", "source": "draw"}  # the second text is a part of its own, with other seeds
WAYS = ("shift", "penalty", "cut", "cut afterwards")


def _rows(survey: str, start: str, **setting: Any) -> NDArray[Any]:
    """The rows of a start; the part is the cross, unless the setting names another."""
    table, setting = read(survey), {"part": "cross", **setting}
    table = table[table["start"] == start]
    for axis, value in setting.items():
        table = table[table[axis] == value]
    return table


def _difference(a: NDArray[Any], b: NDArray[Any]) -> str:
    return f"{paired_difference(a, b):.3f}"


def _free() -> dict[str, str]:
    numbers = {}
    for start in STARTS:
        at_once = _rows("relu_swap", start, more=100)
        numbers[f"nats that the swap costs at once, {start}"] = _difference(
            at_once["swapped"], at_once["before"]
        )
        for more in (25, 100, 400):
            rows = _rows("relu_swap", start, more=more)
            numbers[f"after {more} steps of training on, against as many without a swap, {start}"] = (
                _difference(rows["relu"], rows["kept"])
            )
        rows = _rows("relu_swap", start, part="draw")
        numbers[f"after 100 steps, text source, {start}"] = _difference(rows["relu"], rows["kept"])
        rows = _rows("relu_swap", start, more=400)
        numbers[f"ReLU from the first step on, against the swap, 400 steps, {start}"] = _difference(
            rows["scratch"], rows["relu"]
        )
        drawn = by_setting(_rows("relu_swap_anywhere", start, part="draw"))
        costs = (drawn["relu"] - drawn["kept"]).mean(axis=1)
        numbers[f"drawn settings in which the swap costs anything, {start}"] = (
            f"{(costs > 0).sum()} of {len(costs)}"
        )
        numbers[f"median and largest cost in them, {start}"] = f"{np.median(costs):.3f} and {costs.max():.3f}"
    return numbers


def _there_before() -> dict[str, str]:
    numbers = {}
    for start in STARTS:
        for text, part in TEXTS.items():
            rows = _rows("relu_swap", start, part=part, more=100)
            for said, column in (
                ("below zero before the swap", "below"),
                ("zeros after it and 100 steps", "zeros_relu"),
                ("below zero after 100 steps without it", "below_kept"),
                ("zeros of ReLU from the first step on", "zeros_scratch"),
            ):
                numbers[f"{said}, {start}, {text}"] = f"{mean_interval(rows[column]):.2f}"
    return numbers


def _only_relu() -> dict[str, str]:
    numbers = {}
    for start in STARTS:
        for text, part in TEXTS.items():
            swaps = _rows("relu_swap", start, part=part, more=100)
            numbers[f"zeros, plain ReLU, {start}, {text}"] = f"{mean_interval(swaps['zeros_relu']):.2f}"
            numbers[f"nats that it costs, {start}, {text}"] = _difference(swaps["relu"], swaps["kept"])
            for way in WAYS:
                rows = _rows("more_zeros", start, part=part, way=way)
                number = 2 if way == "cut afterwards" else 3
                kept = swaps["kept"][np.isin(swaps["seed"], rows["seed"])]
                numbers[f"zeros, {way}, {start}, {text}"] = f"{mean_interval(rows[f'zeros_{number}']):.2f}"
                numbers[f"nats that it costs, {way}, {start}, {text}"] = _difference(
                    rows[f"loss_{number}"], kept
                )
    return numbers


def saved(zeros: float, *, gated: bool) -> float:
    """The share of a block's multiply-adds that zeros after its function save, when they are known once it is applied.

    saved = zeros / 2 for W₂ of two matrices, and 2 · zeros / 3 for W₂ and the gate's W₃ of three

    Args:
        zeros: share of the outputs that are 0.
        gated: whether there is a gate.

    Source: the definition

    >>> saved(0.8, gated=False), round(saved(0.6, gated=True), 2)
    (0.4, 0.4)
    """
    return 2 * zeros / 3 if gated else zeros / 2


def _saves() -> dict[str, str]:
    numbers = {}
    for start in STARTS:
        rows = _rows("predicted_zeros", start)
        numbers[f"zeros for one row, {start}"] = f"{mean_interval(rows['zeros']):.2f}"
        for batch in (8, 64):
            numbers[f"zeros that all of {batch} rows share, {start}"] = (
                f"{mean_interval(rows[f'zeros_{batch}']):.2f}"
            )
        share = saved(rows["zeros"].mean(), gated=start == "swiglu")
        numbers[f"share of the multiply-adds that they save for one row, {start}"] = f"{share:.2f}"
        share = saved(rows["zeros_8"].mean(), gated=start == "swiglu")
        numbers[f"in a batch of 8, {start}"] = f"{share:.2f}"
    return numbers


def _guessed() -> dict[str, str]:
    numbers = {}
    for start in STARTS:
        for text, part in TEXTS.items():
            rows = _rows("predicted_zeros", start, part=part)
            for guess in ("frequency", "size", "4", "8", "16"):
                said = guess if guess in ("frequency", "size") else f"rank {guess}"
                recall = mean_interval(rows[f"recall_{guess}"])
                numbers[f"recall, {said}, {start}, {text}"] = f"{recall:.2f}"
                numbers[f"nats lost by trusting it, {said}, {start}, {text}"] = _difference(
                    rows[f"loss_{guess}"], rows["loss"]
                )
    return numbers


CLAIMS = tuple(
    Claim(name=name, chapter=CHAPTER, surveys=surveys, numbers=numbers)
    for name, surveys, numbers in (
        ("a-swap-for-relu-is-free", ("relu_swap", "relu_swap_anywhere"), _free),
        ("the-swap-makes-the-zeros", ("relu_swap",), _there_before),
        ("sparse-models-need-relu", ("relu_swap", "more_zeros"), _only_relu),
        ("zeros-save-their-share", ("predicted_zeros",), _saves),
        ("active-units-can-be-guessed", ("predicted_zeros",), _guessed),
    )
)
