"""Claims of the chapter on ELU and SELU."""

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.statistics import paired_difference
from relubook.surveys import by_setting, read

CHAPTER = "09-elu-and-selu"
SELU_RATES = (0.003, 0.01, 0.03, 0.1)


def _rows(table: NDArray[np.void], **setting: str | float) -> NDArray[np.void]:
    for axis, value in setting.items():
        table = table[table[axis] == value]
    return table


def _elu_minus_relu(rows: NDArray[np.void], outcome: str) -> str:
    elu, relu = (_rows(rows, activation=name)[outcome] for name in ("elu", "relu"))
    return f"{paired_difference(elu, relu):.3f}"


def _both_learn() -> tuple[NDArray[np.void], NDArray[np.void]]:
    drawn = _rows(read("elu_against_relu"), part="draw")
    elu, relu = (by_setting(_rows(drawn, activation=name)) for name in ("elu", "relu"))
    learned = (elu["outcome"] == "learned").all(axis=1) & (relu["outcome"] == "learned").all(axis=1)
    return elu[learned], relu[learned]


def _best(epochs: int) -> dict[str, tuple[float, NDArray[np.float64]]]:
    """The rate at which each function has the highest mean accuracy, and its accuracies there."""
    cross = _rows(read("elu_against_relu"), part="cross", epochs=epochs)
    best = {}
    for name in ("elu", "relu"):
        rows = _rows(cross, activation=name)
        scores = {
            rate: _rows(rows, learning_rate=rate)["accuracy"] for rate in np.unique(rows["learning_rate"])
        }
        best[name] = max(scores.items(), key=lambda item: float(item[1].mean()))
    return best


def _faster() -> dict[str, str]:
    cross = _rows(read("elu_against_relu"), part="cross", epochs=1)
    numbers = {
        f"loss of the first epoch, ELU minus ReLU, at {rate}": _elu_minus_relu(
            _rows(cross, learning_rate=rate), "early_loss"
        )
        for rate in (0.001, 0.003, 0.01, 0.03, 0.1)
    }
    best = _best(1)
    numbers["accuracy after one epoch, each at its best rate, ELU minus ReLU"] = (
        f"{paired_difference(best['elu'][1], best['relu'][1]):.3f}"
    )
    elu, relu = _both_learn()
    share = (elu["early_loss"].mean(axis=1) < relu["early_loss"].mean(axis=1)).mean()
    numbers["drawn settings that both learn"] = f"{len(elu)} of 200"
    numbers["of these, share in which ELU's first loss is lower"] = f"{share:.2f}"
    return numbers


def _better() -> dict[str, str]:
    numbers = {}
    for epochs in (10, 30):
        best = _best(epochs)
        numbers[f"accuracy after {epochs} epochs, each at its best rate, ELU minus ReLU"] = (
            f"{paired_difference(best['elu'][1], best['relu'][1]):.3f}"
        )
    table = read("elu_against_relu")
    numbers["accuracy after 30 epochs at 0.001, ELU minus ReLU"] = _elu_minus_relu(
        _rows(table, part="cross", epochs=30, learning_rate=0.001), "accuracy"
    )
    for depth in (5, 8):
        numbers[f"after 10 epochs at 0.03 with {depth} layers"] = _elu_minus_relu(
            _rows(table, part="axis", depth=depth), "accuracy"
        )
    numbers["the same with 16 units a layer"] = _elu_minus_relu(
        _rows(table, part="axis", width=16), "accuracy"
    )
    elu, relu = _both_learn()
    share = (elu["accuracy"].mean(axis=1) > relu["accuracy"].mean(axis=1)).mean()
    numbers["drawn settings that both learn"] = f"{len(elu)} of 200"
    numbers["of these, share in which ELU's accuracy is higher"] = f"{share:.2f}"
    return numbers


def _smaller_rate() -> dict[str, str]:
    numbers = {}
    for epochs in (1, 10, 30):
        best = _best(epochs)
        numbers[f"best rate of {epochs} epochs"] = f"ELU {best['elu'][0]}, ReLU {best['relu'][0]}"
    cross = _rows(read("elu_controls"), part="cross")
    for rate in (0.1, 0.15, 0.2, 0.3):
        elu, relu = (
            _rows(cross, function=name, learning_rate=rate)["accuracy"].mean() for name in ("elu", "relu")
        )
        numbers[f"mean accuracy at {rate}"] = f"ELU {elu:.2f}, ReLU {relu:.2f}"
    drawn = _rows(read("elu_against_relu"), part="draw")
    runs = [by_setting(_rows(drawn, activation=name)) for name in ("elu", "relu")]
    learned = [(lines["outcome"] == "learned").all(axis=1) for lines in runs]
    for optimizer in ("sgd", "momentum", "adam"):
        here = runs[0]["optimizer"][:, 0] == optimizer
        alone = [int((here & one & ~other).sum()) for one, other in (learned, learned[::-1])]
        numbers[f"{here.sum()} drawn settings, {optimizer}: learned by one alone"] = (
            f"ELU {alone[0]}, ReLU {alone[1]}"
        )
    return numbers


def _stabilises() -> dict[str, str]:
    cross = _rows(read("elu_controls"), part="cross", learning_rate=0.2)
    said = {
        "relu": "ReLU",
        "elu": "ELU",
        "leaky_0.1": "leaky ReLU with slope 0.1",
        "leaky_0.5": "leaky ReLU with slope 0.5",
        "elu_values": "ELU's values with ReLU's gradient",
        "elu_gradient": "ReLU's values with ELU's gradient",
        "capped_elu": "ELU capped at 1",
        "tanh": "tanh",
    }
    return {
        f"mean accuracy at 0.2, {label}": f"{_rows(cross, function=name)['accuracy'].mean():.2f}"
        for name, label in said.items()
    }


def _deep() -> dict[str, str]:
    cross = _rows(read("selu_depth"), part="cross")
    numbers = {}
    for depth in (4, 16, 32):
        for recipe, label in (
            ("selu lecun", "SELU"),
            ("relu he", "ReLU"),
            ("relu he norm", "ReLU, batch norm"),
        ):
            rows = _rows(cross, depth=depth, recipe=recipe)
            means = {rate: _rows(rows, learning_rate=rate)["accuracy"].mean() for rate in SELU_RATES}
            rate = max(means, key=lambda rate: means[rate])
            numbers[f"{depth} layers, {label}"] = f"{means[rate]:.2f} at {rate}"
    return numbers


CLAIMS = tuple(
    Claim(name=name, chapter=CHAPTER, surveys=surveys, numbers=numbers)
    for name, surveys, numbers in (
        ("elu-learns-faster", ("elu_against_relu",), _faster),
        ("elu-ends-better", ("elu_against_relu",), _better),
        ("elu-needs-a-smaller-rate", ("elu_against_relu", "elu_controls"), _smaller_rate),
        ("elu-stabilises-training", ("elu_controls",), _stabilises),
        ("selu-replaces-normalisation", ("selu_depth",), _deep),
    )
)
