"""Claims of the chapter on unbounded outputs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.statistics import mean_interval, paired_difference
from relubook.surveys import by_setting, read

CHAPTER = "16-unbounded-outputs"
RESOLVED = 0.02  # a difference in accuracy that a drawn setting counts as one


def _flow(normalize: str, scale: float, column: str) -> NDArray[Any]:
    table = read("normalization")
    rows = table[(table["part"] == "cross") & (table["depth"] == 40) & (table["normalize"] == normalize)]
    return rows[rows["weight_scale"] == scale][column]


def _flow_of(activation: str, normalize: str, column: str) -> NDArray[Any]:
    table = read("normalization")
    rows = table[(table["part"] == "axis") & (table["activation"] == activation)]
    return rows[rows["normalize"] == normalize][column]


def _started(activation: str, cure: str, scale: float, rate: float) -> NDArray[Any]:
    table = read("scaled_start")
    rows = table[(table["part"] == "cross") & (table["activation"] == activation) & (table["cure"] == cure)]
    return rows[(rows["weight_scale"] == scale) & (rows["learning_rate"] == rate)]


def _explode() -> dict[str, str]:
    numbers = {}
    for scale in (0.5, 1.0, 2.0):
        growth = mean_interval(_flow("none", scale, "forward"))
        numbers[f"growth of the outputs a layer, ReLU, {scale} × He"] = f"{growth:.2f}"
    for rate in (0.001, 0.05):
        for scale in (1.0, 3.0):
            reached = mean_interval(_started("relu", "none", scale, rate)["accuracy"])
            numbers[f"accuracy, {scale:.0f} × He, rate {rate}"] = f"{reached:.2f}"
    return numbers


def _normalisation() -> dict[str, str]:
    numbers = {}
    for normalize in ("batch", "layer"):
        for scale in (0.5, 2.0):
            rms = mean_interval(_flow(normalize, scale, "rms"))
            numbers[f"RMS after 40 layers, {normalize} norm, {scale} × He"] = f"{rms:.2f}"
    for normalize in ("none", "batch", "layer"):
        gain = _flow(normalize, 1.0, "backward")
        numbers[f"gradient a layer, {normalize}, He"] = f"{mean_interval(gain):.2f}"
        numbers[f"gradient over 40 layers, {normalize}, median"] = f"{np.median(gain**40):.2g}"
    table = read("normalization")
    moved = table[(table["part"] == "axis") & (table["normalize"] == "batch")]
    for examples in (8, 16, 256):
        factor = mean_interval(moved["backward"][moved["examples"] == examples])
        numbers[f"gradient a layer, batch norm, {examples} examples"] = f"{factor:.2f}"
    for activation in ("leaky_relu", "elu", "tanh"):
        factor = mean_interval(_flow_of(activation, "batch", "backward"))
        numbers[f"gradient a layer, batch norm, {activation}"] = f"{factor:.2f}"
    return numbers


def _any_start() -> dict[str, str]:
    numbers = {}
    for cure in ("none", "batch", "layer", "clip"):
        for rate in (0.005, 0.05):
            reached = mean_interval(_started("relu", cure, 3.0, rate)["accuracy"])
            numbers[f"accuracy from 3 × He, {cure}, rate {rate}"] = f"{reached:.2f}"
    return numbers


def _deep() -> dict[str, str]:
    table = read("normalized_depth")
    numbers = {}
    for depth in (10, 40):
        for rate in (0.003, 0.03):
            for cure in ("none", "batch", "layer"):
                rows = table[(table["part"] == "cross") & (table["depth"] == depth) & (table["cure"] == cure)]
                reached = mean_interval(rows[rows["learning_rate"] == rate]["accuracy"])
                numbers[f"accuracy, {depth} layers, rate {rate}, {cure}"] = f"{reached:.2f}"
    return numbers


def _cap() -> dict[str, str]:
    numbers = {}
    for cure in ("none", "clip"):
        for rate in (0.001, 0.005, 0.05):
            a, b = (_started(name, cure, 3.0, rate)["accuracy"] for name in ("relu6", "relu"))
            numbers[f"accuracy of ReLU6 minus ReLU from 3 × He, {cure}, rate {rate}"] = (
                f"{paired_difference(a, b):.2f}"
            )
    flat = mean_interval(_started("relu6", "none", 3.0, 0.05)["flat_start"])
    numbers["share of flat sums at the start, ReLU6, 3 × He"] = f"{flat:.2f}"
    table = read("scaled_start")
    rows = table[(table["part"] == "draw")]
    for low, high in ((0.5, 1.0), (2.0, 5.0)):
        group = rows[(rows["weight_scale"] >= low) & (rows["weight_scale"] <= high)]
        a, b = (by_setting(group[group["activation"] == name])["accuracy"] for name in ("relu6", "relu"))
        gain = (a - b).mean(axis=1)
        numbers[
            f"{len(gain)} drawn settings of {low} to {high} × He, share with ReLU6 ahead by more than {RESOLVED}"
        ] = f"{(gain > RESOLVED).mean():.2f}"
        numbers[f"share with ReLU6 behind, {low} to {high} × He"] = f"{(gain < -RESOLVED).mean():.2f}"
    return numbers


def _few_bits() -> dict[str, str]:
    table = read("few_bits")
    numbers = {}
    for outlier in (1.0, 30.0, 100.0):
        for activation, quantile in (("relu", 1.0), ("relu6", 1.0), ("relu", 0.999)):
            rows = table[(table["part"] == "cross") & (table["outlier"] == outlier)]
            rows = rows[(rows["activation"] == activation) & (rows["quantile"] == quantile)]
            how = ", scale from the 99.9 % quantile" if quantile < 1 else ""
            for bits in (8, 4):
                lost = mean_interval(rows[f"lost_{bits}"])
                numbers[f"accuracy lost at {bits} bits, outlier {outlier:.0f} ×, {activation}{how}"] = (
                    f"{lost:.3f}"
                )
    return numbers


CLAIMS = (
    Claim(
        name="outputs-explode", chapter=CHAPTER, surveys=("normalization", "scaled_start"), numbers=_explode
    ),
    Claim(
        name="normalisation-settles-it", chapter=CHAPTER, surveys=("normalization",), numbers=_normalisation
    ),
    Claim(name="any-start-trains-normalised", chapter=CHAPTER, surveys=("scaled_start",), numbers=_any_start),
    Claim(name="batch-norm-trains-depth", chapter=CHAPTER, surveys=("normalized_depth",), numbers=_deep),
    Claim(name="a-cap-steadies-training", chapter=CHAPTER, surveys=("scaled_start",), numbers=_cap),
    Claim(name="a-cap-allows-few-bits", chapter=CHAPTER, surveys=("few_bits",), numbers=_few_bits),
)
