"""A multilayer perceptron in NumPy: each layer's backward pass stands beside its forward pass.

A layer maps a batch, one example a row, to a batch. ``forward`` keeps what ``backward`` needs; ``backward``
takes the gradient of the loss with respect to the layer's output, stores the gradients of its parameters, and
returns the gradient with respect to its input. It never changes the array it is given.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.activations import Activation, get
from relubook.checks import _finite_array, _generator, _number, _real_array, _whole, _wholes

Array = NDArray[Any]
Initializer = Callable[[int, int, np.random.Generator], tuple[Array, Array]]


# --- Initialisers: (fan_in, fan_out, rng) → weight (fan_in, fan_out), bias (fan_out,) -----------------------


def he(fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """He initialisation: keeps the mean square of the activations of a deep ReLU network.

    W ~ N(0, 2 / fan_in), b = 0

    Args:
        fan_in, fan_out: number of inputs and of units.
        rng: where the draws come from.

    Returns:
        The weight of shape (fan_in, fan_out) and the bias of shape (fan_out,), float64.

    Raises:
        ValueError: ``fan_in`` or ``fan_out`` is no integer of at least 1.
        TypeError: ``rng`` is not a ``numpy.random.Generator``.

    Source: He et al. (2015), https://doi.org/10.1109/ICCV.2015.123

    >>> weight, bias = he(100, 50, np.random.default_rng(0))
    >>> weight.shape, bias.shape
    ((100, 50), (50,))
    """
    fan_in, fan_out = _fans(fan_in, fan_out)
    return _normal(2 / fan_in, fan_in, fan_out, rng)


def glorot(fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Glorot initialisation: a compromise between the forward and the backward pass of a linear network.

    W ~ N(0, 2 / (fan_in + fan_out)), b = 0

    Args:
        fan_in, fan_out: number of inputs and of units.
        rng: where the draws come from.

    Returns:
        The weight of shape (fan_in, fan_out) and the bias of shape (fan_out,), float64.

    Raises:
        ValueError: ``fan_in`` or ``fan_out`` is no integer of at least 1.
        TypeError: ``rng`` is not a ``numpy.random.Generator``.

    Source: Glorot and Bengio (2010), https://proceedings.mlr.press/v9/glorot10a.html

    >>> weight, bias = glorot(100, 50, np.random.default_rng(0))
    >>> weight.shape, bias.shape
    ((100, 50), (50,))
    """
    fan_in, fan_out = _fans(fan_in, fan_out)
    return _normal(2 / (fan_in + fan_out), fan_in, fan_out, rng)


def lecun(fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """LeCun initialisation, which SELU's derivation assumes.

    W ~ N(0, 1 / fan_in), b = 0

    Args:
        fan_in, fan_out: number of inputs and of units.
        rng: where the draws come from.

    Returns:
        The weight of shape (fan_in, fan_out) and the bias of shape (fan_out,), float64.

    Raises:
        ValueError: ``fan_in`` or ``fan_out`` is no integer of at least 1.
        TypeError: ``rng`` is not a ``numpy.random.Generator``.

    Source: LeCun et al. (1998), https://doi.org/10.1007/3-540-49430-8_2

    >>> weight, bias = lecun(100, 50, np.random.default_rng(0))
    >>> weight.shape, bias.shape
    ((100, 50), (50,))
    """
    fan_in, fan_out = _fans(fan_in, fan_out)
    return _normal(1 / fan_in, fan_in, fan_out, rng)


def torch_default(fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """The default of ``torch.nn.Linear``, which is not He initialisation: its gain is 1/√3 and not √2.

    W, b ~ U(−1/√fan_in, 1/√fan_in)

    Args:
        fan_in, fan_out: number of inputs and of units.
        rng: where the draws come from.

    Returns:
        The weight of shape (fan_in, fan_out) and the bias of shape (fan_out,), float64.

    Raises:
        ValueError: ``fan_in`` or ``fan_out`` is no integer of at least 1.
        TypeError: ``rng`` is not a ``numpy.random.Generator``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html

    >>> weight, bias = torch_default(100, 50, np.random.default_rng(0))
    >>> bool(np.abs(weight).max() <= 0.1), bool(np.abs(bias).max() <= 0.1)
    (True, True)
    """
    fan_in, fan_out = _fans(fan_in, fan_out)
    bound = 1 / np.sqrt(fan_in)
    rng = _generator(rng)
    return rng.uniform(-bound, bound, (fan_in, fan_out)), rng.uniform(-bound, bound, fan_out)


def _normal(variance: float, fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    return _generator(rng).normal(0, np.sqrt(variance), (fan_in, fan_out)), np.zeros(fan_out)


def _fans(fan_in: int, fan_out: int) -> tuple[int, int]:
    return _whole("fan_in", fan_in, at_least=1), _whole("fan_out", fan_out, at_least=1)


INITIALIZERS: Mapping[str, Initializer] = MappingProxyType(
    {"he": he, "glorot": glorot, "lecun": lecun, "torch": torch_default}
)


# --- Layers -------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Parameter:
    """A trainable array, its gradient from the last backward pass, and whether weight decay applies to it."""

    value: Array
    decay: bool = False
    grad: Array = field(init=False)

    def __post_init__(self) -> None:
        self.grad = np.zeros_like(self.value)


class Layer(Protocol):
    """What the network asks of a layer."""

    parameters: list[Parameter]

    def forward(self, x: Array, *, training: bool) -> Array: ...

    def backward(self, grad: Array) -> Array: ...


class Dense:
    """Fully connected layer: y = x W + b.

    ∂L/∂W = xᵀ g, ∂L/∂b = Σ g over the batch, ∂L/∂x = g Wᵀ, with g = ∂L/∂y

    Args:
        weight: shape (inputs, units), float64.
        bias: shape (units,), float64.

    Raises:
        ValueError: the shapes do not fit together, or a value is not finite.
        TypeError: the values are not real.

    Source: Rumelhart et al. (1986), https://doi.org/10.1038/323533a0

    >>> Dense(np.ones((2, 1)), np.zeros(1)).forward(np.array([[1.0, 2.0]]))
    array([[3.]])
    """

    def __init__(self, weight: ArrayLike, bias: ArrayLike) -> None:
        # Weights of integers could not take a step of training.
        weight, bias = (
            _finite_array(name, array).astype(np.float64, copy=False)
            for name, array in (("weight", weight), ("bias", bias))
        )
        if weight.ndim != 2 or bias.shape != weight.shape[1:]:
            raise ValueError(
                f"weight {weight.shape} and bias {bias.shape} must be (inputs, units) and (units,)"
            )
        self.weight = Parameter(weight, decay=True)
        self.bias = Parameter(bias)
        self.parameters = [self.weight, self.bias]

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self.x = x
        return x @ self.weight.value + self.bias.value

    def backward(self, grad: Array) -> Array:
        self.weight.grad = self.x.T @ grad
        self.bias.grad = grad.sum(axis=0)
        return grad @ self.weight.value.T


class Elementwise:
    """An activation of the registry as a layer: y = f(x), ∂L/∂x = g · f′(x).

    Args:
        activation: its name, function or registry entry.
        parameters: passed on to f and f′, such as ``negative_slope=0.1``.

    Raises:
        ValueError: the activation is unknown, or a parameter is out of range.
        TypeError: the activation does not have such a parameter.

    Source: ``relubook.activations``

    >>> Elementwise("relu").forward(np.array([[-2.0, 3.0]]))
    array([[0., 3.]])
    """

    def __init__(self, activation: str | Activation | Callable[..., Array], **parameters: float) -> None:
        entry = get(activation)
        # The functions and not the entry: Python pickles a function by its name.
        self.f, self.f_grad = entry.fn, entry.grad
        self.settings = entry.with_defaults(**parameters)
        self.parameters: list[Parameter] = []

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self.x = x
        return self.f(x, **self.settings)

    def backward(self, grad: Array) -> Array:
        return grad * self.f_grad(self.x, **self.settings)


class PReLU:
    """Parametric ReLU as a layer, with one learned slope a unit.

    ∂L/∂slope = Σ g · min(0, x) over the batch. Weight decay would pull the slopes to 0, towards plain ReLU, so
    it does not apply to them.

    Args:
        units: number of units.
        negative_slope: the value that every slope starts from.

    Raises:
        ValueError: ``units`` is no integer of at least 1, or ``negative_slope`` no finite number.

    Source: He et al. (2015), https://doi.org/10.1109/ICCV.2015.123

    >>> PReLU(2).forward(np.array([[-2.0, 3.0]]))
    array([[-0.5,  3. ]])
    """

    def __init__(self, units: int, negative_slope: float = 0.25) -> None:
        start = _number("negative_slope", negative_slope, "be finite", np.isfinite)
        self.slope = Parameter(np.full(_whole("units", units, at_least=1), start))
        self.parameters = [self.slope]

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self.x = x
        # Not ``prelu``, which refuses slopes that are not finite: a run that diverges has such, and ``fit`` reports it.
        return np.maximum(x, 0) + self.slope.value * np.minimum(x, 0)

    def backward(self, grad: Array) -> Array:
        self.slope.grad = (grad * np.minimum(self.x, 0)).sum(axis=0)
        return grad * np.where(self.x > 0, 1, self.slope.value)


class BatchNorm:
    """Batch normalisation: y = γ · (x − μ) / √(σ² + ε) + β, a feature a column.

    In training, μ and σ² are the mean and the (biased) variance of the batch, and the running statistics move
    towards the batch's by the fraction ``momentum``; the running variance takes the unbiased one, as PyTorch's
    does. Otherwise μ and σ² are the running statistics.

    Args:
        units: number of features.
        momentum: how far the running statistics move in a step, in [0, 1]. (Keras calls 1 − this "momentum".)
        epsilon: positive and finite; keeps the division finite.

    Raises:
        ValueError: an argument is out of range, or a training batch has a single row.

    Source: Ioffe and Szegedy (2015), https://proceedings.mlr.press/v37/ioffe15.html

    >>> BatchNorm(1).forward(np.array([[1.0], [3.0]]), training=True).round(3)
    array([[-1.],
           [ 1.]])
    """

    def __init__(self, units: int, *, momentum: float = 0.1, epsilon: float = 1e-5) -> None:
        units = _whole("units", units, at_least=1)
        self.momentum, self.epsilon = _norm_settings(momentum, epsilon)
        self.gamma = Parameter(np.ones(units))
        self.beta = Parameter(np.zeros(units))
        self.running_mean, self.running_variance = np.zeros(units), np.ones(units)
        self.parameters = [self.gamma, self.beta]

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self.training = training
        mean, variance = self.running_mean, self.running_variance
        if training:
            if len(x) < 2:
                raise ValueError(
                    f"batch normalisation needs at least 2 examples in a training batch, got {len(x)}"
                )
            mean, variance = x.mean(axis=0), x.var(axis=0)
            self.running_mean = self.running_mean + self.momentum * (mean - self.running_mean)
            unbiased = variance * len(x) / (len(x) - 1)
            self.running_variance = self.running_variance + self.momentum * (unbiased - self.running_variance)
        self.inverse_std = 1 / np.sqrt(variance + self.epsilon)
        self.normalized = (x - mean) * self.inverse_std
        return self.gamma.value * self.normalized + self.beta.value

    def backward(self, grad: Array) -> Array:
        self.gamma.grad = (grad * self.normalized).sum(axis=0)
        self.beta.grad = grad.sum(axis=0)
        grad = grad * self.gamma.value
        if self.training:  # the batch's mean and variance depend on x, too
            grad = grad - grad.mean(axis=0) - self.normalized * (grad * self.normalized).mean(axis=0)
        return grad * self.inverse_std


def _norm_settings(momentum: float, epsilon: float) -> tuple[float, float]:
    return (
        _number("momentum", momentum, "be between 0 and 1", lambda value: 0 <= value <= 1),
        _number("epsilon", epsilon, "be positive and finite", lambda value: 0 < value < np.inf),
    )


# --- The network --------------------------------------------------------------------------------------------


class MLP:
    """Multilayer perceptron: dense layers with an activation between each two, and raw scores at the end.

    h₀ = x, hₖ = f(hₖ₋₁ Wₖ + bₖ), scores = hₙ₋₁ Wₙ + bₙ; with ``batch_norm``, f takes the normalised sums.

    Args:
        sizes: number of inputs, of units in each hidden layer, and of outputs, such as ``[784, 64, 10]``.
        activation: a name, function or entry of the registry; ``"prelu"`` learns one slope a hidden unit.
        rng: where the initial weights come from.
        init: ``"he"``, ``"glorot"``, ``"lecun"`` or ``"torch"``. It is never switched silently.
        batch_norm: whether each hidden layer normalises its sums over the batch.

    Raises:
        ValueError: an argument is unknown or out of range.
        TypeError: ``rng`` is not a ``numpy.random.Generator``.

    Source: Rumelhart et al. (1986), https://doi.org/10.1038/323533a0

    >>> mlp = MLP([784, 64, 10], rng=np.random.default_rng(0))
    >>> mlp.forward(np.zeros((2, 784))).shape
    (2, 10)
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Activation | Callable[..., Array] = "relu",
        *,
        rng: np.random.Generator,
        init: str = "he",
        batch_norm: bool = False,
    ) -> None:
        self.sizes = _wholes("sizes", sizes, at_least=1)
        if len(self.sizes) < 2:
            raise ValueError(f"sizes must be two or more, of the inputs to the outputs, got {self.sizes!r}")
        if init not in INITIALIZERS:
            raise ValueError(f"unknown init {init!r}; known are {', '.join(INITIALIZERS)}")
        entry, rng = get(activation), _generator(rng)
        self.activation = entry.name
        self.layers: list[Layer] = []
        for fan_in, fan_out in zip(self.sizes[:-1], self.sizes[1:], strict=True):
            if self.layers:
                if batch_norm:
                    self.layers.append(BatchNorm(fan_in))
                self.layers.append(PReLU(fan_in) if entry.name == "prelu" else Elementwise(entry))
            self.layers.append(Dense(*INITIALIZERS[init](fan_in, fan_out, rng)))

    @property
    def parameters(self) -> list[Parameter]:
        """The trainable parameters, from the first layer to the last."""
        return [parameter for layer in self.layers for parameter in layer.parameters]

    @property
    def dense_layers(self) -> list[Dense]:
        """The fully connected layers, from the first to the last."""
        return [layer for layer in self.layers if isinstance(layer, Dense)]

    def forward(self, x: ArrayLike, *, training: bool = False) -> Array:
        """Scores of shape (examples, outputs) for ``x`` of shape (examples, inputs)."""
        return self._forward(x, training=training)[-1]

    def backward(self, grad: Array) -> Array:
        """Backpropagate ∂L/∂scores of the last ``forward``: sets every parameter's ``grad``, returns ∂L/∂x."""
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    def hidden(self, x: ArrayLike) -> list[Array]:
        """The outputs of the hidden layers, after the activation, from the first to the last."""
        outputs = self._forward(x, training=False)
        return [
            output
            for layer, output in zip(self.layers, outputs, strict=True)
            if isinstance(layer, Elementwise | PReLU)
        ]

    def predict(self, x: ArrayLike) -> Array:
        """The class with the highest score, for each example."""
        return self.forward(x).argmax(axis=1)

    def _forward(self, x: ArrayLike, *, training: bool) -> list[Array]:
        h = _real_array("x", x)
        if h.ndim != 2 or h.shape[1] != self.sizes[0]:
            raise ValueError(f"x must have shape (examples, {self.sizes[0]}), got {h.shape}")
        if not len(h):
            raise ValueError("x holds no examples")
        h = h.astype(np.float64, copy=False)
        outputs = []
        for layer in self.layers:
            h = layer.forward(h, training=training)
            outputs.append(h)
        return outputs
