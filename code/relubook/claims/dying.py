"""Claims of the chapter on dying units."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import by_setting, read

FLOOR: Mapping[str, float] = {"digits": 0.1, "tumours": 0.63}  # accuracy of the most frequent class


def _runs(survey: str, **setting: object) -> NDArray[np.void]:
    table = read(survey)
    for axis, value in setting.items():
        table = table[table[axis] == value]
    return table


def _mean(outcome: str, change: str, rate: float, *, survey: str = "dying", **setting: object) -> str:
    setting = {"data": "digits", "net": "4x64", **setting}
    values = _runs(survey, change=change, learning_rate=rate, **setting)[outcome]
    return f"{mean_interval(values[np.isfinite(values)]):.2f}"


def _gain(change: str, rate: float, *, survey: str = "dying", **setting: object) -> str:
    setting = {"data": "digits", "net": "4x64", **setting}
    a, b = (
        _runs(survey, change=name, learning_rate=rate, **setting)["accuracy"] for name in (change, "none")
    )
    return f"{paired_difference(a, b):.2f}"


def _drawn() -> tuple[dict[str, NDArray[Any]], NDArray[Any], NDArray[np.void]]:
    """For each change how far its drawn settings come, ReLU's share of dead units, and the settings."""
    drawn = _runs("dying_anywhere", part="draw")
    tables = {str(name): by_setting(drawn[drawn["change"] == name]) for name in np.unique(drawn["change"])}
    plain = tables["none"]
    floor = np.vectorize(FLOOR.__getitem__)(plain["data"])
    way = {name: ((t["accuracy"] - floor) / (1 - floor)).mean(axis=1) for name, t in tables.items()}
    return way, np.nan_to_num(plain["dead"], nan=1).mean(axis=1), plain[:, 0]


def _rescued(change: str) -> dict[str, str]:
    """Of the drawn settings in which ReLU dies, below half of the way, those that a change brings to 0.75 of it."""
    way, dead, settings = _drawn()
    died = (way["none"] < 0.5) & (dead > 0.5)
    numbers = {}
    for said, start in (("zero biases", settings["bias"] == 0), ("biases below zero", settings["bias"] < 0)):
        for optimizer in (None, "sgd", "momentum", "adam"):
            here = died & start & (optimizer is None or settings["optimizer"] == optimizer)
            share = np.mean(way[change][here] >= 0.75)
            name = f"of these, {optimizer}" if optimizer else "drawn settings in which ReLU dies"
            numbers[f"{name}, {said}: brought to 0.75 of the way by {change}"] = (
                f"{share:.2f} of {here.sum()}"
            )
    return numbers


def _large_rate() -> dict[str, str]:
    numbers = {
        f"dead, 4x64, digits, {change} at {rate}": _mean("dead", change, rate)
        for change, rate in (
            ("none", 0.03),
            ("none", 0.2),
            ("none", 1.0),
            ("no momentum", 0.3),
            ("no momentum", 1.0),
            ("batch norm", 0.2),
        )
    }
    numbers["dead, 2x32, digits, none at 0.2"] = _mean("dead", "none", 0.2, net="2x32")
    numbers["dead, 2x32, tumours, none at 0.2"] = _mean("dead", "none", 0.2, net="2x32", data="tumours")
    return numbers


def _leaky() -> dict[str, str]:
    numbers = {
        f"accuracy minus ReLU's, {net}, {data}, rate {rate}": _gain("leaky 0.01", rate, net=net, data=data)
        for net, data, rate in (
            ("4x64", "digits", 0.1),
            ("4x64", "digits", 0.2),
            ("2x32", "digits", 0.3),
            ("2x32", "tumours", 0.3),
        )
    }
    for change in ("leaky 0.01", "leaky 0.3"):
        numbers[f"accuracy, 4x64, digits, biases -1.0, {change} at 0.03"] = _mean(
            "accuracy", change, 0.03, survey="dying_start", bias=-1.0
        )
    return numbers | _rescued("leaky 0.01")


def _prelu_and_elu() -> dict[str, str]:
    numbers = {}
    for change in ("PReLU", "ELU"):
        for bias in (-0.5, -1.0):
            numbers[f"accuracy, 4x64, digits, biases {bias}, {change} at 0.03"] = _mean(
                "accuracy", change, 0.03, survey="dying_start", bias=bias
            )
        numbers[f"accuracy minus ReLU's, 4x64, digits, {change} at 0.1"] = _gain(change, 0.1)
    return numbers | _rescued("ELU")


def _smaller_steps() -> dict[str, str]:
    numbers = {"accuracy, 4x64, digits, none at 0.2": _mean("accuracy", "none", 0.2)}
    for change, rate in (
        ("none", 0.03),
        ("clipping", 0.2),
        ("clipping", 1.0),
        ("warm-up", 0.2),
        ("no momentum", 0.2),
        ("batch norm", 0.2),
    ):
        numbers[f"accuracy, 4x64, digits, {change} at {rate}"] = _mean("accuracy", change, rate)
    for change, rate in (("none", 0.01), ("clipping", 0.03), ("batch norm", 0.1)):
        numbers[f"the same with biases -1.0, {change} at {rate}"] = _mean(
            "accuracy", change, rate, survey="dying_start", bias=-1.0
        )
    return numbers | _rescued("clipping")


def _batch_norm() -> dict[str, str]:
    numbers = {}
    for data, change, rate in (
        ("digits", "batch norm", 0.3),
        ("digits", "none", 0.3),
        ("digits", "batch norm", 1.0),
        ("tumours", "batch norm", 1.0),
        ("tumours", "none", 1.0),
    ):
        numbers[f"accuracy, 4x64, {data}, {change} at {rate}"] = _mean("accuracy", change, rate, data=data)
        if change == "batch norm":  # without it no run at 1.0 has finite outputs to count
            numbers[f"dead, 4x64, {data}, {change} at {rate}"] = _mean("dead", change, rate, data=data)
    for data, change, rate in (
        ("digits", "batch norm", 0.01),
        ("digits", "batch norm", 0.1),
        ("digits", "none", 0.1),
        ("tumours", "batch norm", 0.1),
        ("tumours", "none", 0.1),
    ):
        numbers[f"accuracy, 4x64, {data}, biases -1.0, {change} at {rate}"] = _mean(
            "accuracy", change, rate, survey="dying_start", bias=-1.0, data=data
        )
    return numbers


def _harm() -> dict[str, str]:
    numbers = {}
    for net, change, rate in (
        ("2x32", "Adam", 0.03),
        ("4x64", "Adam", 0.03),
        ("4x64", "leaky 0.01", 0.3),
        ("4x64", "none", 0.2),
    ):
        name = f"{net}, digits, {change} at {rate}"
        numbers[f"dead, {name}"] = _mean("dead", change, rate, net=net)
        numbers[f"accuracy, {name}"] = _mean("accuracy", change, rate, net=net)
    way, dead, _ = _drawn()
    fine = way["none"] >= 0.75
    numbers["drawn settings in which ReLU gets past 0.75 of the way"] = f"{fine.sum()} of {len(fine)}"
    numbers["of these, share with more than a fifth dead"] = f"{np.mean(dead[fine] > 0.2):.2f}"
    return numbers


def _optimisers() -> dict[str, str]:
    return {
        f"{outcome}, 4x64, digits, {said} at {rate}": _mean(outcome, change, rate)
        for change, said, rates in (
            ("no momentum", "no momentum", (0.03, 0.1, 0.3)),
            ("none", "momentum", (0.03, 0.1, 0.3)),
            ("Adam", "Adam", (0.003, 0.03, 0.1)),
        )
        for rate in rates
        for outcome in ("dead", "accuracy")
    }


def _start() -> dict[str, str]:
    numbers = {
        f"dead before training, {net}, {data}, biases {bias}": _mean(
            "born", "none", 0.03, survey="dying_start", net=net, data=data, bias=bias
        )
        for net, data, bias in (
            ("4x64", "digits", -0.5),
            ("4x64", "digits", -1.0),
            ("2x32", "digits", -0.5),
            ("2x32", "tumours", -1.0),
        )
    }
    for net, data, bias in (
        ("4x64", "digits", -0.5),
        ("2x32", "digits", -0.5),
        ("2x32", "digits", -1.0),
        ("2x32", "tumours", -1.0),
    ):
        numbers[f"accuracy, {net}, {data}, biases {bias}, at 0.1"] = _mean(
            "accuracy", "none", 0.1, survey="dying_start", net=net, data=data, bias=bias
        )
    for change, said in (("none", "He's start"), ("small start", "PyTorch's start")):
        numbers[f"accuracy, 4x64, digits, zero biases, {said} at 0.2"] = _mean("accuracy", change, 0.2)
    return numbers


CLAIMS = tuple(
    Claim(name=name, chapter="14-dying-relu", surveys=surveys, numbers=numbers)
    for name, surveys, numbers in (
        ("large-rates-kill-units", ("dying",), _large_rate),
        ("leaky-relu-solves-dying", ("dying", "dying_start", "dying_anywhere"), _leaky),
        ("prelu-and-elu-solve-dying", ("dying", "dying_start", "dying_anywhere"), _prelu_and_elu),
        ("smaller-steps-solve-dying", ("dying", "dying_start", "dying_anywhere"), _smaller_steps),
        ("batch-norm-prevents-dying", ("dying", "dying_start"), _batch_norm),
        ("dead-units-ruin-a-network", ("dying", "dying_anywhere"), _harm),
        ("momentum-and-adam-kill-units", ("dying",), _optimisers),
        ("a-good-start-prevents-dying", ("dying", "dying_start"), _start),
    )
)
