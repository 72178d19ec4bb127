"""Claims of the chapter on superposition: what the toy model stores, and what sparse autoencoders find."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.experiments.superposition import CONTROLS, KINDS
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import read

CHAPTER = "20-superposition"
BASE = {"shape": "5 in 2", "sparsity": 0.97, "optimizer": "adam", "decay": 1.0, "size": 1.0}
PLACES = (
    ("random directions", "random", 1000),
    ("random directions, 2500 steps", "random", 2500),
    ("toy model", "toy", 1000),
)
AT = 2  # latents on: as many as features are on, on average


def _toy(function: str, column: str = "kept", *, digits: int = 2, **changed: object) -> str:
    rows = read("superposition")
    for axis, value in {"function": function, **BASE, **changed}.items():
        rows = rows[rows[axis] == value]
    return f"{mean_interval(rows[column]):.{digits}f}"


def _capacity() -> dict[str, str]:
    numbers = {}
    for function in ("linear", "relu"):
        for sparsity in (0.0, 0.5, 0.8, 0.97):
            numbers[f"kept of 5 in 2 units, {function}, sparsity {sparsity}"] = _toy(
                function, sparsity=sparsity
            )
        for said, changed in (
            ("12 in 3", {"shape": "12 in 3"}),
            ("sgd", {"optimizer": "sgd"}),
            ("importance 0.7", {"decay": 0.7}),
        ):
            numbers[f"kept, {function}, sparsity 0.97, {said}"] = _toy(function, **changed)
        for line, suffix in (("0.25", "_25"), ("0.5", ""), ("0.75", "_75")):
            numbers[f"stored with more than {line} of the variance, {function}"] = _toy(
                function, f"stored{suffix}", digits=1
            )
    return numbers


def _bends() -> dict[str, str]:
    return {
        f"kept of 5 in 2 units, {function}, features up to {size:g}": _toy(function, size=size)
        for size in (1.0, 10.0)
        for function in ("linear", "abs", "leaky_0.3", "gelu", "softplus", "leaky_relu", "relu")
    }


def _score(method: str, column: str, source: str, steps: int) -> NDArray[Any]:
    rows = read("recovered_features")
    rows = rows[(rows["method"] == method) & (rows["source"] == source) & (rows["steps"] == steps)]
    return np.asarray(rows[column])


def _methods(kind: str) -> list[str]:
    return [
        m for m in dict.fromkeys(read("recovered_features")["method"].tolist()) if m.startswith(f"{kind} ")
    ]


def _recovered() -> dict[str, str]:
    numbers = {}
    for said, source, steps in (PLACES[0], PLACES[2]):
        for control in CONTROLS:
            numbers[f"recovered, {said}, control {control}"] = (
                f"{mean_interval(_score(control, 'recovered', source, steps)):.2f}"
            )
        for kind in KINDS:
            for method in _methods(kind):
                numbers[f"recovered, {said}, {method}"] = (
                    f"{mean_interval(_score(method, 'recovered', source, steps)):.2f}"
                )
    return numbers


def _at(kind: str, column: str, source: str, steps: int) -> NDArray[Any]:
    """An outcome where as many latents are on as features, one a seed: between strengths along a straight line."""
    on, values = (np.array([_score(m, c, source, steps) for m in _methods(kind)]).T for c in ("on", column))
    order = on.argsort(axis=1)
    pairs = zip(np.take_along_axis(on, order, 1), np.take_along_axis(values, order, 1), strict=True)
    return np.array([np.interp(AT, x, y) for x, y in pairs])


def _error_and_recovery() -> dict[str, str]:
    numbers = {}
    for said, source, steps in PLACES:
        relu = {column: _at("relu", column, source, steps) for column in ("error", "recovered")}
        for kind in KINDS:
            for column in ("error", "recovered"):
                values = _at(kind, column, source, steps)
                numbers[f"{column} at {AT} latents on, {said}, {kind}"] = f"{mean_interval(values):.2f}"
                if kind != "relu":
                    numbers[f"{column} minus ReLU's, {said}, {kind}"] = (
                        f"{paired_difference(values, relu[column]):.2f}"
                    )
        gap = paired_difference(*(_at(kind, "recovered", source, steps) for kind in ("topk", "jumprelu")))
        numbers[f"recovered, TopK minus JumpReLU, {said}"] = f"{gap:.2f}"
    return numbers


CLAIMS = tuple(
    Claim(name=name, chapter=CHAPTER, surveys=(survey,), numbers=numbers)
    for name, survey, numbers in (
        ("a-layer-holds-as-many-features-as-units", "superposition", _capacity),
        ("superposition-needs-relu", "superposition", _bends),
        ("sparse-autoencoders-find-the-features", "recovered_features", _recovered),
        ("a-smaller-error-means-better-features", "recovered_features", _error_and_recovery),
    )
)
