"""More features than units: the toy model of superposition, and sparse autoencoders that undo it."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.activations import (
    gelu,
    gelu_grad,
    leaky_relu,
    leaky_relu_grad,
    relu,
    relu_grad,
    softplus,
    softplus_grad,
)
from relubook.checks import _generator, _number, _whole
from relubook.network import Parameter
from relubook.training import SGD, Adam, Optimizer

Array = NDArray[Any]

FUNCTIONS: Mapping[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = MappingProxyType(
    {
        "linear": (lambda z: z, np.ones_like),
        "relu": (relu, relu_grad),
        "leaky_relu": (leaky_relu, leaky_relu_grad),
        "leaky_0.3": (partial(leaky_relu, negative_slope=0.3), partial(leaky_relu_grad, negative_slope=0.3)),
        "gelu": (gelu, gelu_grad),
        "softplus": (softplus, softplus_grad),
        "abs": (np.abs, np.sign),
    }
)
# Four rates for every optimiser; a run takes the one with the smallest loss on starts of their own.
TOY_RATES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "adam": (0.001, 0.003, 0.01, 0.03),
        "momentum": (0.03, 0.1, 0.3, 1.0),
        "sgd": (0.3, 1.0, 3.0, 10.0),
    }
)
FRESH = 10  # starts that are measured, none of which a rate was chosen on
KINDS = ("relu", "topk", "jumprelu")
CONTROLS = ("random", "pca", "examples")  # directions that no autoencoder has found
FRESH_AUTOENCODERS = 3
AUTOENCODER_RATES = (0.001, 0.003, 0.01, 0.03)
WIDTH = 0.1  # of JumpReLU's kernel
SOURCES = ("random", "toy")


def sparse_features(*size: int, sparsity: float, rng: np.random.Generator) -> Array:
    """Draw examples whose features are mostly zero.

    x = 0 with probability sparsity, else uniform between 0 and 1, each feature on its own: max(0, u − sparsity) /
    (1 − sparsity) with u uniform

    Args:
        size: of the result; the last axis is the features.
        sparsity: in [0, 1).
        rng: source of the examples.

    Returns:
        Examples of that size.

    Raises:
        ValueError: ``sparsity`` is not in [0, 1).

    Source: Elhage et al. (2022), https://arxiv.org/abs/2209.10652

    >>> x = sparse_features(1000, 5, sparsity=0.9, rng=np.random.default_rng(0))
    >>> x.shape, bool(abs((x > 0).mean() - 0.1) < 0.02)
    ((1000, 5), True)
    """
    sparsity = _number("sparsity", sparsity, "lie in [0, 1)", lambda value: 0 <= value < 1)
    rng = _generator(rng)
    return np.asarray(np.maximum(rng.random(size) - sparsity, 0) / (1 - sparsity))


def toy_gradient(
    weight: Array, bias: Array, x: Array, *, function: str, importance: ArrayLike = 1.0
) -> tuple[Array, Array, Array]:
    """Loss and gradient of the toy model, for one model or many side by side.

    h = x Wᵀ, z = h W + b, x̂ = f(z), loss = mean over examples of Σᵢ Iᵢ (x̂ᵢ − xᵢ)²;
    with d = ∂loss/∂z = 2 I (x̂ − x) f′(z) / examples: ∂loss/∂W = hᵀ d + (d Wᵀ)ᵀ x, ∂loss/∂b = Σ d

    Args:
        weight: shape (…, units, features).
        bias: shape (…, 1, features).
        x: shape (…, examples, features).
        function: a key of ``FUNCTIONS``.
        importance: I, a number or one a feature.

    Returns:
        The loss, shape (…), and the gradients of weight and bias.

    Raises:
        ValueError: the function is unknown.

    Source: the chain rule; the model is of Elhage et al. (2022), https://arxiv.org/abs/2209.10652

    >>> loss, grad, _ = toy_gradient(np.eye(2), np.zeros((1, 2)), np.ones((3, 2)), function="relu")
    >>> float(loss), float(abs(grad).max())
    (0.0, 0.0)
    """
    f, slope = _function(function)
    h = x @ weight.mT
    z = h @ weight + bias
    error = f(z) - x
    weights = np.asarray(importance, dtype=float)
    loss = np.asarray((weights * error**2).sum(axis=-1).mean(axis=-1))
    d = 2 * weights * error * slope(z) / x.shape[-2]
    return loss, h.mT @ d + (d @ weight.mT).mT @ x, d.sum(axis=-2, keepdims=True)


def train_toy(
    *,
    features: int,
    units: int,
    function: str,
    sparsity: float,
    rng: np.random.Generator,
    starts: int = 1,
    learning_rate: ArrayLike = 0.01,
    steps: int = 2000,
    batch_size: int = 128,
    optimizer: str = "adam",
    decay: float = 1.0,
    scale: float = 1.0,
    size: float = 1.0,
) -> tuple[Array, Array]:
    """Train toy models from several starts side by side, each on examples of its own.

    W starts normal with standard deviation scale · √(2 / (features + units)), b at 0; feature i has importance decayⁱ

    Args:
        features, units: at least 1.
        function: a key of ``FUNCTIONS``.
        sparsity: of the examples, in [0, 1).
        rng: source of starts and examples.
        starts: number of models.
        learning_rate: positive; one for all, or one a start.
        steps, batch_size: at least 1.
        optimizer: ``"adam"``, ``"momentum"`` (SGD with 0.9) or ``"sgd"``.
        decay: of the importance, in (0, 1].
        scale: of the start, positive.
        size: what the examples are multiplied by, positive.

    Returns:
        The weights, shape (starts, units, features), and the biases, shape (starts, 1, features).

    Raises:
        ValueError: a name is unknown or a number is out of range.

    Source: Elhage et al. (2022), https://arxiv.org/abs/2209.10652

    >>> weight, bias = train_toy(features=3, units=3, function="relu", sparsity=0.5, rng=np.random.default_rng(0))
    >>> bool(abs(weight[0].T @ weight[0] - np.eye(3)).max() < 0.1)
    True
    """
    features, units = _whole("features", features, at_least=1), _whole("units", units, at_least=1)
    starts, steps = _whole("starts", starts, at_least=1), _whole("steps", steps, at_least=1)
    batch_size = _whole("batch_size", batch_size, at_least=1)
    decay = _number("decay", decay, "lie in (0, 1]", lambda value: 0 < value <= 1)
    scale = _number("scale", scale, "be positive and finite", lambda value: 0 < value < np.inf)
    size = _number("size", size, "be positive and finite", lambda value: 0 < value < np.inf)
    rates = _rates(learning_rate, starts)
    _function(function)
    rng = _generator(rng)
    spread = scale * np.sqrt(2 / (features + units))
    weight = Parameter(rng.normal(0, spread, (starts, units, features)))
    bias = Parameter(np.zeros((starts, 1, features)))
    stepper = _optimizer(optimizer, [weight, bias])
    importance = decay ** np.arange(features)
    with np.errstate(over="ignore", invalid="ignore"):  # a rate may be too large
        for _ in range(steps):
            x = size * sparse_features(starts, batch_size, features, sparsity=sparsity, rng=rng)
            _, weight.grad, bias.grad = toy_gradient(
                weight.value, bias.value, x, function=function, importance=importance
            )
            stepper.step(rates)  # type: ignore[arg-type]  # one rate a start
    return weight.value, bias.value


def explained_shares(weight: Array, bias: Array, x: Array, *, function: str) -> Array:
    """How much of each feature's variance the toy model gives back.

    share[i] = 1 − mean (x̂ᵢ − xᵢ)² / variance of xᵢ: 1 is all of it, 0 is what a constant gets

    Args:
        weight, bias: as for ``toy_gradient``.
        x: examples, shape (examples, features), each feature not constant.
        function: a key of ``FUNCTIONS``.

    Returns:
        Shares, at most 1, shape (…, features).

    Raises:
        ValueError: the function is unknown.

    Source: the definition

    >>> x = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> explained_shares(np.array([[1.0, 0.0]]), np.array([[0.0, 0.5]]), x, function="relu")
    array([1., 0.])
    """
    f, _ = _function(function)
    error = f(x @ weight.mT @ weight + bias) - x
    return 1 - np.asarray((error**2).mean(axis=-2) / x.var(axis=0))


def stored_features(
    *,
    seed: int,
    function: str,
    shape: str,
    sparsity: float,
    optimizer: str,
    steps: int,
    decay: float,
    scale: float,
    size: float,
) -> dict[str, float]:
    """Train ten toy models at the rate of four that other starts chose, and count what they store.

    kept = Σ of ``explained_shares``; stored = number of features with a share above 0.5; long = number of features
    whose column of W has a squared length above 0.5

    Args:
        seed: of starts and examples: functions with the same seed are a pair.
        function: a key of ``FUNCTIONS``.
        shape: features and units, such as ``"5 in 2"``.
        sparsity, optimizer, steps, decay, scale, size: as for ``train_toy``.

    Returns:
        The rate, and means over the ten starts: ``kept``, ``stored`` and ``long``; ``stored_25``, ``stored_75``,
        ``long_25`` and ``long_75`` with 0.25 and 0.75 in place of 0.5; ``least``, the smallest ``stored`` of a start.

    Raises:
        ValueError: a name is unknown or a number is out of range.

    Source: the definition

    >>> run = stored_features(seed=0, function="linear", shape="5 in 2", sparsity=0.9, optimizer="adam", steps=500,
    ...     decay=1.0, scale=1.0, size=1.0)
    >>> 1.9 < run["kept"] < 2.1
    True
    """
    if optimizer not in TOY_RATES:
        raise ValueError(f"optimizer must be one of {', '.join(TOY_RATES)}, got {optimizer!r}")
    features, units = _shape(shape)
    model: dict[str, Any] = {"features": features, "units": units, "function": function, "sparsity": sparsity}
    model |= {"optimizer": optimizer, "steps": steps, "decay": decay, "scale": scale, "size": size}
    x = size * sparse_features(20_000, features, sparsity=sparsity, rng=np.random.default_rng([seed, 2]))
    rates = TOY_RATES[optimizer]
    tried = train_toy(**model, starts=len(rates), learning_rate=rates, rng=np.random.default_rng([seed, 1]))
    with np.errstate(over="ignore", invalid="ignore"):
        importance = decay ** np.arange(features)
        gained = (explained_shares(*tried, x, function=function) * importance).sum(axis=-1)
    rate = rates[int(np.where(np.isfinite(gained), gained, -np.inf).argmax())]
    weight, bias = train_toy(**model, starts=FRESH, learning_rate=rate, rng=np.random.default_rng([seed, 0]))
    shares = explained_shares(weight, bias, x, function=function)
    lengths = (weight**2).sum(axis=1)
    numbers = {"rate": rate, "kept": shares.sum(axis=1).mean(), "least": (shares > 0.5).sum(axis=1).min()}
    for said, limit in (("", 0.5), ("_25", 0.25), ("_75", 0.75)):
        numbers[f"stored{said}"] = (shares > limit).sum(axis=1).mean()
        numbers[f"long{said}"] = (lengths > limit).sum(axis=1).mean()
    return {name: round(float(value), 3) for name, value in numbers.items()}


# --- Sparse autoencoders ------------------------------------------------------------------------------------


def topk(z: Array, k: int) -> Array:
    """Keep the k largest of each row, where they are positive, and set the others to 0.

    topk(z)ᵢ = max(0, zᵢ) if zᵢ is one of the k largest of its row, else 0. Backwards, what was kept and is positive
    passes its gradient on unchanged, as with ReLU, and the others pass none.

    Args:
        z: shape (…, latents).
        k: between 1 and the number of latents.

    Returns:
        Values in the shape of ``z``.

    Raises:
        ValueError: ``k`` is out of range.

    Source: Gao et al. (2024), https://arxiv.org/abs/2406.04093

    >>> topk(np.array([0.5, -1.0, 2.0, 1.0]), k=2)
    array([0., 0., 2., 1.])
    """
    k = _whole("k", k, at_least=1)
    if k > z.shape[-1]:
        raise ValueError(f"k must be at most the {z.shape[-1]} latents, got {k!r}")
    smallest = -np.partition(-z, k - 1, axis=-1)[..., k - 1 : k]
    return np.where((z >= smallest) & (z > 0), z, 0)


def topk_grad(z: Array, k: int) -> Array:
    """Derivative of ``topk`` with respect to each input, with what is kept held fixed.

    topk_grad(z)ᵢ = 1 where topk(z)ᵢ > 0, else 0

    Args:
        z: shape (…, latents).
        k: between 1 and the number of latents.

    Returns:
        Values in the shape of ``z``.

    Raises:
        ValueError: ``k`` is out of range.

    Source: Gao et al. (2024), https://arxiv.org/abs/2406.04093

    >>> topk_grad(np.array([0.5, -1.0, 2.0, 1.0]), k=2)
    array([0., 0., 1., 1.])
    """
    return (topk(z, k) > 0).astype(z.dtype)


def jumprelu(z: Array, threshold: ArrayLike) -> Array:
    """Pass what lies above a threshold unchanged, and set the rest to 0.

    jumprelu(z) = z if z > θ, else 0

    Args:
        z: shape (…, latents).
        threshold: θ, positive; one, or one a latent.

    Returns:
        Values in the shape of ``z``.

    Raises:
        ValueError: a threshold is not positive.

    Source: Rajamanoharan et al. (2024), https://arxiv.org/abs/2407.14435

    >>> jumprelu(np.array([-1.0, 0.2, 0.6]), threshold=0.5)
    array([0. , 0. , 0.6])
    """
    if not np.all(np.asarray(threshold) > 0):
        raise ValueError(f"threshold must be positive, got {threshold!r}")
    return np.where(z > threshold, z, 0)


def jumprelu_grad(z: Array, threshold: ArrayLike) -> Array:
    """Derivative of ``jumprelu`` with respect to z; the jump itself has none.

    jumprelu_grad(z) = 1 if z > θ, else 0

    Args:
        z: shape (…, latents).
        threshold: θ, positive; one, or one a latent.

    Returns:
        Values in the shape of ``z``.

    Raises:
        ValueError: a threshold is not positive.

    Source: Rajamanoharan et al. (2024), https://arxiv.org/abs/2407.14435

    >>> jumprelu_grad(np.array([-1.0, 0.2, 0.6]), threshold=0.5)
    array([0., 0., 1.])
    """
    if not np.all(np.asarray(threshold) > 0):
        raise ValueError(f"threshold must be positive, got {threshold!r}")
    return (z > threshold).astype(z.dtype)


def jump_density(z: Array, threshold: ArrayLike, width: float = WIDTH) -> Array:
    """Estimate how many values a small move of the threshold would switch off: a rectangle around it.

    jump_density = 1 / width where |z − θ| < width / 2, else 0. The derivative of [z > θ] with respect to θ is 0
    everywhere but at the jump; averaged over many z it is −(density of z at θ), and this is an estimate of that
    density. So ∂[z > θ]/∂θ ≈ −jump_density and ∂jumprelu/∂θ ≈ −θ · jump_density: an estimate, and not a derivative.

    Args:
        z: shape (…, latents).
        threshold: θ, one, or one a latent.
        width: of the rectangle, positive.

    Returns:
        Values in the shape of ``z``.

    Raises:
        ValueError: ``width`` is not positive.

    Source: Rajamanoharan et al. (2024), https://arxiv.org/abs/2407.14435

    >>> jump_density(np.array([0.2, 0.49, 0.52]), threshold=0.5, width=0.1)
    array([ 0., 10., 10.])
    """
    width = _number("width", width, "be positive", lambda value: value > 0)
    return np.asarray((np.abs(z - threshold) < width / 2) / width)


class SparseAutoencoder:
    """Autoencoders with more latents than units, of which few are on: ReLU, TopK or JumpReLU, several side by side.

    z = (h − c) E + b, a = f(z), ĥ = a D + c, with rows of D of length 1;
    loss = mean over examples of ‖ĥ − h‖² + penalty: strength · Σ a for ReLU, none for TopK, which keeps k = strength,
    and strength · (number of latents that are on) for JumpReLU, whose thresholds θ are trained by ``jump_density``

    Args:
        units, latents: of an autoencoder.
        kind: one of ``KINDS``.
        strength: of the penalty; for TopK the number k.
        runs: number of autoencoders.
        rng: source of the starts: random rows of D, and E = Dᵀ.

    Raises:
        ValueError: a name is unknown or a number is out of range.

    Source: Bricken et al. (2023), https://transformer-circuits.pub/2023/monosemantic-features/index.html

    >>> model = SparseAutoencoder(2, 5, kind="topk", strength=1, rng=np.random.default_rng(0))
    >>> model.encode(np.array([[[1.0, 0.0]]])).shape
    (1, 1, 5)
    """

    def __init__(
        self, units: int, latents: int, *, kind: str, strength: float, rng: np.random.Generator, runs: int = 1
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
        units, latents = _whole("units", units, at_least=1), _whole("latents", latents, at_least=1)
        runs = _whole("runs", runs, at_least=1)
        self.kind = kind
        self.strength = _number("strength", strength, "be positive", lambda value: value > 0)
        directions = _generator(rng).normal(size=(runs, latents, units))
        directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
        self.decoder = Parameter(directions)
        self.encoder = Parameter(directions.mT.copy())
        self.bias = Parameter(np.zeros((runs, 1, latents)))
        self.center = Parameter(np.zeros((runs, 1, units)))
        self.log_threshold = Parameter(np.full((runs, 1, latents), np.log(0.1)))
        self.parameters = [self.decoder, self.encoder, self.bias, self.center, self.log_threshold]

    def activate(self, z: Array) -> tuple[Array, Array]:
        """a = f(z), and f′(z)."""
        if self.kind == "topk":
            return topk(z, int(self.strength)), topk_grad(z, int(self.strength))
        if self.kind == "jumprelu":
            threshold = np.exp(self.log_threshold.value)
            return jumprelu(z, threshold), jumprelu_grad(z, threshold)
        return relu(z), relu_grad(z)

    def encode(self, h: Array) -> Array:
        """a = f((h − c) E + b), shape (runs, examples, latents), for h of shape (runs, examples, units)."""
        return self.activate((h - self.center.value) @ self.encoder.value + self.bias.value)[0]

    def decode(self, a: Array) -> Array:
        """ĥ = a D + c."""
        return np.asarray(a @ self.decoder.value + self.center.value)

    def loss(self, h: Array) -> Array:
        """Loss of each run and, in the parameters, its gradient; that of the thresholds is ``jump_density``'s."""
        examples = h.shape[-2]
        centred = h - self.center.value
        z = centred @ self.encoder.value + self.bias.value
        a, slope = self.activate(z)
        error = self.decode(a) - h
        loss = (error**2).sum(axis=-1).mean(axis=-1)
        d_out = 2 * error / examples
        d_a = d_out @ self.decoder.value.mT
        if self.kind == "relu":
            loss = loss + self.strength * a.sum(axis=-1).mean(axis=-1)
            d_a = d_a + self.strength / examples
        if self.kind == "jumprelu":
            threshold = np.exp(self.log_threshold.value)
            loss = loss + self.strength * (a > 0).sum(axis=-1).mean(axis=-1)
            density = jump_density(z, threshold)
            d_threshold = -(threshold * d_a + self.strength / examples) * density
            self.log_threshold.grad = threshold * d_threshold.sum(axis=-2, keepdims=True)
        d_z = d_a * slope
        self.decoder.grad, self.encoder.grad = a.mT @ d_out, centred.mT @ d_z
        self.bias.grad = d_z.sum(axis=-2, keepdims=True)
        self.center.grad = (d_out - d_z @ self.encoder.value.mT).sum(axis=-2, keepdims=True)
        return np.asarray(loss)

    def fit(
        self,
        directions: Array,
        *,
        sparsity: float,
        learning_rate: ArrayLike,
        steps: int,
        rng: np.random.Generator,
    ) -> None:
        """Adam on hidden vectors h = x Vᵀ, with V the directions, shape (runs, units, features), and x sparse."""
        rates = _rates(learning_rate, len(self.bias.value))
        stepper = Adam(self.parameters)
        for _ in range(_whole("steps", steps, at_least=1)):
            x = sparse_features(len(directions), 128, directions.shape[-1], sparsity=sparsity, rng=rng)
            self.loss(x @ directions.mT)
            stepper.step(rates)  # type: ignore[arg-type]  # one rate a run
            self.decoder.value /= np.linalg.norm(self.decoder.value, axis=-1, keepdims=True)


def closest_cosines(directions: Array, candidates: Array) -> Array:
    """How close the closest of many candidates comes to each direction.

    cosine[i] = max over j of vᵢ · dⱼ / (‖vᵢ‖ ‖dⱼ‖)

    Args:
        directions: shape (…, features, units), none of them 0.
        candidates: shape (…, candidates, units), none of them 0.

    Returns:
        Cosines, shape (…, features).

    Source: Cunningham et al. (2024), https://arxiv.org/abs/2309.08600

    >>> closest_cosines(np.eye(2), np.array([[2.0, 0.0], [1.0, 1.0]])).round(2)
    array([1.  , 0.71])
    """
    unit = [v / np.linalg.norm(v, axis=-1, keepdims=True) for v in (directions, candidates)]
    return np.asarray((unit[0] @ unit[1].mT).max(axis=-1))


@lru_cache(maxsize=64)
def known_directions(
    source: str, shape: str, *, sparsity: float, runs: int, seed: int, part: int = 0
) -> Array:
    """Directions that carry features into hidden vectors h = x Vᵀ, and that are known.

    ``"random"``: columns of V uniform on the unit sphere; ``"toy"``: V = W of a toy model with ReLU, 2,000 steps of
    Adam at 0.003

    Args:
        source: ``"random"`` or ``"toy"``.
        shape: features and units, such as ``"20 in 8"``.
        sparsity: of the examples that the toy model is trained on.
        runs: number of sets of directions.
        seed, part: what they depend on.

    Returns:
        V, shape (runs, units, features); not to be changed.

    Raises:
        ValueError: the source is unknown, or the shape is none.

    Source: Elhage et al. (2022), https://arxiv.org/abs/2209.10652

    >>> known_directions("random", "20 in 8", sparsity=0.9, runs=3, seed=0).shape
    (3, 8, 20)
    """
    if source not in SOURCES:
        raise ValueError(f"source must be one of {', '.join(SOURCES)}, got {source!r}")
    features, units = _shape(shape)
    rng = np.random.default_rng([seed, part, 0])
    if source == "toy":
        directions, _ = train_toy(
            features=features,
            units=units,
            function="relu",
            sparsity=sparsity,
            learning_rate=0.003,
            starts=runs,
            rng=rng,
        )
    else:
        directions = rng.normal(size=(runs, units, features))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    directions.flags.writeable = False
    return directions


def recovered_features(
    *, seed: int, method: str, source: str, shape: str, sparsity: float, latents: int, steps: int
) -> dict[str, float]:
    """Train three sparse autoencoders at the rate of four that other runs chose, and score them on known features.

    recovered = share of features whose ``closest_cosines`` to the rows of D is above 0.9

    Args:
        seed: of directions, starts and examples: methods with the same seed are a pair.
        method: an autoencoder and its strength, such as ``"topk 2"``, or a control: ``"random"`` directions;
            ``"pca"``, the principal axes of the hidden vectors, both ways; ``"examples"``, hidden vectors themselves.
        source, shape: as for ``known_directions``; those with a squared length above 0.5 are scored.
        sparsity: of the examples.
        latents: of an autoencoder, or number of directions of a control, but for ``"pca"``.
        steps: of the training.

    Returns:
        Means over the three: ``cosine``, the mean of ``closest_cosines``, and ``recovered``; of an autoencoder also
        the rate, chosen by the loss that it is trained on; ``on``, the number of latents that are on; ``error``, the
        squared error as a share of the variance; and ``dead``, the share of latents that are on for none of 4,000
        examples. Of a control these are NaN.

    Raises:
        ValueError: a name is unknown or a number is out of range.

    Source: the definition

    >>> run = recovered_features(seed=0, method="topk 1", source="random", shape="4 in 3", sparsity=0.9, latents=8,
    ...     steps=300)
    >>> run["on"] <= 1 and run["cosine"] > 0.5
    True
    """
    kind, _, strength = method.partition(" ")
    features, units = _shape(shape)
    directions = known_directions(source, shape, sparsity=sparsity, runs=FRESH_AUTOENCODERS, seed=seed)
    test = sparse_features(
        len(directions), 4000, features, sparsity=sparsity, rng=np.random.default_rng([seed, 0, 3])
    )
    h = test @ directions.mT
    if method in CONTROLS:
        candidates = _control(method, h, latents, rng=np.random.default_rng([seed, 0, 1]))
        numbers = dict.fromkeys(("rate", "on", "error", "dead"), np.nan) | _score(directions, candidates)
        return {name: round(value, 4) for name, value in numbers.items()}
    rates = AUTOENCODER_RATES
    model: dict[str, Any] = {"kind": kind, "strength": float(strength or 0)}
    training: dict[str, Any] = {"sparsity": sparsity, "steps": steps}
    others = known_directions(source, shape, sparsity=sparsity, runs=len(rates), seed=seed, part=1)
    tried = SparseAutoencoder(
        units, latents, runs=len(rates), rng=np.random.default_rng([seed, 1, 1]), **model
    )
    tried.fit(others, learning_rate=rates, rng=np.random.default_rng([seed, 1, 2]), **training)
    x = sparse_features(
        len(rates), 4000, features, sparsity=sparsity, rng=np.random.default_rng([seed, 1, 3])
    )
    losses = tried.loss(x @ others.mT)
    rate = rates[int(np.where(np.isfinite(losses), losses, np.inf).argmin())]
    fresh = SparseAutoencoder(
        units, latents, runs=len(directions), rng=np.random.default_rng([seed, 0, 1]), **model
    )
    fresh.fit(directions, learning_rate=rate, rng=np.random.default_rng([seed, 0, 2]), **training)
    a = fresh.encode(h)
    errors = ((fresh.decode(a) - h) ** 2).sum(axis=-1).mean(axis=-1) / h.var(axis=1).sum(axis=-1)
    numbers = {"rate": rate, "on": (a > 0).sum(axis=-1).mean(), "error": errors.mean()}
    numbers |= {"dead": (a.max(axis=1) == 0).mean(), **_score(directions, fresh.decoder.value)}
    return {name: round(float(value), 4) for name, value in numbers.items()}


def _control(method: str, h: Array, candidates: int, *, rng: np.random.Generator) -> Array:
    """Directions for each run, shape (runs, candidates, units), that no autoencoder has found."""
    if method == "random":
        return rng.normal(size=(len(h), candidates, h.shape[-1]))
    if method == "pca":
        axes = np.stack([np.linalg.eigh(np.cov(part.T))[1].T for part in h])
        return np.concatenate([axes, -axes], axis=1)
    return np.stack([part[np.linalg.norm(part, axis=1) > 0][:candidates] for part in h])


def _score(directions: Array, candidates: Array) -> dict[str, float]:
    cosines = closest_cosines(directions.mT, candidates)
    stored = (directions**2).sum(axis=1) > 0.5
    pairs = list(zip(cosines, stored, strict=True))
    return {
        "cosine": float(np.mean([cosine[kept].mean() for cosine, kept in pairs])),
        "recovered": float(np.mean([(cosine[kept] > 0.9).mean() for cosine, kept in pairs])),
    }


def _shape(shape: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d*) in ([1-9]\d*)", shape)
    if not found:
        raise ValueError(f"shape must be features and units, such as '5 in 2', got {shape!r}")
    return int(found[1]), int(found[2])


def _function(name: str) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    if name not in FUNCTIONS:
        raise ValueError(f"function must be one of {', '.join(FUNCTIONS)}, got {name!r}")
    return FUNCTIONS[name]


def _rates(learning_rate: ArrayLike, starts: int) -> Array:
    rates = np.asarray(learning_rate, dtype=float).reshape(-1, 1, 1)
    if len(rates) not in (1, starts) or not np.all((rates > 0) & np.isfinite(rates)):
        raise ValueError(f"learning_rate must be positive and finite, one or {starts}, got {learning_rate!r}")
    return rates


def _optimizer(name: str, parameters: list[Parameter]) -> Optimizer:
    if name not in TOY_RATES:
        raise ValueError(f"optimizer must be one of {', '.join(TOY_RATES)}, got {name!r}")
    if name == "adam":
        return Adam(parameters)
    return SGD(parameters, momentum=0.9 if name == "momentum" else 0.0)
