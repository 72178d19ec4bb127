"""Unbounded outputs: how large outputs get when nothing limits them, and what that costs in few bits."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.activations import get
from relubook.experiments.digits import digits_parts
from relubook.network import MLP, Elementwise
from relubook.training import fit

Array = NDArray[Any]


def output_rms(
    *,
    seed: int,
    activation: str = "relu",
    weight_scale: float = 1.0,
    normalize: str = "none",
    depth: int = 40,
    width: int = 256,
    examples: int = 64,
) -> tuple[float, ...]:
    """Root mean square of the outputs of each layer of a random network.

    hₖ = f(norm(hₖ₋₁ Wₖ)), Wₖ ~ N(0, weight_scale² · 2/width); RMS = √mean hₖ²

    Args:
        seed: of the inputs N(0, 1) and of the weights.
        activation: a name of the registry.
        weight_scale: the weights' standard deviation in units of He's.
        normalize: ``"none"``; ``"batch"``, each unit over the examples; or ``"layer"``, each example over the units.
        depth, width, examples: numbers of layers, of units a layer, and of inputs.

    Returns:
        One number a layer.

    Raises:
        ValueError: ``normalize`` or the activation is unknown.

    Source: He et al. (2015), https://doi.org/10.1109/ICCV.2015.123

    >>> rms = output_rms(seed=0, weight_scale=2.0, depth=3)
    >>> rms[2] > 1.5 * rms[1] > 2 * rms[0]
    True
    """
    if normalize not in ("none", "batch", "layer"):
        raise ValueError(f"normalize must be 'none', 'batch' or 'layer', got {normalize!r}")
    fn = get(activation).fn
    rng = np.random.default_rng(seed)
    h = rng.normal(size=(examples, width))
    rms = []
    for _ in range(depth):
        z = h @ rng.normal(0, weight_scale * np.sqrt(2 / width), (width, width))
        if normalize != "none":
            axis = 0 if normalize == "batch" else 1
            z = (z - z.mean(axis=axis, keepdims=True)) / np.sqrt(z.var(axis=axis, keepdims=True) + 1e-5)
        h = fn(z)
        rms.append(float(np.sqrt(np.square(h).mean())))
    return tuple(rms)


def quantize(x: Array, *, largest: float, bits: int) -> Array:
    """Round non-negative numbers to a few bits, and back.

    q = round(min(x, largest) / step), x̂ = step · q, with step = largest / (2^bits − 1)

    Args:
        x: non-negative, any shape.
        largest: the value that the highest code stands for, positive; larger x are cut to it.
        bits: bits a number, at least 1.

    Returns:
        The rounded numbers, float64, of the shape of ``x``.

    Raises:
        ValueError: ``largest`` is not positive, or ``bits`` is below 1.

    Source: Sandler et al. (2018) on low-precision computation, https://doi.org/10.1109/CVPR.2018.00474

    >>> quantize(np.array([0.0, 0.4, 0.6, 5.0]), largest=3.0, bits=2)
    array([0., 0., 1., 3.])
    """
    if not largest > 0:
        raise ValueError(f"largest must be positive, got {largest!r}")
    if bits < 1:
        raise ValueError(f"bits must be at least 1, got {bits!r}")
    step = largest / (2**bits - 1)
    return step * np.round(np.minimum(x, largest) / step)


def quantized_accuracies(
    *,
    seed: int,
    activation: str,
    bits: tuple[int, ...],
    outlier: float = 1.0,
    quantile: float = 1.0,
    hidden: tuple[int, ...] = (64, 64, 64),
    epochs: int = 8,
) -> tuple[float, ...]:
    """Train on the small digits, then evaluate with the hidden outputs rounded to few bits.

    accuracy = mean [argmax scores = label]

    Each hidden layer's scale is set by a quantile of its outputs on the training digits, the largest by default; the
    weights stay float64.

    Args:
        seed: of the initial weights and of the order of the examples.
        activation: ``"relu"``, ``"relu6"`` or another function of the registry that is never negative.
        bits: numbers of bits to evaluate with.
        outlier: what a copy of one training digit is multiplied by while the scales are set, as by a faulty sensor.
        quantile: of a layer's outputs, in [0, 1], that the highest code stands for; larger outputs are cut to it.
        hidden: units of each hidden layer.
        epochs: passes over the training digits.

    Returns:
        The test accuracy for each number of bits.

    Raises:
        ValueError: the activation takes negative values, or a number is out of range.

    Source: Sandler et al. (2018) on low-precision computation, https://doi.org/10.1109/CVPR.2018.00474

    >>> quantized_accuracies(seed=0, activation="relu", bits=(16,), hidden=(16,), epochs=2)[0] > 0.8
    True
    """
    if get(activation).range[0] < 0:
        raise ValueError(f"activation must never be negative, {activation!r} is")
    x_train, y_train, x_test, y_test = digits_parts()
    model = MLP([x_train.shape[1], *hidden, 10], activation, rng=np.random.default_rng([seed, 0]))
    order = np.random.default_rng([seed, 1])
    fit(model, x_train, y_train, learning_rate=0.05, epochs=epochs, batch_size=32, rng=order, momentum=0.9)
    calibration = np.concatenate([x_train, outlier * x_train[:1]])
    largest = [float(np.quantile(h, quantile)) for h in model.hidden(calibration)]
    return tuple(
        float((_quantized_scores(model, x_test, largest, count).argmax(axis=1) == y_test).mean())
        for count in bits
    )


def _quantized_scores(model: MLP, x: Array, largest: list[float], bits: int) -> Array:
    scales = iter(largest)
    for layer in model.layers:
        x = layer.forward(x, training=False)
        if isinstance(layer, Elementwise):
            x = quantize(x, largest=next(scales), bits=bits)
    return x
