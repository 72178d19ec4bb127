"""Unbounded outputs: how large outputs get when nothing limits them, and what that costs in few bits."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.activations import get
from relubook.experiments.digits import digits_parts
from relubook.experiments.trained_network import DATA, FAILED, LEARNED, OPTIMIZERS, _split
from relubook.network import MLP, BatchNorm, Dense, Elementwise, Layer, Parameter
from relubook.training import accuracy, clip_gradients, fit, softmax_cross_entropy

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


class _LayerNorm:
    """Layer normalisation: y = γ · (x − μ) / √(σ² + ε) + β, with μ and σ² over the units of each example."""

    def __init__(self, units: int) -> None:
        self.gamma, self.beta = Parameter(np.ones(units)), Parameter(np.zeros(units))
        self.parameters = [self.gamma, self.beta]

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self.inverse_std = 1 / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
        self.normalized = (x - x.mean(axis=1, keepdims=True)) * self.inverse_std
        return self.gamma.value * self.normalized + self.beta.value

    def backward(self, grad: Array) -> Array:
        self.gamma.grad = (grad * self.normalized).sum(axis=0)
        self.beta.grad = grad.sum(axis=0)
        grad = grad * self.gamma.value
        along = (grad * self.normalized).mean(axis=1, keepdims=True)
        return (grad - grad.mean(axis=1, keepdims=True) - self.normalized * along) * self.inverse_std


NORMALIZERS = {"none": None, "batch": BatchNorm, "layer": _LayerNorm}


def gradient_sizes(
    *,
    seed: int,
    activation: str = "relu",
    weight_scale: float = 1.0,
    normalize: str = "none",
    depth: int = 40,
    width: int = 256,
    examples: int = 64,
) -> tuple[float, ...]:
    """Size of the gradient at the outputs of each layer of a random network, as a multiple of the last layer's.

    sizeₖ = ‖∂L/∂hₖ‖ / ‖∂L/∂h_L‖ in the network of ``output_rms``, with ∂L/∂h_L ~ N(0, 1)

    Args:
        seed: of the inputs, of the weights and of the gradient at the end; inputs and weights are those of
            ``output_rms`` with the same seed.
        activation, weight_scale, normalize, depth, width, examples: as for ``output_rms``.

    Returns:
        depth + 1 numbers: that of the inputs, then one a layer, from the first to the last, which is 1.

    Raises:
        ValueError: ``normalize`` or the activation is unknown.

    Source: Yang et al. (2019) on batch normalisation, https://arxiv.org/abs/1902.08129

    >>> sizes = gradient_sizes(seed=0, weight_scale=2.0, depth=3)
    >>> len(sizes), sizes[-1], sizes[0] > 6
    (4, 1.0, True)
    """
    if normalize not in NORMALIZERS:
        raise ValueError(f"normalize must be 'none', 'batch' or 'layer', got {normalize!r}")
    rng = np.random.default_rng(seed)
    h = rng.normal(size=(examples, width))
    layers: list[Layer] = []
    for _ in range(depth):
        dense = Dense(rng.normal(0, weight_scale * np.sqrt(2 / width), (width, width)), np.zeros(width))
        norm = NORMALIZERS[normalize]
        block: list[Layer] = [dense, *([norm(width)] if norm else []), Elementwise(activation)]
        for layer in block:
            h = layer.forward(h, training=True)
            layers.append(layer)
    grad = rng.normal(size=h.shape)
    norms = [float(np.linalg.norm(grad))]
    for layer in reversed(layers):
        grad = layer.backward(grad)
        if isinstance(layer, Dense):
            norms.append(float(np.linalg.norm(grad)))
    return tuple(norm / norms[0] for norm in reversed(norms))


def normalized_flow(
    *,
    seed: int,
    activation: str,
    weight_scale: float,
    normalize: str,
    depth: int,
    width: int,
    examples: int,
) -> dict[str, float]:
    """Growth of the outputs and of the gradient in a random network, a layer.

    forward = (RMS h_L / RMS h₁)^(1 / (L − 1)), backward = (‖∂L/∂h₀‖ / ‖∂L/∂h_L‖)^(1 / L)

    Args:
        seed, activation, weight_scale, normalize, depth, width, examples: as for ``output_rms``; depth at least 2.

    Returns:
        ``forward`` and ``backward``, the mean factors a layer, and ``rms``, that of the last layer's outputs.

    Raises:
        ValueError: ``depth`` is below 2, or a name is unknown.

    Source: Yang et al. (2019) on batch normalisation, https://arxiv.org/abs/1902.08129

    >>> flow = normalized_flow(seed=0, activation="relu", weight_scale=2.0, normalize="none", depth=10, width=256,
    ...     examples=64)
    >>> round(flow["forward"]), round(flow["backward"])
    (2, 2)
    """
    if depth < 2:
        raise ValueError(f"depth must be at least 2, got {depth!r}")
    setting: dict[str, Any] = {
        "seed": seed,
        "activation": activation,
        "weight_scale": weight_scale,
        "normalize": normalize,
        "depth": depth,
        "width": width,
        "examples": examples,
    }
    rms = output_rms(**setting)
    return {
        "forward": float((rms[-1] / rms[0]) ** (1 / (depth - 1))),
        "backward": float(gradient_sizes(**setting)[0] ** (1 / depth)),
        "rms": rms[-1],
    }


def scaled_start(
    *,
    seed: int,
    activation: str,
    cure: str,
    weight_scale: float,
    depth: int,
    width: int,
    data: str,
    optimizer: str,
    learning_rate: float,
    epochs: int,
) -> dict[str, float | str]:
    """Train a network whose initial weights are a multiple of He's, with a cure or without.

    way = (accuracy − share of the most frequent class) / (1 − that share); batches hold 32 examples. Weights and order
    depend on the seed alone, so that two runs of a seed are a pair.

    Args:
        seed: of the initial weights and of the order of the examples.
        activation: a name of the registry.
        cure: ``"none"``; ``"clip"``, gradients clipped to a norm of 1; ``"batch"`` or ``"layer"``, normalisation in
            each hidden layer.
        weight_scale: what all initial weights are multiplied by.
        depth, width: number of hidden layers, and of units in each.
        data: a key of ``trained_network.DATA``.
        optimizer: a key of ``trained_network.OPTIMIZERS``.
        learning_rate, epochs: as for ``fit``.

    Returns:
        ``accuracy`` on the test examples; ``gradient``, the joint norm of the first gradient, of all training examples;
        ``flat_start`` and ``flat``, the share of hidden sums at which the function's derivative is 0, before and after
        training, NaN where the run diverged; and ``outcome``: ``"diverged"``, ``"learned"`` where way ≥ 0.9,
        ``"failed"`` where way < 0.3, else ``"partly"``.

    Raises:
        ValueError: a name is unknown, or ``MLP`` or ``fit`` refuses a value.

    Source: the definition

    >>> run = scaled_start(seed=0, activation="relu", cure="clip", weight_scale=3.0, depth=1, width=32, data="digits",
    ...     optimizer="momentum", learning_rate=0.02, epochs=3)
    >>> run["outcome"], run["gradient"] > 1
    ('partly', True)
    """
    for name, value, known in (
        ("cure", cure, ("none", "clip", "batch", "layer")),
        ("data", data, DATA),
        ("optimizer", optimizer, OPTIMIZERS),
    ):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    split = _split(data)
    model = MLP(
        [split.x_train.shape[1], *[width] * depth, int(split.y_train.max()) + 1],
        activation,
        rng=np.random.default_rng([seed, 0]),
        batch_norm=cure in ("batch", "layer"),
    )
    if cure == "layer":
        model.layers = [
            _LayerNorm(width) if isinstance(layer, BatchNorm) else layer for layer in model.layers
        ]
    for layer in model.dense_layers:
        layer.weight.value *= weight_scale
    _, grad = softmax_cross_entropy(model.forward(split.x_train, training=True), split.y_train)
    model.backward(grad)
    gradient = clip_gradients(model.parameters, np.inf)
    flat_start = _flat_share(model)
    history = fit(
        model,
        split.x_train,
        split.y_train,
        learning_rate=learning_rate,
        epochs=epochs,
        batch_size=32,
        rng=np.random.default_rng([seed, 1]),
        clip_norm=1.0 if cure == "clip" else None,
        **OPTIMIZERS[optimizer],
    )
    majority = float(np.bincount(split.y_test).max() / len(split.y_test))
    run: dict[str, float | str] = {"accuracy": majority, "gradient": gradient, "flat_start": flat_start}
    if history.diverged:
        return {**run, "flat": np.nan, "outcome": "diverged"}
    score = accuracy(model, split.x_test, split.y_test)
    model.forward(split.x_train, training=False)
    way = (score - majority) / (1 - majority)
    outcome = "learned" if way >= LEARNED else "failed" if way < FAILED else "partly"
    return {**run, "accuracy": score, "flat": _flat_share(model), "outcome": outcome}


def _flat_share(model: MLP) -> float:
    """Mean over the hidden layers of the share of sums of the last forward pass where f′ = 0."""
    shares = [
        float((layer.f_grad(layer.x, **layer.settings) == 0).mean())
        for layer in model.layers
        if isinstance(layer, Elementwise)
    ]
    return float(np.mean(shares))


def few_bits(
    *,
    seed: int,
    activation: str,
    outlier: float,
    quantile: float,
    depth: int,
    learning_rate: float,
    epochs: int,
) -> dict[str, float]:
    """Accuracy lost by rounding the hidden outputs of a trained network to 8, 6, 4 and 3 bits.

    lost = accuracy with 16 bits − accuracy with few; layers of 64 units

    Args:
        seed, activation, outlier, quantile, learning_rate, epochs: as for ``quantized_accuracies``.
        depth: number of hidden layers.

    Returns:
        ``accuracy`` with 16 bits, and ``lost_8``, ``lost_6``, ``lost_4`` and ``lost_3``.

    Raises:
        ValueError: as ``quantized_accuracies``.

    Source: Sandler et al. (2018) on low-precision computation, https://doi.org/10.1109/CVPR.2018.00474

    >>> run = few_bits(seed=0, activation="relu6", outlier=1.0, quantile=1.0, depth=1, learning_rate=0.05, epochs=2)
    >>> abs(run["lost_8"]) < 0.02
    True
    """
    bits = (16, 8, 6, 4, 3)
    full, *few = quantized_accuracies(
        seed=seed,
        activation=activation,
        bits=bits,
        outlier=outlier,
        quantile=quantile,
        hidden=(64,) * depth,
        learning_rate=learning_rate,
        epochs=epochs,
    )
    return {"accuracy": full, **{f"lost_{b}": full - a for b, a in zip(bits[1:], few, strict=True)}}


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
    learning_rate: float = 0.05,
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
        learning_rate: of SGD with momentum 0.9, in batches of 32.
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
    fit(
        model,
        x_train,
        y_train,
        learning_rate=learning_rate,
        epochs=epochs,
        batch_size=32,
        rng=order,
        momentum=0.9,
    )
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
