"""Losses, optimisers, and ``fit``, which trains a network and returns how it went."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.checks import _finite_array, _generator, _number, _real_array, _whole
from relubook.network import MLP, BatchNorm, Parameter

Array = NDArray[Any]
Schedule = Callable[[int], float]
Loss = Callable[[ArrayLike, ArrayLike], tuple[float, Array]]


# --- Losses: (outputs, targets) → loss, ∂loss/∂outputs ------------------------------------------------------


def softmax_cross_entropy(logits: ArrayLike, labels: ArrayLike) -> tuple[float, Array]:
    """Mean cross-entropy of the softmax of the logits, and its gradient.

    L = −mean log p[label], p = softmax(logits); ∂L/∂logits = (p − onehot(label)) / examples

    Args:
        logits: raw scores, shape (examples, classes).
        labels: the classes, integers in [0, classes), shape (examples,).

    Returns:
        The loss in nats, and the gradient in the shape of ``logits``.

    Raises:
        TypeError: the labels are not integers, or the logits not real.
        ValueError: a shape is wrong, there are no examples, or a label is out of range.

    Source: Bishop (2006), section 4.3.4,
    https://www.microsoft.com/en-us/research/publication/pattern-recognition-machine-learning/

    >>> loss, grad = softmax_cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))
    >>> round(loss, 4), grad
    (0.6931, array([[ 0.5, -0.5]]))
    """
    logits, labels = _floats("logits", logits), np.asanyarray(labels)
    if logits.ndim != 2 or not logits.size:
        raise ValueError(f"logits must have shape (examples, classes), at least (1, 1), got {logits.shape}")
    _check_labels("labels", labels, examples=len(logits), classes=logits.shape[1])
    rows = np.arange(len(logits))
    shifted = logits - logits.max(axis=1, keepdims=True)  # exp cannot overflow now
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    grad = np.exp(log_p)
    grad[rows, labels] -= 1
    return float(-log_p[rows, labels].mean()), grad / len(logits)


def mean_squared_error(outputs: ArrayLike, targets: ArrayLike) -> tuple[float, Array]:
    """Mean of the squared differences, and its gradient.

    L = mean (outputs − targets)²; ∂L/∂outputs = 2 (outputs − targets) / size

    Args:
        outputs, targets: real, of the same shape.

    Returns:
        The loss in the targets' unit squared, and the gradient in the shape of ``outputs``.

    Raises:
        ValueError: the shapes differ, or there is nothing in them.
        TypeError: the values are not real.

    Source: Goodfellow et al. (2016), section 5.1.4, https://www.deeplearningbook.org/

    >>> mean_squared_error(np.array([[1.0], [3.0]]), np.array([[0.0], [3.0]]))
    (0.5, array([[1.],
           [0.]]))
    """
    outputs, targets = _floats("outputs", outputs), _floats("targets", targets)
    if outputs.shape != targets.shape:
        raise ValueError(f"targets have shape {targets.shape}, the outputs {outputs.shape}")
    if not outputs.size:
        raise ValueError(f"outputs hold nothing, their shape is {outputs.shape}")
    difference = outputs - targets
    return float(np.square(difference).mean()), 2 * difference / difference.size


def _floats(name: str, value: ArrayLike) -> Array:
    array = _real_array(name, value)
    # The difference of two uint8 would wrap. What diverged may hold NaN here: its loss says so.
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _check_labels(name: str, labels: Array, *, examples: int, classes: int) -> None:
    if isinstance(labels, np.ma.MaskedArray):
        raise TypeError(f"{name} must not be a masked array; leave the masked examples out, or fill them")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{name} must be integers, got dtype {labels.dtype}")
    if labels.shape != (examples,):
        raise ValueError(f"{name} must have shape ({examples},), got {labels.shape}")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"{name} must lie in 0…{classes - 1}, got {labels.min()}…{labels.max()}")


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
        ValueError: ``momentum`` is no number in its range.

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
        self.momentum = _number("momentum", self.momentum, "lie in [0, 1)", lambda value: 0 <= value < 1)
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
        epsilon: positive and finite; keeps the division finite.

    Raises:
        ValueError: a number is out of range.

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
        self.beta1 = _number("beta1", self.beta1, "lie in [0, 1)", lambda value: 0 <= value < 1)
        self.beta2 = _number("beta2", self.beta2, "lie in [0, 1)", lambda value: 0 <= value < 1)
        self.epsilon = _number("epsilon", self.epsilon, "be positive and finite", _positive)
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
        max_norm: positive; infinity clips nothing.

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
    max_norm = _number("max_norm", max_norm, "be positive", lambda value: value > 0)
    parameters = list(parameters)
    norm = float(np.sqrt(sum(np.square(parameter.grad).sum() for parameter in parameters)))
    if norm > max_norm:
        for parameter in parameters:
            parameter.grad = parameter.grad * (max_norm / norm)
    return norm


def _positive(value: float) -> bool:
    return 0 < value < np.inf


# --- Training -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class History:
    """How a training run went, one entry an epoch.

    Attributes:
        loss: mean training loss over the epoch's batches, measured as they were trained on.
        validation_loss: loss on the validation data after the epoch; empty without such data.
        validation_accuracy: share of validation examples classified correctly; empty without class labels.
        diverged: whether the loss stopped being finite, which ends the run; the last step's effect counts, too.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    diverged: bool = False


def accuracy(model: MLP, x: ArrayLike, labels: ArrayLike) -> float:
    """Share of examples whose highest score is that of their label.

    accuracy = mean [argmax scores = label]

    Args:
        model: the classifier.
        x: shape (examples, inputs), real and finite.
        labels: integers, shape (examples,).

    Raises:
        ValueError: a shape is wrong, a label is out of range, or ``x`` is not finite.
        TypeError: the labels are not integers, or ``x`` is not real.

    Source: the definition

    >>> model = MLP([2, 3], rng=np.random.default_rng(0))
    >>> accuracy(model, np.zeros((4, 2)), np.zeros(4, dtype=int))
    1.0
    """
    labels = np.asanyarray(labels)
    predicted = model.predict(_finite_array("x", x))
    _check_labels("labels", labels, examples=len(predicted), classes=model.sizes[-1])
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
        learning_rate: positive and finite, or a function from the step number (0, 1, …) to the rate, which may then
            be 0, too. It is asked for all steps before the first.
        epochs: passes over the data, at least 1.
        batch_size: examples a step; the last batch of an epoch may be smaller (with batch norm, not a single one).
        rng: where the order of the examples comes from.
        optimizer: ``"sgd"`` or ``"adam"``.
        momentum: of SGD, in [0, 1); Adam has none.
        clip_norm: largest joint gradient norm, positive, or None for no clipping.
        weight_decay: finite and not negative.
        validation: (x, y) to evaluate after each epoch, of the same kind as ``x`` and ``y``.
        progress: whether to show a progress bar.

    Returns:
        The history. Training stops early only where the loss is no longer finite.

    Raises:
        ValueError: data are empty, not finite, of the wrong shape or out of range; or an argument is.
        TypeError: ``rng`` is not a ``numpy.random.Generator``, or data are not real, or masked.
        Whatever it raises, it raises before the first step: the network and ``rng`` are then as they were.

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
        validation = _check_validation(model, validation, loss_function)
    epochs = _whole("epochs", epochs, at_least=1)
    batch_size = _whole("batch_size", batch_size, at_least=1)
    _check_batches(model, len(x), batch_size)
    rates = _rates(learning_rate, steps=epochs * -(-len(x) // batch_size))
    weight_decay = _number(
        "weight_decay", weight_decay, "be finite and not negative", lambda value: 0 <= value < np.inf
    )
    if clip_norm is not None:
        clip_norm = _number("clip_norm", clip_norm, "be positive or None", lambda value: value > 0)
    rng = _generator(rng)
    parameters = model.parameters
    if not all(parameter.value.flags.writeable for parameter in parameters):
        raise ValueError("model holds read-only arrays, which cannot be trained; train a copy.deepcopy of it")
    algorithm = _optimizer(optimizer, parameters, momentum)

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
                algorithm.step(rates[step])
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
            if not np.isfinite(history.loss[-1]):
                break
        # What the last step did shows only in a loss that no further step has measured.
        after = loss_function(model.forward(x[batch]), y[batch])[0]
        finite = all(np.isfinite(parameter.value).all() for parameter in parameters)
    return replace(history, diverged=not (finite and np.isfinite([history.loss[-1], after]).all()))


def _rates(learning_rate: float | Schedule, *, steps: int) -> Sequence[float]:
    """The learning rate of each step."""
    if not callable(learning_rate):
        return [_number("learning_rate", learning_rate, "be positive and finite", _positive)] * steps
    return [
        _number(
            f"learning_rate({step})",
            learning_rate(step),
            "be a finite number that is not negative",
            lambda rate: 0 <= rate < np.inf,
        )
        for step in range(steps)
    ]


def _optimizer(name: str, parameters: list[Parameter], momentum: float) -> Optimizer:
    sgd = SGD(parameters, momentum)  # checks the momentum, whatever is to step
    if name == "sgd":
        return sgd
    if name != "adam":
        raise ValueError(f"unknown optimizer {name!r}; known are sgd, adam")
    if momentum:
        raise ValueError(f"momentum must be 0 with optimizer='adam', which has none, got {momentum!r}")
    return Adam(parameters)


def _check_batches(model: MLP, examples: int, batch_size: int) -> None:
    last = examples % batch_size or batch_size
    if last == 1 and any(isinstance(layer, BatchNorm) for layer in model.layers):
        raise ValueError(
            f"batch_size {batch_size} leaves a batch of 1 of {examples} examples, of which batch normalisation can "
            "make nothing; choose another batch_size, or leave one example out"
        )


def _batches(examples: int, batch_size: int, rng: np.random.Generator) -> list[Array]:
    order = rng.permutation(examples)
    return [order[start : start + batch_size] for start in range(0, examples, batch_size)]


def _epochs(epochs: int, *, progress: bool) -> Iterable[int]:
    if not progress:
        return range(epochs)
    from tqdm.auto import tqdm

    return tqdm(range(epochs), desc="epochs")


def _check_data(model: MLP, x: ArrayLike, y: ArrayLike, prefix: str = "") -> tuple[Array, Array, Loss]:
    of_x, of_y = f"{prefix}x", f"{prefix}y"
    x, y = _finite_array(of_x, x), _finite_array(of_y, y)
    if x.ndim != 2 or x.shape[1] != model.sizes[0]:
        raise ValueError(f"{of_x} must have shape (examples, {model.sizes[0]}), got {x.shape}")
    if not len(x):
        raise ValueError(f"{of_x} holds no examples")
    if not y.ndim or len(x) != len(y):
        raise ValueError(f"{of_x} holds {len(x)} examples, {of_y} {len(y) if y.ndim else 'a single number'}")
    if y.dtype.kind == "b":
        raise TypeError(
            f"{of_y} must hold integers (class labels) or floats (targets), got bools: {of_y}.astype(int)?"
        )
    if y.dtype.kind in "iu":
        _check_labels(f"{prefix}labels", y, examples=len(x), classes=model.sizes[-1])
        return x, y, softmax_cross_entropy
    if y.shape != (len(x), model.sizes[-1]):
        raise ValueError(
            f"float targets {of_y} must have shape ({len(x)}, {model.sizes[-1]}), got {y.shape}; "
            "class labels must be integers"
        )
    return x, y, mean_squared_error


def _check_validation(model: MLP, validation: Any, loss_function: Loss) -> tuple[Array, Array]:
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise ValueError(f"validation must be a pair (x, y), got {type(validation).__name__}")
    x, y, own_loss = _check_data(model, validation[0], validation[1], "validation ")
    if own_loss is not loss_function:
        kinds = {softmax_cross_entropy: "integer class labels", mean_squared_error: "float targets"}
        raise ValueError(f"validation y must hold {kinds[loss_function]}, as y does, got {kinds[own_loss]}")
    return x, y
