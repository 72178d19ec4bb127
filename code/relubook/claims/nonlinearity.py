"""Claims of the chapter on the nonlinearity, and on exclusive or, which it solves by hand and the next one trains."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.experiments.linear_pieces import pieces_along_line, tent_network
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import read

SAID = {"leaky_0.01": "slope 0.01", "leaky_0.25": "slope 0.25", "tanh": "tanh"}
MORE = 0.1  # a share of the starts that counts as more: 5 of 50


def _runs(survey: str, **setting: object) -> NDArray[np.void]:
    table = read(survey)
    for axis, value in setting.items():
        table = table[table[axis] == value]
    return table


def _pieces(depth: int, width: int) -> str:
    rows = _runs("linear_pieces", part="cross", depth=depth, width=width)
    return f"{mean_interval(rows['pieces']):.1f}"


def _bend() -> dict[str, str]:
    numbers = {
        f"linear pieces of a random network on a line, {depth} × {width} units": _pieces(depth, width)
        for depth, width in ((1, 8), (3, 8), (3, 32))
    }
    no_biases = _runs("linear_pieces", part="axis", bias=0.0)["pieces"]
    numbers["7 × 16 units without biases"] = f"{mean_interval(no_biases):.1f}"
    for units in (2, 8, 16):
        rows = _runs("xor_starts", part="draw", units=units)
        for name in ("relu", "tanh"):
            share = np.median(rows[name])
            numbers[
                f"{len(rows)} drawn settings of {units} units, median share of starts that learn XOR, {name}"
            ] = f"{share:.2f}"
    return numbers


def _depth() -> dict[str, str]:
    numbers = {
        "pieces of the tent map, 7 × 2 = 14 units": f"{pieces_along_line(tent_network(7), [0.0], [1.0])}",
        "pieces of 14 units in one layer": "15 at most",
    }
    for depth, width in ((7, 2), (1, 32), (7, 8), (7, 32), (12, 32)):
        numbers[f"random network, {depth} × {width} = {depth * width} units"] = _pieces(depth, width)
    drawn = _runs("linear_pieces", part="draw")
    units = drawn["depth"] * drawn["width"]
    for said, epochs in (("untrained", 0), ("trained", 300)):
        chosen = drawn["epochs"] == epochs
        above = np.mean((drawn["pieces"] > units + 1)[chosen])
        numbers[f"{chosen.sum()} drawn settings, {said}, share with more pieces than units + 1"] = (
            f"{above:.2f}"
        )
        most = np.max((drawn["most"] / units)[chosen])
        numbers[f"the network with most pieces, {said}, in its units"] = f"{most:.1f}"
    for epochs in (300, 2000):
        rows = _runs("linear_pieces", part="axis", epochs=epochs)
        pieces = f"{mean_interval(rows['pieces']):.1f}"
        numbers[f"7 × 16 = 112 units, trained for {epochs} epochs"] = (
            f"{pieces}, at most {rows['most'].max()}"
        )
    return numbers


def _share(name: str, **setting: Any) -> str:
    return f"{mean_interval(_runs('xor_starts', **setting)[name]):.2f}"


def _two_units() -> dict[str, str]:
    numbers = {
        f"share of starts that learn XOR, 2 units, {optimizer} at {rate}": _share(
            "relu", part="cross", optimizer=optimizer, learning_rate=rate
        )
        for optimizer, rate in (("sgd", 0.3), ("momentum", 0.03), ("adam", 0.03), ("adam", 1.0))
    }
    numbers["2 units, sgd at 0.3, five times as many epochs"] = _share("relu", part="axis", epochs=1500)
    numbers["2 units, sgd at 0.3, inputs of −1 and 1"] = _share("relu", part="axis", low=-1)
    for units in (2, 3, 4, 8, 16):
        rows = _runs("xor_starts", part="draw", units=units)["relu"]
        numbers[f"{len(rows)} drawn settings of {units} units, median share"] = f"{np.median(rows):.2f}"
        numbers[f"highest share, {units} units"] = f"{rows.max():.2f}"
    return numbers


def _flat_half() -> dict[str, str]:
    numbers = {}
    for optimizer, rate in (("sgd", 0.3), ("adam", 0.3)):
        rows = _runs("xor_starts", part="cross", optimizer=optimizer, learning_rate=rate)
        for name, said in SAID.items():
            gain = paired_difference(rows[name], rows["relu"])
            numbers[f"share of starts above ReLU's, 2 units, {optimizer} at {rate}, {said}"] = f"{gain:.2f}"
        numbers[f"share of starts, 2 units, {optimizer} at {rate}, tanh"] = (
            f"{mean_interval(rows['tanh']):.2f}"
        )
    drawn = _runs("xor_starts", part="draw", units=2)
    for name, said in SAID.items():
        gain = drawn[name] - drawn["relu"]
        where = f"{len(drawn)} drawn settings of 2 units, {said}"
        numbers[f"{where}, share ahead of ReLU by more than {MORE}"] = f"{(gain > MORE).mean():.2f}"
        numbers[f"{where}, behind by more than {MORE}"] = f"{(gain < -MORE).mean():.2f}"
        numbers[f"{where}, highest share of starts"] = f"{drawn[name].max():.2f}"
    return numbers


CLAIMS = (
    Claim(
        name="a-bend-is-nonlinear-enough",
        chapter="03-nonlinearity",
        surveys=("linear_pieces", "xor_starts"),
        numbers=_bend,
    ),
    Claim(
        name="depth-makes-exponentially-many-pieces",
        chapter="03-nonlinearity",
        surveys=("linear_pieces",),
        numbers=_depth,
    ),
    Claim(
        name="two-units-are-enough-for-xor",
        chapter="04-network-in-numpy",
        surveys=("xor_starts",),
        numbers=_two_units,
    ),
    Claim(
        name="the-flat-half-is-why-xor-fails",
        chapter="04-network-in-numpy",
        surveys=("xor_starts",),
        numbers=_flat_half,
    ),
)
