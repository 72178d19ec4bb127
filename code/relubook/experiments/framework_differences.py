"""Framework differences: what functions of the same name do in PyTorch and in TensorFlow, found by calling them.

The tables hold spellings of one function each. Nothing about their results is written down here.
"""

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


def _one_dimensional(points: ArrayLike) -> NDArray[Any]:
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"points must be one-dimensional, got shape {array.shape}")
    return array
