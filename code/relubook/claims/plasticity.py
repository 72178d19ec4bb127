"""Claims of the chapter on lost plasticity."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.experiments.lost_plasticity import METHODS
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import by_setting, read

CHAPTER = "17-lost-plasticity"
INSIDE = ("dead", "dormant", "growth", "rank")


def _rows(survey: str, **setting: Any) -> NDArray[np.void]:
    rows = read(survey)
    rows = rows[rows["part"] == "cross"]
    for axis, value in setting.items():
        rows = rows[rows[axis] == value]
    return rows


def _moved(**setting: Any) -> NDArray[np.void]:
    """ReLU's runs at 0.1, with at most one axis moved from the base."""
    rows = read("plasticity")
    for axis, value in {
        "method": "relu",
        "learning_rate": 0.1,
        "optimizer": "momentum",
        "width": 64,
        "epochs": 20,
        "tasks": 12,
        **setting,
    }.items():
        rows = rows[rows[axis] == value]
    return rows


def _at_own_rate(rows: NDArray[np.void]) -> NDArray[np.void]:
    """One run a seed, at the rate with which the other seeds end best."""
    rows = by_setting(rows)
    best = [np.delete(rows["last"], seed, axis=1).mean(axis=1).argmax() for seed in range(rows.shape[1])]
    return rows[best, range(rows.shape[1])]


def _said(name: str, rows: NDArray[np.void], outcomes: tuple[str, ...] = ("first", "last")) -> dict[str, str]:
    numbers = {f"{outcome}, {name}": f"{mean_interval(rows[outcome]):.2f}" for outcome in outcomes}
    numbers[f"last minus fresh, {name}"] = f"{paired_difference(rows['last'], rows['fresh']):.2f}"
    return numbers


def _goes_on() -> dict[str, str]:
    numbers: dict[str, str] = {}
    for rate in (0.01, 0.03, 0.1):
        numbers |= _said(f"relu at {rate}", _rows("plasticity", method="relu", learning_rate=rate))
    numbers |= _said("relu, at its own rate", _at_own_rate(_rows("plasticity", method="relu")))
    for axis, values in {
        "width": (32, 128),
        "epochs": (10, 40),
        "tasks": (3, 6),
        "optimizer": ("sgd",),
    }.items():
        for value in values:
            numbers |= _said(f"relu at 0.1, {axis} {value}", _moved(**{axis: value}))
    for rate in (0.001, 0.003, 0.01):
        numbers |= _said(f"relu, adam at {rate}", _rows("plasticity_adam", method="relu", learning_rate=rate))
    for task in ("pixels digits", "labels mnist"):
        for rate in (0.01, 0.03, 0.1):
            rows = _rows("plasticity_elsewhere", task=task, method="relu", learning_rate=rate)
            numbers |= _said(f"relu, {task} at {rate}", rows)
    return numbers


def _dead() -> dict[str, str]:
    numbers: dict[str, str] = {}
    for method in ("relu", "leaky_relu", "elu", "restart"):
        for rate in (0.03, 0.1):
            rows = _rows("plasticity", method=method, learning_rate=rate)
            numbers |= _said(f"{method} at {rate}", rows)
            for outcome in INSIDE:
                finite = rows[outcome][np.isfinite(rows[outcome])]
                if len(finite) > 1:
                    numbers[f"{outcome}, {method} at {rate}"] = f"{mean_interval(finite):.2f}"
    for survey, task in (("plasticity_elsewhere", "labels mnist"), ("plasticity_elsewhere", "pixels digits")):
        rows = _rows(survey, task=task, method="leaky_relu", learning_rate=0.1)
        numbers |= _said(f"leaky_relu, {task} at 0.1", rows)
        numbers[f"dead, leaky_relu, {task} at 0.1"] = f"{np.nanmax(rows['dead']):.2f} at most"
    return numbers


def _cures() -> dict[str, str]:
    numbers: dict[str, str] = {}
    for method in METHODS:
        numbers |= _said(f"{method}, at its own rate", _at_own_rate(_rows("plasticity", method=method)))
    for method in METHODS:
        numbers |= _said(f"{method} at 0.1", _rows("plasticity", method=method, learning_rate=0.1), ("last",))
    for method in ("relu", "leaky_relu", "crelu", "batch norm"):
        numbers |= _said(
            f"{method}, adam, at its own rate", _at_own_rate(_rows("plasticity_adam", method=method))
        )
        for task in ("pixels digits", "labels mnist"):
            rows = _at_own_rate(_rows("plasticity_elsewhere", task=task, method=method))
            numbers |= _said(f"{method}, {task}, at its own rate", rows)
    return numbers


CLAIMS = (
    Claim(
        name="networks-go-on-learning",
        chapter=CHAPTER,
        surveys=("plasticity", "plasticity_adam", "plasticity_elsewhere"),
        numbers=_goes_on,
    ),
    Claim(
        name="dead-units-take-plasticity",
        chapter=CHAPTER,
        surveys=("plasticity", "plasticity_elsewhere"),
        numbers=_dead,
    ),
    Claim(
        name="crelu-keeps-plasticity",
        chapter=CHAPTER,
        surveys=("plasticity", "plasticity_adam", "plasticity_elsewhere"),
        numbers=_cures,
    ),
)
