"""Framework differences: what functions of the same name do in PyTorch and in TensorFlow, found by calling them.

The tables hold spellings of one function each. Nothing about their results is written down here.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Probe:
    """What a function of one number gave at some points.

    Attributes:
        values: its value at each point.
        gradients: its derivative there, by the framework's automatic differentiation.
    """

    values: tuple[float, ...]
    gradients: tuple[float, ...]


def probe_torch(fn: Callable[[Any], Any], points: ArrayLike) -> Probe:
    """Value and derivative of a PyTorch function at some points, in float64.

    gradients = ∂ Σ fn(x) / ∂x by autograd

    Args:
        fn: takes and returns a tensor, elementwise.
        points: shape (points,), real.

    Returns:
        The values and the derivatives.

    Raises:
        ValueError: ``points`` is not one-dimensional.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html

    >>> import torch
    >>> probe_torch(torch.relu, [-1.0, 0.0, 2.0])
    Probe(values=(0.0, 0.0, 2.0), gradients=(0.0, 0.0, 1.0))
    """
    import torch

    x = torch.tensor(_one_dimensional(points), requires_grad=True)
    y = fn(x)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    return Probe(tuple(y.tolist()), tuple(gradient.tolist()))


def probe_tensorflow(fn: Callable[[Any], Any], points: ArrayLike) -> Probe:
    """Value and derivative of a TensorFlow or Keras function at some points, in float64.

    gradients = ∂ Σ fn(x) / ∂x by a gradient tape

    Args:
        fn: takes and returns a tensor, elementwise.
        points: shape (points,), real.

    Returns:
        The values and the derivatives.

    Raises:
        ValueError: ``points`` is not one-dimensional.

    Source: https://www.tensorflow.org/api_docs/python/tf/GradientTape

    >>> import tensorflow as tf
    >>> probe_tensorflow(tf.nn.relu, [-1.0, 0.0, 2.0])
    Probe(values=(0.0, 0.0, 2.0), gradients=(0.0, 0.0, 1.0))
    """
    import tensorflow as tf

    x = tf.constant(_one_dimensional(points))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = fn(x)
    return Probe(tuple(y.numpy().tolist()), tuple(tape.gradient(y, x).numpy().tolist()))


def torch_spellings() -> Mapping[str, Callable[[Any], Any]]:
    """Ways to write ReLU in PyTorch.

    f(x) = max(0, x), in every one of them

    Returns:
        From the code to the function.

    Raises:
        ModuleNotFoundError: PyTorch is not installed.

    Source: https://docs.pytorch.org/docs/stable/nn.functional.html

    >>> "torch.relu(x)" in torch_spellings()
    True
    """
    import torch

    return {
        "torch.relu(x)": torch.relu,
        "x.clamp(min=0)": lambda x: x.clamp(min=0),
        "torch.maximum(x, 0)": lambda x: torch.maximum(x, torch.zeros_like(x)),
        "torch.where(x > 0, x, 0)": lambda x: torch.where(x > 0, x, 0.0),
        "x * (x > 0)": lambda x: x * (x > 0),
        "(x + x.abs()) / 2": lambda x: (x + x.abs()) / 2,
    }


def tensorflow_spellings() -> Mapping[str, Callable[[Any], Any]]:
    """Ways to write ReLU in TensorFlow and Keras.

    f(x) = max(0, x), in every one of them

    Returns:
        From the code to the function.

    Raises:
        ModuleNotFoundError: TensorFlow or Keras is not installed.

    Source: https://keras.io/api/layers/activations/

    >>> "tf.nn.relu(x)" in tensorflow_spellings()
    True
    """
    import keras
    import tensorflow as tf

    return {
        "tf.nn.relu(x)": tf.nn.relu,
        "keras.activations.relu(x)": keras.activations.relu,
        "tf.maximum(x, 0)": lambda x: tf.maximum(x, 0.0),
        "tf.maximum(0, x)": lambda x: tf.maximum(tf.constant(0.0, x.dtype), x),
        "tf.where(x > 0, x, 0)": lambda x: tf.where(x > 0, x, tf.zeros_like(x)),
        "x * cast(x > 0)": lambda x: x * tf.cast(x > 0, x.dtype),
        "(x + abs(x)) / 2": lambda x: (x + tf.abs(x)) / 2,
    }


def keras_on(backend: str) -> dict[str, Probe]:
    """What Keras gives on one of its backends, in a process of its own: a process can have only one.

    Three endings of a network whose scores are (0, 100) and whose label is 0, each with the loss
    ``sparse_categorical_crossentropy`` and its gradient ∂L/∂scores: ``"logits"``, ``"softmax"``, and ``"softmax × 1"``
    with one operation behind the softmax; and activations at 0, each with its value and derivative there:
    ``"relu"``, ``"leaky_relu"`` with slope 0.1, ``"elu"`` with α = 2, ``"celu"`` and ``"selu"``.

    Args:
        backend: ``"tensorflow"`` or ``"torch"``.

    Returns:
        Values and gradients by name.

    Raises:
        ValueError: the backend is another one.
        RuntimeError: the process failed; the message ends with what it printed.

    Source: https://keras.io/api/layers/activations/

    >>> keras_on("torch")["softmax"]
    Probe(values=(16.11809539794922,), gradients=(0.0, 0.0))
    """
    if backend not in ("tensorflow", "torch"):
        raise ValueError(f"backend must be tensorflow or torch, got {backend!r}")
    # Keras would import scikit-learn for its wrappers, which takes longer than all that is asked here.
    quick = "import sys; sys.modules['sklearn'] = None"
    code = f"{quick}; from {__name__} import _print_answers; _print_answers({backend!r})"
    paths = os.pathsep.join(filter(None, sys.path))
    quiet = {
        "KERAS_BACKEND": backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": paths,
        "PYTHONWARNINGS": "ignore",
    }
    child = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **quiet}, capture_output=True, text=True, check=False
    )
    if child.returncode:
        raise RuntimeError(f"Keras on {backend} failed: {child.stderr[-500:]}")
    answers = json.loads(child.stdout.splitlines()[-1])
    return {name: Probe(tuple(values), tuple(gradients)) for name, (values, gradients) in answers.items()}


def _print_answers(backend: str) -> None:
    import keras
    from keras.losses import sparse_categorical_crossentropy as cross_entropy

    label = np.array([0])
    losses: dict[str, Callable[[Any], Any]] = {
        "logits": lambda z: cross_entropy(label, z, from_logits=True),
        "softmax": lambda z: cross_entropy(label, keras.ops.softmax(z)),
        "softmax × 1": lambda z: cross_entropy(label, 1.0 * keras.ops.softmax(z)),
    }
    answers = {name: _answer(backend, loss, [[0.0, 100.0]]) for name, loss in losses.items()}
    activations: dict[str, Callable[[Any], Any]] = {
        "relu": keras.activations.relu,
        "leaky_relu": lambda z: keras.activations.leaky_relu(z, 0.1),
        "elu": lambda z: keras.activations.elu(z, 2.0),
        "celu": keras.activations.celu,
        "selu": keras.activations.selu,
    }
    answers.update({name: _answer(backend, fn, [[0.0]]) for name, fn in activations.items()})
    print(json.dumps(answers))


def _answer(
    backend: str, fn: Callable[[Any], Any], start: list[list[float]]
) -> tuple[list[float], list[float]]:
    if backend == "torch":
        import torch

        z = torch.tensor(start, requires_grad=True)
        y = fn(z)
        y.sum().backward()
        assert z.grad is not None
        return y.flatten().tolist(), z.grad.flatten().tolist()
    import tensorflow as tf

    variable = tf.Variable(start)
    with tf.GradientTape() as tape:
        y = fn(variable)
    gradient = tape.gradient(y, variable)
    return y.numpy().ravel().tolist(), gradient.numpy().ravel().tolist()


def _one_dimensional(points: ArrayLike) -> NDArray[Any]:
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"points must be one-dimensional, got shape {array.shape}")
    return array
