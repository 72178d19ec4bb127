"""Losses, optimisers, and ``fit``, which trains a network and returns how it went."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.network import MLP, Parameter

Array = NDArray[Any]
Schedule = Callable[[int], float]


# --- Losses: (outputs, targets) → loss, ∂loss/∂outputs ------------------------------------------------------


def softmax_cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """Mean cross-entropy of the softmax of the logits, and its gradient.

    L = −mean log p[label], p = softmax(logits); ∂L/∂logits = (p − onehot(label)) / examples

    Args:
        logits: raw scores, shape (examples, classes).
        labels: the classes, integers in [0, classes), shape (examples,).

    Returns:
        The loss in nats, and the gradient in the shape of ``logits``.

    Raises:
        TypeError: the labels are not integers.
        ValueError: a shape is wrong, or a label is out of range.

    Source: Bishop (2006), section 4.3.4,
    https://www.microsoft.com/en-us/research/publication/pattern-recognition-machine-learning/

    >>> loss, grad = softmax_cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))
    >>> round(loss, 4), grad
    (0.6931, array([[ 0.5, -0.5]]))
    """
    _check_labels(labels, examples=len(logits), classes=logits.shape[1])
    rows = np.arange(len(logits))
    shifted = logits - logits.max(axis=1, keepdims=True)  # exp cannot overflow now
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    grad = np.exp(log_p)
    grad[rows, labels] -= 1
    return float(-log_p[rows, labels].mean()), grad / len(logits)


def mean_squared_error(outputs: Array, targets: Array) -> tuple[float, Array]:
    """Mean of the squared differences, and its gradient.

    L = mean (outputs − targets)²; ∂L/∂outputs = 2 (outputs − targets) / size

    Args:
        outputs, targets: real, of the same shape.

    Returns:
        The loss in the targets' unit squared, and the gradient in the shape of ``outputs``.

    Raises:
        ValueError: the shapes differ.

    Source: Goodfellow et al. (2016), section 5.1.4, https://www.deeplearningbook.org/

    >>> mean_squared_error(np.array([[1.0], [3.0]]), np.array([[0.0], [3.0]]))
    (0.5, array([[1.],
           [0.]]))
    """
    if outputs.shape != targets.shape:
        raise ValueError(f"targets have shape {targets.shape}, the outputs {outputs.shape}")
    difference = outputs - targets
    return float(np.square(difference).mean()), 2 * difference / difference.size


def _check_labels(labels: Array, *, examples: int, classes: int) -> None:
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers, got dtype {labels.dtype}")
    if labels.shape != (examples,):
        raise ValueError(f"labels must have shape ({examples},), got {labels.shape}")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must lie in 0…{classes - 1}, got {labels.min()}…{labels.max()}")


# --- Optimisers ---------------------------------------------------------------------------------------------


class Optimizer(Protocol):
    """What ``fit`` asks of an optimiser."""

    def step(self, learning_rate: float) -> None: ...


@dataclass(eq=False)
class SGD:
    """Stochastic gradient descent with momentum.

    v ← momentum · v + g, θ ← θ − learning_rate · v (PyTorch's form)

    Args:
        parameters: what to train.
        momentum: in [0, 1); 0 is plain gradient descent.

    Raises:
        ValueError: ``momentum`` is out of range.

    Source: Sutskever et al. (2013), https://proceedings.mlr.press/v28/sutskever13.html

    >>> parameter = Parameter(np.array([1.0]))
    >>> parameter.grad = np.array([2.0])
    >>> SGD([parameter]).step(learning_rate=0.1)
    >>> parameter.value
    array([0.8])
    """

    parameters: list[Parameter]
    momentum: float = 0.0
    velocity: list[Array] = field(init=False)

    def __post_init__(self) -> None:
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must lie in [0, 1), got {self.momentum!r}")
        self.velocity = [np.zeros_like(parameter.value) for parameter in self.parameters]

    def step(self, learning_rate: float) -> None:
        for parameter, v in zip(self.parameters, self.velocity, strict=True):
            v *= self.momentum
            v += parameter.grad
            parameter.value -= learning_rate * v


@dataclass(eq=False)
class Adam:
    """Adam: steps scaled by running means of the gradient and of its square.

    m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − learning_rate · m̂ / (√v̂ + ε),
    with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), β₁ = 0.9, β₂ = 0.999, ε = 1e-8

    Args:
        parameters: what to train.
        beta1, beta2: how much of the running means of the gradient and of its square a step keeps, in [0, 1).
        epsilon: positive; keeps the division finite.

    Raises:
        Nothing of its own.

    Source: Kingma and Ba (2015), https://arxiv.org/abs/1412.6980

    >>> parameter = Parameter(np.array([1.0]))
    >>> parameter.grad = np.array([2.0])
    >>> Adam([parameter]).step(learning_rate=0.1)
    >>> parameter.value.round(6)
    array([0.9])
    """

    parameters: list[Parameter]
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    steps: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.mean = [np.zeros_like(parameter.value) for parameter in self.parameters]
        self.square = [np.zeros_like(parameter.value) for parameter in self.parameters]

    def step(self, learning_rate: float) -> None:
        self.steps += 1
        for parameter, m, v in zip(self.parameters, self.mean, self.square, strict=True):
            m += (1 - self.beta1) * (parameter.grad - m)
            v += (1 - self.beta2) * (np.square(parameter.grad) - v)
            corrected_m = m / (1 - self.beta1**self.steps)
            corrected_v = v / (1 - self.beta2**self.steps)
            parameter.value -= learning_rate * corrected_m / (np.sqrt(corrected_v) + self.epsilon)


def clip_gradients(parameters: Iterable[Parameter], max_norm: float) -> float:
    """Scale all gradients down together where their joint norm exceeds ``max_norm``.

    g ← g · min(1, max_norm / ‖g‖), with ‖g‖ the Euclidean norm over all parameters

    Args:
        parameters: whose gradients to clip.
        max_norm: positive.

    Returns:
        The norm before clipping.

    Raises:
        ValueError: ``max_norm`` is not positive.

    Source: Pascanu et al. (2013), https://proceedings.mlr.press/v28/pascanu13.html

    >>> parameter = Parameter(np.zeros(2))
    >>> parameter.grad = np.array([3.0, 4.0])
    >>> clip_gradients([parameter], max_norm=1.0), parameter.grad
    (5.0, array([0.6, 0.8]))
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be positive, got {max_norm!r}")
    parameters = list(parameters)
    norm = float(np.sqrt(sum(np.square(parameter.grad).sum() for parameter in parameters)))
    if norm > max_norm:
        for parameter in parameters:
            parameter.grad = parameter.grad * (max_norm / norm)
    return norm


# --- Training -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class History:
    """How a training run went, one entry an epoch.

    Attributes:
        loss: mean training loss over the epoch's batches, measured as they were trained on.
        validation_loss: loss on the validation data after the epoch; empty without such data.
        validation_accuracy: share of validation examples classified correctly; empty without class labels.
        diverged: whether the loss stopped being finite, which ends the run.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)

    @property
    def diverged(self) -> bool:
        return bool(self.loss) and not np.isfinite(self.loss[-1])


def accuracy(model: MLP, x: ArrayLike, labels: ArrayLike) -> float:
    """Share of examples whose highest score is that of their label.

    accuracy = mean [argmax scores = label]

    Args:
        model: the classifier.
        x: shape (examples, inputs), real.
        labels: integers, shape (examples,).

    Raises:
        ValueError: a shape is wrong, or a label is out of range.
        TypeError: the labels are not integers.

    Source: the definition

    >>> model = MLP([2, 3], rng=np.random.default_rng(0))
    >>> accuracy(model, np.zeros((4, 2)), np.zeros(4, dtype=int))
    1.0
    """
    labels = np.asarray(labels)
    predicted = model.predict(x)
    _check_labels(labels, examples=len(predicted), classes=model.sizes[-1])
    return float((predicted == labels).mean())


def fit(
    model: MLP,
    x: ArrayLike,
    y: ArrayLike,
    *,
    learning_rate: float | Schedule,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    optimizer: str = "sgd",
    momentum: float = 0.0,
    clip_norm: float | None = None,
    weight_decay: float = 0.0,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    progress: bool = False,
) -> History:
    """Train a network in place by minibatch gradient descent.

    Integer targets are class labels, trained with ``softmax_cross_entropy``; float targets of shape
    (examples, outputs) are trained with ``mean_squared_error``. Each epoch visits the examples once, in a new
    order. Weight decay adds weight_decay · W to the gradient of the weight matrices alone.

    g = ∂L/∂θ of the batch's mean loss; then ``SGD`` or ``Adam`` steps along g

    Args:
        model: the network; it is changed.
        x: shape (examples, inputs), real and finite.
        y: class labels of shape (examples,), or finite targets of shape (examples, outputs).
        learning_rate: positive, or a function from the step number (0, 1, …) to the rate.
        epochs: passes over the data, at least 1.
        batch_size: examples a step; the last batch of an epoch may be smaller.
        rng: where the order of the examples comes from.
        optimizer: ``"sgd"`` or ``"adam"``.
        momentum: of SGD, in [0, 1).
        clip_norm: largest joint gradient norm, or None for no clipping.
        weight_decay: not negative.
        validation: (x, y) to evaluate after each epoch.
        progress: whether to show a progress bar.

    Returns:
        The history. Training stops early only where the loss is no longer finite.

    Raises:
        ValueError: data are empty, not finite, of the wrong shape or out of range; or an argument is.
        TypeError: ``rng`` is not a ``numpy.random.Generator``, or data are not real.

    Source: Rumelhart et al. (1986), https://doi.org/10.1038/323533a0

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(200, 2))
    >>> model = MLP([2, 16, 2], rng=rng)
    >>> history = fit(model, x, (x[:, 0] > 0).astype(int), learning_rate=0.5, epochs=20, batch_size=20, rng=rng)
    >>> history.loss[-1] < history.loss[0] / 2
    True
    """
    x, y, loss_function = _check_data(model, x, y)
    if validation is not None:
        validation = _check_data(model, *validation)[:2]
    for name, value, lowest in (("epochs", epochs, 1), ("batch_size", batch_size, 1)):
        if int(value) != value or value < lowest:
            raise ValueError(f"{name} must be an integer of at least {lowest}, got {value!r}")
    if not callable(learning_rate) and not 0 < learning_rate < np.inf:
        raise ValueError(f"learning_rate must be positive and finite, got {learning_rate!r}")
    if not 0 <= weight_decay < np.inf:
        raise ValueError(f"weight_decay must be finite and not negative, got {weight_decay!r}")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {type(rng).__name__}")
    parameters = model.parameters
    algorithm: Optimizer
    if optimizer == "sgd":
        algorithm = SGD(parameters, momentum)
    elif optimizer == "adam":
        algorithm = Adam(parameters)
    else:
        raise ValueError(f"unknown optimizer {optimizer!r}; known are sgd, adam")

    history = History()
    step = 0
    # A learning rate that is too high makes numbers overflow; the history says so, a warning would say it twice.
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in _epochs(epochs, progress=progress):
            total = 0.0
            for batch in _batches(len(x), batch_size, rng):
                scores = model.forward(x[batch], training=True)
                loss, grad = loss_function(scores, y[batch])
                model.backward(grad)
                for parameter in parameters:
                    if parameter.decay and weight_decay:
                        parameter.grad = parameter.grad + weight_decay * parameter.value
                if clip_norm is not None:
                    clip_gradients(parameters, clip_norm)
                algorithm.step(learning_rate(step) if callable(learning_rate) else learning_rate)
                total += loss * len(batch)
                step += 1
                if not np.isfinite(loss):
                    break
            history.loss.append(total / len(x))
            if validation is not None:
                scores = model.forward(validation[0])
                history.validation_loss.append(loss_function(scores, validation[1])[0])
                if loss_function is softmax_cross_entropy:
                    correct = scores.argmax(axis=1) == validation[1]
                    history.validation_accuracy.append(float(correct.mean()))
            if history.diverged:
                break
    return history


def _batches(examples: int, batch_size: int, rng: np.random.Generator) -> list[Array]:
    order = rng.permutation(examples)
    return [order[start : start + batch_size] for start in range(0, examples, batch_size)]


def _epochs(epochs: int, *, progress: bool) -> Iterable[int]:
    if not progress:
        return range(epochs)
    from tqdm.auto import tqdm

    return tqdm(range(epochs), desc="epochs")


def _check_data(
    model: MLP, x: ArrayLike, y: ArrayLike
) -> tuple[Array, Array, Callable[[Array, Array], tuple[float, Array]]]:
    x, y = np.asarray(x), np.asarray(y)
    for name, data in (("x", x), ("y", y)):
        if data.dtype.kind not in "biuf":
            raise TypeError(f"{name} must hold real numbers, got dtype {data.dtype}")
        if not np.isfinite(data).all():
            raise ValueError(f"{name} holds NaN or infinite values")
    if x.ndim != 2 or x.shape[1] != model.sizes[0]:
        raise ValueError(f"x must have shape (examples, {model.sizes[0]}), got {x.shape}")
    if not len(x):
        raise ValueError("x holds no examples")
    if len(x) != len(y):
        raise ValueError(f"x holds {len(x)} examples, y {len(y)}")
    if y.dtype.kind in "iu":
        _check_labels(y, examples=len(x), classes=model.sizes[-1])
        return x, y, softmax_cross_entropy
    if y.shape != (len(x), model.sizes[-1]):
        raise ValueError(f"float targets y must have shape ({len(x)}, {model.sizes[-1]}), got {y.shape}")
    return x, y.astype(np.float64, copy=False), mean_squared_error
