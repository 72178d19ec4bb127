"""From ``relubook`` to Keras and back: the same activations as layers, and the same weights.

Keras' own defaults differ from PyTorch's and from ours, so every parameter is passed explicitly.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops

from relubook.activations import get
from relubook.network import MLP, BatchNorm, Dense, PReLU

TRAINABLE = (layers.Dense, layers.BatchNormalization, layers.PReLU)


def to_keras(name: str | Callable[..., Any], **parameters: Any) -> keras.layers.Layer:
    """An activation of the registry as a Keras layer that computes the same function.

    layer(x) = f(x; parameters), in the layer's dtype, for x of shape (batch, …)

    Args:
        name: its name, function or entry of the registry; ``"prelu"`` gives a layer whose slopes are trained, one
            an input element.
        parameters: those of ``relubook``'s function, with ``relubook``'s defaults.

    Returns:
        A new layer.

    Raises:
        ValueError: the name is unknown, or a parameter is out of range.
        TypeError: the activation does not have such a parameter.

    Source: https://keras.io/api/layers/activations/

    >>> to_keras("leaky_relu", negative_slope=0.1).negative_slope
    0.1
    """
    activation = get(name)
    p = activation.with_defaults(**parameters)
    makers: dict[str, Callable[[], keras.layers.Layer]] = {
        "relu": layers.ReLU,
        "relu6": lambda: layers.ReLU(max_value=6.0),
        "leaky_relu": lambda: _leaky_relu(p["negative_slope"]),
        "prelu": lambda: layers.PReLU(alpha_initializer=keras.initializers.Constant(p["negative_slope"])),
        "squared_relu": lambda: layers.Activation(lambda x: ops.square(ops.relu(x))),
        "elu": lambda: layers.ELU(alpha=p["alpha"]),
        "celu": lambda: layers.Activation(lambda x: ops.celu(x, alpha=p["alpha"])),
        "softplus": lambda: layers.Activation(lambda x: ops.softplus(p["beta"] * x) / p["beta"]),
        "gelu": lambda: layers.Activation(lambda x: ops.gelu(x, approximate=p["approximate"])),
    }
    return makers.get(activation.name, lambda: layers.Activation(activation.name))()


def _leaky_relu(negative_slope: float) -> keras.layers.Layer:
    if negative_slope >= 0:
        return layers.LeakyReLU(negative_slope=negative_slope)
    return layers.Activation(
        lambda x: ops.leaky_relu(x, negative_slope=negative_slope)
    )  # the layer refuses it


def get_weights(model: keras.Model, mlp: MLP) -> None:
    """Copy a Keras model's weights into an ``MLP``, batch norm's running statistics, ε and momentum included.

    W, b, slopes, γ, β, μ, σ² and ε are equal; our momentum = 1 − Keras' momentum

    Args:
        model: its ``Dense``, ``BatchNormalization`` and ``PReLU`` layers are those of ``mlp``, in order and shape.
        mlp: it is changed.

    Raises:
        ValueError: the layers differ in kind, number or shape; ``mlp`` is then left as it was.

    Source: https://keras.io/api/layers/base_layer/

    >>> import numpy as np
    >>> model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    >>> mlp = MLP([2, 3], rng=np.random.default_rng(0))
    >>> get_weights(model, mlp)
    >>> mlp.forward(np.ones((1, 2))).shape
    (1, 3)
    """
    for theirs, ours in _pairs(model, mlp):
        for variable, (_, array) in zip(_variables(theirs), _arrays(ours), strict=True):
            array[...] = variable.numpy()
        if isinstance(ours, BatchNorm):
            ours.epsilon, ours.momentum = theirs.epsilon, 1 - theirs.momentum


def set_weights(model: keras.Model, mlp: MLP) -> None:
    """Copy an ``MLP``'s weights into a Keras model, batch norm's running statistics, ε and momentum included.

    W, b, slopes, γ, β, μ, σ² and ε are equal; Keras' momentum = 1 − our momentum

    Args:
        model: its ``Dense``, ``BatchNormalization`` and ``PReLU`` layers are those of ``mlp``, in order and shape;
            it is changed. A float32 model rounds the float64 weights.
        mlp: the network to copy from.

    Raises:
        ValueError: the layers differ in kind, number or shape; the model is then left as it was.

    Source: https://keras.io/api/layers/base_layer/

    >>> import numpy as np
    >>> model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    >>> mlp = MLP([2, 3], rng=np.random.default_rng(0))
    >>> set_weights(model, mlp)
    >>> bool(np.allclose(model(np.ones((1, 2))), mlp.forward(np.ones((1, 2))), atol=1e-6))
    True
    """
    for theirs, ours in _pairs(model, mlp):
        for variable, (_, array) in zip(_variables(theirs), _arrays(ours), strict=True):
            variable.assign(array)
        if isinstance(ours, BatchNorm):
            theirs.epsilon, theirs.momentum = ours.epsilon, 1 - ours.momentum
    # A compiled function holds ε and momentum as constants: let Keras compile again.
    model.train_function = model.test_function = model.predict_function = None


def _pairs(model: keras.Model, mlp: MLP) -> list[tuple[Any, Any]]:
    theirs = [layer for layer in model.layers if isinstance(layer, TRAINABLE)]
    ours = [layer for layer in mlp.layers if isinstance(layer, Dense | BatchNorm | PReLU)]
    names = {Dense: "Dense", BatchNorm: "BatchNormalization", PReLU: "PReLU"}
    found, wanted = [type(layer).__name__ for layer in theirs], [names[type(layer)] for layer in ours]
    if found != wanted:
        raise ValueError(f"model has the layers {', '.join(found) or 'none'}; mlp needs {', '.join(wanted)}")
    pairs = list(zip(theirs, ours, strict=True))
    for layer, own in pairs:
        variables, arrays = _variables(layer), _arrays(own)
        if len(variables) != len(arrays):
            expected = ", ".join(name for name, _ in arrays)
            raise ValueError(
                f"layer {layer.name!r} of model has {len(variables)} variables; mlp needs {expected}"
            )
        for variable, (name, array) in zip(variables, arrays, strict=True):
            if tuple(variable.shape) != array.shape:
                shapes = f"{tuple(variable.shape)}; mlp needs {array.shape}"
                raise ValueError(f"{name} of layer {layer.name!r} of model has shape {shapes}")
    return pairs


def _variables(layer: Any) -> list[Any]:
    """A layer's variables; Keras creates them in the order of ``_arrays``."""
    if not layer.built:
        raise ValueError(
            f"layer {layer.name!r} of model has no weights yet; give the model a keras.Input first"
        )
    return list(layer.weights)


def _arrays(layer: Any) -> list[tuple[str, Any]]:
    """Names and arrays of a layer of ``MLP``; what is written to them reaches the layer."""
    if isinstance(layer, Dense):
        return [("weight", layer.weight.value), ("bias", layer.bias.value)]
    if isinstance(layer, PReLU):
        return [("slopes", layer.slope.value)]
    return [
        ("gamma", layer.gamma.value),
        ("beta", layer.beta.value),
        ("running mean", layer.running_mean),
        ("running variance", layer.running_variance),
    ]
