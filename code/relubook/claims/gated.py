"""Claims of the chapter on gated units."""

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.experiments.gated_units import PLACES, SETTINGS
from relubook.statistics import paired_difference
from relubook.surveys import by_setting, read

CHAPTER = "18-gated-units"
SAID = {
    "relu": "ReLU",
    "gelu": "GELU",
    "silu": "SiLU",
    "squared_relu": "squared ReLU",
    "bilinear": "bilinear",
    "glu": "GLU",
    "reglu": "ReGLU",
    "geglu": "GEGLU",
    "swiglu": "SwiGLU",
    "swiglu frozen": "SwiGLU, W3 frozen",
    "swiglu all units": "SwiGLU with all units",
    "relu half more": "ReLU with half more units",
    "relu deep": "ReLU with a third layer",
}


def losses(function: str, setting: str = "base") -> NDArray[np.float64]:
    """The losses of a block at its own rate, one a seed, on seeds that did not choose the rate.

    losses = the rows of the survey ``gates`` (the base), ``gates_elsewhere`` or ``gates_longer``, by seed

    Args:
        function: a key of ``relubook.experiments.gated_units.RECIPES``.
        setting: a key of ``relubook.experiments.gated_units.SETTINGS``.

    Returns:
        Losses in nats, shape (10,), after 1200 steps (5,).

    Raises:
        ValueError: there are no such rows.

    Source: ``relubook.surveys``

    >>> losses("swiglu").shape
    (10,)
    """
    table = read({"base": "gates", "1200 steps": "gates_longer"}.get(setting, "gates_elsewhere"))
    rows = table[(table["function"] == function) & (table["setting"] == setting)]
    return np.asarray(by_setting(rows)["loss"][0], dtype=np.float64)


def steps_to_reach(target: float, function: str = "swiglu") -> float:
    """How many steps a block needs for a loss, read off between its means after 100, 300 and 600 steps.

    steps = exp(t) where the mean loss, linear in t = log(steps) between the budgets, is the target

    Args:
        target: a loss in nats, within the means of the budgets.
        function: of the block.

    Raises:
        ValueError: the target is outside what was measured.

    Source: the definition

    >>> round(steps_to_reach(float(losses("swiglu").mean())))
    300
    """
    budgets = [
        (SETTINGS[name].steps, losses(function, name).mean()) for name in ("600 steps", "base", "100 steps")
    ]
    steps, means = zip(*budgets, strict=True)
    if not means[0] <= target <= means[-1]:
        raise ValueError(f"target must be between {means[0]:.3f} and {means[-1]:.3f}, got {target!r}")
    return float(np.exp(np.interp(target, means, np.log(steps))))


def _minus(function: str, other: str = "relu", setting: str = "base") -> str:
    return f"{paired_difference(losses(function, setting), losses(other, setting)):.3f}"


def _line(function: str, other: str = "relu", setting: str = "base") -> dict[str, str]:
    said = f"{SAID[function]} minus {SAID[other]}, {_where(setting)}"
    return {said: _minus(function, other, setting)}


def _where(setting: str) -> str:
    return {"base": "300 steps", "source": "Python code", "narrow": "narrow, 4 blocks"}.get(setting, setting)


def _better() -> dict[str, str]:
    numbers = {"loss of ReLU, 300 steps": f"{losses('relu').mean():.3f}"}
    for name in ("gelu", "swiglu", "geglu", "reglu", "glu"):
        numbers |= _line(name)
    for setting in PLACES:
        numbers |= _line("swiglu", setting=setting) | _line("gelu", setting=setting)
    numbers |= _line("swiglu", setting="1200 steps")
    return numbers


def _function() -> dict[str, str]:
    numbers = _line("bilinear")
    for setting in ("base", *PLACES):
        numbers |= _line("swiglu", "bilinear", setting)
    for name, other in (("geglu", "swiglu"), ("reglu", "swiglu"), ("glu", "swiglu"), ("silu", "relu")):
        numbers |= _line(name, other)
    return numbers


def _weights() -> dict[str, str]:
    numbers: dict[str, str] = {}
    for setting in ("base", *PLACES):
        numbers |= _line("swiglu frozen", "swiglu", setting) | _line("squared_relu", setting=setting)
    for name, other in (
        ("swiglu frozen", "relu"),
        ("swiglu", "squared_relu"),
        ("relu deep", "relu"),
        ("relu half more", "relu"),
        ("swiglu all units", "relu half more"),
        ("swiglu all units", "swiglu"),
    ):
        numbers |= _line(name, other)
    return numbers


def _cost() -> dict[str, str]:
    table = read("gate_cost")
    numbers = {}
    for width in (64, 256):
        for name in ("gelu", "squared_relu", "bilinear", "swiglu", "swiglu all units"):
            rows = table[(table["width"] == width) & (table["function"] == name)]
            numbers[f"time of a step in ReLU's, width {width}, {SAID[name]}"] = (
                f"{np.median(rows['step']):.2f}"
            )
    for setting, steps in (("base", 300), ("600 steps", 600)):
        needed = steps_to_reach(float(losses("relu", setting).mean()))
        numbers[f"steps after which SwiGLU has ReLU's loss after {steps}"] = f"{needed:.0f}"
        numbers[f"the share of {steps}"] = f"{needed / steps:.2f}"
    return numbers


CLAIMS = tuple(
    Claim(name=name, chapter=CHAPTER, surveys=surveys, numbers=numbers)
    for name, surveys, numbers in (
        ("gated-units-are-better", ("gates", "gates_elsewhere", "gates_longer"), _better),
        ("the-function-in-the-gate-matters", ("gates", "gates_elsewhere"), _function),
        ("a-gate-is-worth-its-weights", ("gates", "gates_elsewhere"), _weights),
        ("a-gate-costs-no-time", ("gate_cost", "gates", "gates_elsewhere"), _cost),
    )
)
