"""Claims of the chapter on gradient flow."""

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import by_setting, read

CHAPTER = "06-gradient-flow"


def _rows(name: str, **setting: str | int) -> NDArray[np.void]:
    table = read(name)
    table = table[table["part"] == "cross"]
    for axis, value in setting.items():
        table = table[table[axis] == value]
    return table


def _accuracy(**setting: str | int) -> NDArray[np.float64]:
    return np.asarray(_rows("initialization", **setting)["accuracy"])


def _drawn(**setting: str | int) -> NDArray[np.void]:
    table = read("initialization")
    table = by_setting(table[table["part"] == "draw"])
    for axis, value in setting.items():
        table = table[table[axis][:, 0] == value]
    return table


def _learns(*, bar: float = 0.3, **setting: str | int) -> str:
    """Share of drawn settings in which every seed gets past 0.3 of the way, or past 0.9."""
    drawn = _drawn(**setting)
    outcomes = ("learned", "partly") if bar == 0.3 else ("learned",)
    kept = int(np.isin(drawn["outcome"], outcomes).all(axis=1).sum())
    return f"{kept} of {len(drawn)}"


def _relu_solves() -> dict[str, str]:
    numbers = {}
    for activation, init in (("relu", "he"), ("relu", "glorot"), ("relu", "torch"), ("tanh", "glorot")):
        runs = _rows("flow", activation=activation, init=init, depth=30, batch_norm=0)
        numbers[f"gradient left after 30 layers, {activation} from {init}, median"] = (
            f"{np.median(runs['gradient']):.2g}"
        )
    for init in ("he", "torch"):
        scores = _accuracy(depth=30, optimizer="momentum", activation="relu", init=init)
        numbers[f"accuracy of relu from {init}, 30 layers, momentum"] = f"{mean_interval(scores):.2f}"
    return numbers


def _saturating() -> dict[str, str]:
    numbers = {}
    for activation in ("tanh", "sigmoid"):
        for depth in (10, 30):
            for optimizer in ("momentum", "adam"):
                runs = _accuracy(depth=depth, optimizer=optimizer, activation=activation, init="glorot")
                numbers[f"accuracy of {activation} from glorot, {depth} layers, {optimizer}"] = (
                    f"{mean_interval(runs):.2f}"
                )
    for norm, name in ((0, "without"), (1, "with")):
        numbers[f"drawn sigmoid settings past 0.3 of the way, {name} batch norm"] = _learns(
            activation="sigmoid", batch_norm=norm
        )
    return numbers


def _he_keeps() -> dict[str, str]:
    numbers = {}
    for width in (16, 64, 256):
        signal = _rows("shrinkage", width=width)["signal"]
        numbers[f"median RMS after 30 layers, width {width}"] = f"{np.median(signal):.2f}"
        numbers[f"exp(-5L/4n), width {width}"] = f"{np.exp(-37.5 / width):.2f}"
    varying = _rows("shrinkage", width=64)["varying"]
    numbers["share of the mean square that varies between inputs, width 64"] = f"{np.median(varying):.2f}"
    return numbers


def _default_start() -> dict[str, str]:
    numbers = {}
    for depth in (10, 30):
        for optimizer in ("momentum", "adam"):
            setting = {"depth": depth, "optimizer": optimizer, "activation": "relu"}
            he, torch = (_accuracy(**setting, init=init) for init in ("he", "torch"))
            numbers[f"accuracy from he minus from torch, relu, {depth} layers, {optimizer}"] = (
                f"{paired_difference(he, torch):.2f}"
            )
    for bar in (0.3, 0.9):
        for init in ("he", "glorot", "torch"):
            numbers[f"drawn settings without batch norm past {bar} of the way, from {init}"] = _learns(
                bar=bar, init=init, batch_norm=0
            )
    return numbers


def _batch_norm() -> dict[str, str]:
    numbers = {}
    for init in ("he", "glorot", "torch"):
        for norm, name in ((0, "without"), (1, "with")):
            numbers[f"drawn settings past 0.3 of the way, from {init}, {name} batch norm"] = _learns(
                init=init, batch_norm=norm
            )
    for init in ("he", "torch"):
        runs = _rows("flow", activation="relu", init=init, depth=30, batch_norm=1)
        numbers[f"gradient after 30 layers of relu with batch norm from {init}, median"] = (
            f"{np.median(runs['gradient']):.2g}"
        )
    return numbers


def _vanished_is_lost() -> dict[str, str]:
    runs = _rows("flow", activation="relu", init="torch", depth=10, batch_norm=0)
    numbers = {"gradient left after 10 layers, relu from torch, median": f"{np.median(runs['gradient']):.2g}"}
    for optimizer in ("momentum", "adam"):
        accuracies = _accuracy(depth=10, optimizer=optimizer, activation="relu", init="torch")
        numbers[f"accuracy of relu from torch, 10 layers, {optimizer}"] = f"{mean_interval(accuracies):.2f}"
    for optimizer in ("sgd", "momentum", "adam"):
        numbers[f"drawn settings without batch norm past 0.3 of the way, {optimizer}"] = _learns(
            optimizer=optimizer, batch_norm=0
        )
    return numbers


CLAIMS = (
    Claim(
        name="relu-solves-vanishing-gradients",
        chapter=CHAPTER,
        surveys=("flow", "initialization"),
        numbers=_relu_solves,
    ),
    Claim(
        name="sigmoid-and-tanh-cannot-train-deep-networks",
        chapter=CHAPTER,
        surveys=("initialization",),
        numbers=_saturating,
    ),
    Claim(name="he-keeps-the-variance", chapter=CHAPTER, surveys=("shrinkage",), numbers=_he_keeps),
    Claim(
        name="the-default-start-is-good-enough",
        chapter=CHAPTER,
        surveys=("initialization",),
        numbers=_default_start,
    ),
    Claim(
        name="with-batch-norm-the-start-does-not-matter",
        chapter=CHAPTER,
        surveys=("flow", "initialization"),
        numbers=_batch_norm,
    ),
    Claim(
        name="a-vanished-gradient-cannot-train",
        chapter=CHAPTER,
        surveys=("flow", "initialization"),
        numbers=_vanished_is_lost,
    ),
)
