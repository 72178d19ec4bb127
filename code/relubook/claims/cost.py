"""Claims of the chapter on cost. Their numbers are times of one processor, which the surveys name."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.statistics import mean_interval
from relubook.surveys import by_setting, read

CHAPTER = "05-cost"
LIBRARIES = {"numpy": "NumPy", "torch": "PyTorch"}
LARGE = 5_000_000


def _copies(function: str, library: str, size: int = LARGE) -> NDArray[Any]:
    """Cost in copies of the array, one number a seed."""
    table = read("element_cost")
    rows = table[(table["function"] == function) & (table["size"] == size)]
    return 2.0 ** rows[library]


def _shares(function: str, part: str = "cross") -> NDArray[np.void]:
    table = read("step_share")
    return by_setting(table[(table["part"] == part) & (table["function"] == function)])


def _saved(function: str, library: str, part: str = "cross") -> NDArray[Any]:
    """Share of the step that ReLU in place of a function saves: 1 − step with ReLU / step with the function."""
    with_relu, with_other = (1 - _shares(name, part)[library] for name in ("relu", function))
    return np.asarray(1 - with_other / with_relu)


def _at(layers: str, batch: int) -> int:
    """The line of a crossed setting."""
    settings = _shares("relu")[:, 0]
    return int(np.flatnonzero((settings["layers"] == layers) & (settings["batch"] == batch))[0])


def _cheap() -> dict[str, str]:
    numbers = {}
    for library, label in (("blocks", "NumPy in blocks"), ("torch", "PyTorch")):
        for function in ("relu", "leaky_relu", "tanh", "sigmoid"):
            numbers[f"copies of the array, 5 million numbers, {label}, {function}"] = (
                f"{mean_interval(_copies(function, library)):.1f}"
            )
    for library, label in LIBRARIES.items():
        saved = _saved("tanh", library)
        for layers, batch in (("64-64", 256), ("1024-1024", 256)):
            numbers[f"share of the step that ReLU saves against tanh, {label}, {layers}, batch {batch}"] = (
                f"{mean_interval(saved[_at(layers, batch)]):.2f}"
            )
        numbers[f"drawn settings in which it saves more than 0.1, {label}"] = _count(
            _saved("tanh", library, "draw")[:, 0] > 0.1
        )
    return numbers


def _count(holds: NDArray[np.bool_]) -> str:
    return f"{holds.sum()} of {len(holds)}"


def _exponential() -> dict[str, str]:
    numbers = {}
    for function in ("sigmoid", "silu", "gelu", "tanh", "elu"):
        for library, label in (("blocks", "NumPy in blocks"), ("torch", "PyTorch")):
            numbers[f"copies of the array, 5 million numbers, {function}, {label}"] = (
                f"{mean_interval(_copies(function, library)):.1f}"
            )
    times = _copies("gelu", "blocks") / _copies("gelu", "torch")
    numbers["NumPy's time for the exact GELU over PyTorch's"] = f"{mean_interval(times):.1f}"
    return numbers


def _lost_in_the_products() -> dict[str, str]:
    numbers = {}
    for library, label in LIBRARIES.items():
        for layers, batch in (("64-64", 256), ("784-64", 32), ("1024-1024", 256)):
            for function in ("relu", "gelu"):
                share = _shares(function)[library][_at(layers, batch)]
                numbers[f"share of the step, {label}, {layers}, batch {batch}, {function}"] = (
                    f"{mean_interval(share):.2f}"
                )
        for function in ("relu", "gelu"):
            numbers[f"drawn settings with a share below 0.1, {label}, {function}"] = _count(
                _shares(function, "draw")[library][:, 0] < 0.1
            )
    return numbers


def _numpy_against_pytorch() -> dict[str, str]:
    functions = dict.fromkeys(read("element_cost")["function"].tolist())
    times = {name: _copies(name, "blocks") / _copies(name, "torch") for name in functions}
    numbers = {
        f"NumPy's time in blocks over PyTorch's, 5 million numbers, {name}": f"{mean_interval(ratio):.2f}"
        for name, ratio in times.items()
    }
    relu = _copies("relu", "numpy") / _copies("relu", "torch")
    numbers["NumPy's time for ReLU in one call over PyTorch's"] = f"{mean_interval(relu):.2f}"
    numbers["functions on which NumPy is faster"] = _count(
        np.array([mean_interval(ratio).high < 1 for ratio in times.values()])
    )
    return numbers


CLAIMS = (
    Claim(name="relu-is-cheap", chapter=CHAPTER, surveys=("element_cost", "step_share"), numbers=_cheap),
    Claim(
        name="an-exponential-makes-it-slow",
        chapter=CHAPTER,
        surveys=("element_cost",),
        numbers=_exponential,
    ),
    Claim(
        name="the-activation-is-lost-in-the-products",
        chapter=CHAPTER,
        surveys=("step_share",),
        numbers=_lost_in_the_products,
    ),
    Claim(
        name="numpy-in-blocks-beats-pytorch",
        chapter=CHAPTER,
        surveys=("element_cost",),
        numbers=_numpy_against_pytorch,
    ),
)
