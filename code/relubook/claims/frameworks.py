"""Claims of the chapters on the frameworks: what a softmax before a loss that applies its own costs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import by_setting, read

Rows = NDArray[Any]

OPTIMIZERS = ("sgd", "momentum", "adam")
NOTICED = 0.01  # a point of accuracy


def _pairs(part: str, **setting: str | float) -> tuple[Rows, Rows]:
    """The runs with logits and with a second softmax, one line a setting and one column a seed."""
    table = read("second_softmax")
    here = table["part"] == part
    for name, value in setting.items():
        here &= table[name] == value
    return by_setting(table[here & (table["ending"] == "logits")]), by_setting(
        table[here & (table["ending"] == "softmax")]
    )


def _lost(**setting: str | float) -> str:
    once, twice = _pairs("cross", **setting)
    return f"{paired_difference(once['accuracy'][0], twice['accuracy'][0]):.3f}"


def _drawn() -> tuple[Rows, Rows, Rows]:
    """The drawn pairs of which every seed trains with logits, and the accuracy lost in each setting."""
    once, twice = _pairs("draw")
    trains = np.isin(once["outcome"], ("partly", "learned")).all(axis=1)
    once, twice = once[trains], twice[trains]
    return once, twice, (once["accuracy"] - twice["accuracy"]).mean(axis=1)


def _ruins() -> dict[str, str]:
    numbers = {
        f"accuracy lost, 8×8 digits, 5 epochs, {name} at {rate}": _lost(
            optimizer=name, learning_rate=rate, epochs=5
        )
        for name, rate in (("sgd", 0.1), ("momentum", 0.03), ("adam", 0.003), ("momentum", 1.0))
    }
    once, twice, lost = _drawn()
    drawn = len(_pairs("draw")[0])
    numbers["drawn settings, 1 to 10 epochs, that get past 0.3 of the way with logits"] = (
        f"{len(lost)} of {drawn}"
    )
    numbers["of these, share that loses more than 0.1"] = f"{(lost > 0.1).mean():.2f}"
    for data, classes in (("digits", 10), ("tumours", 2)):
        of = once["data"][:, 0] == data
        numbers[f"the same with {classes} classes"] = f"{(lost[of] > 0.1).mean():.2f} of {of.sum()}"
    fails = (twice["outcome"] == "failed").any(axis=1)
    numbers["share in which a seed stays below 0.3 of the way"] = f"{fails.mean():.2f}"
    return numbers


def _unnoticed() -> dict[str, str]:
    once, _, lost = _drawn()
    small = np.abs(lost) <= NOTICED
    numbers = {
        "drawn settings, 1 to 10 epochs, that get past 0.3 of the way with logits": f"{len(lost)}",
        "share whose accuracy moves by 0.01 at most": f"{small.mean():.2f}",
    }
    for data, classes in (("digits", 10), ("tumours", 2)):
        of = once["data"][:, 0] == data
        numbers[f"the same with {classes} classes"] = f"{small[of].mean():.2f} of {of.sum()}"
    table = read("second_softmax")
    for classes, ten in ((10, True), (2, False)):
        losses = table["loss"][(table["ending"] == "softmax") & ((table["data"] != "tumours") == ten)]
        plain = table["loss"][(table["ending"] == "logits") & ((table["data"] != "tumours") == ten)]
        floor = np.log(np.e + classes - 1) - 1
        numbers[f"floor of the loss, {classes} classes"] = f"{floor:.3f}"
        numbers[f"smallest training loss of {len(losses)} runs, {classes} classes"] = f"{losses.min():.3f}"
        numbers[f"the same with logits, {classes} classes"] = f"{plain.min():.4f}"
    return numbers


def _epochs() -> dict[str, str]:
    numbers = {}
    for name, rate in (("sgd", 0.03), ("sgd", 0.1), ("momentum", 0.03), ("adam", 0.003)):
        for epochs in (1, 5, 30):
            numbers[f"accuracy lost, 8×8 digits, {name} at {rate}, epochs {epochs}"] = _lost(
                optimizer=name, learning_rate=rate, epochs=epochs
            )
    once, twice = _pairs("axis", data="digits", epochs=100)
    difference = paired_difference(once["accuracy"][0], twice["accuracy"][0])
    numbers["accuracy lost, 8×8 digits, sgd at 0.1, epochs 100"] = f"{difference:.3f}"
    return numbers


def _adam() -> dict[str, str]:
    numbers = {}
    for epochs in (1, 5, 30):
        for rate in (0.001, 0.003, 0.01, 0.1):
            numbers[f"accuracy lost, 8×8 digits, adam at {rate}, epochs {epochs}"] = _lost(
                optimizer="adam", learning_rate=rate, epochs=epochs
            )
    once, _, lost = _drawn()
    for name in OPTIMIZERS:
        of = once["optimizer"][:, 0] == name
        numbers[f"drawn settings, 1 to 10 epochs, {name}: share that loses more than 0.01"] = (
            f"{(lost[of] > NOTICED).mean():.2f} of {of.sum()}"
        )
        numbers[f"drawn settings, 1 to 10 epochs, {name}: median of what is lost"] = (
            f"{np.median(lost[of]):.3f}"
        )
    return numbers


def _best_rate() -> dict[str, str]:
    numbers = {}
    for name in OPTIMIZERS:
        for epochs in (1, 5, 30):
            best = []
            for ending in _pairs("cross", optimizer=name, epochs=epochs):
                best.append(ending[ending["accuracy"].mean(axis=1).argmax()])
            difference = paired_difference(best[0]["accuracy"], best[1]["accuracy"])
            rates = " and ".join(f"{runs['learning_rate'][0]:g}" for runs in best)
            numbers[f"accuracy lost, 8×8 digits, at the best rates ({rates}), {name}, epochs {epochs}"] = (
                f"{difference:.3f}"
            )
    return numbers


def _factor() -> dict[str, str]:
    def factor(once: Rows, twice: Rows) -> str:
        return f"{mean_interval(once['start_gradient'][0] / twice['start_gradient'][0]):.1f}"

    base: dict[str, str | float] = {"optimizer": "sgd", "learning_rate": 0.1, "epochs": 5}
    numbers = {"factor, 8×8 digits, PyTorch's initialisation": factor(*_pairs("cross", **base))}
    axes: tuple[tuple[str, dict[str, str | float]], ...] = (
        ("MNIST digits", {"data": "mnist"}),
        ("tumours, two classes", {"data": "tumours"}),
        ("8×8 digits, Glorot's", {"init": "glorot"}),
        ("8×8 digits, He's", {"init": "he"}),
        ("8×8 digits, five hidden layers", {"depth": 5}),
    )
    for name, setting in axes:
        numbers[f"factor, {name}"] = factor(*_pairs("axis", **setting))
    once, twice = _pairs("draw")
    classes = np.where(once["data"][:, 0] == "tumours", 2, 10)
    ratio = (once["start_gradient"] / twice["start_gradient"]).mean(axis=1) / classes
    low, middle, high = np.quantile(ratio, (0, 0.5, 1))
    numbers["factor over classes, drawn settings"] = f"{low:.2f} to {high:.1f}, median {middle:.2f}"
    return numbers


CLAIMS = tuple(
    Claim(name=name, chapter="12-pytorch", surveys=("second_softmax",), numbers=numbers)
    for name, numbers in (
        ("second-softmax-ruins-training", _ruins),
        ("second-softmax-goes-unnoticed", _unnoticed),
        ("longer-training-makes-up-for-a-second-softmax", _epochs),
        ("adam-makes-up-for-a-second-softmax", _adam),
        ("a-better-rate-makes-up-for-a-second-softmax", _best_rate),
        ("second-softmax-divides-the-gradient-by-the-classes", _factor),
    )
)
