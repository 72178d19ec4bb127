"""From ``relubook`` to Keras and back: the same activations as layers, and the same weights.

Keras' own defaults differ from PyTorch's and from ours, so every parameter is passed explicitly.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from relubook.activations import Activation, get
from relubook.checks import _finite_array
from relubook.network import MLP, BatchNorm, Dense, PReLU, _norm_settings

Array = np.ndarray[Any, Any]
TRAINABLE = (layers.Dense, layers.BatchNormalization, layers.PReLU)


@keras.saving.register_keras_serializable(package="relubook")
class ParametricActivation(layers.Activation):
    """An activation function of Keras with its parameters, as a layer that can be saved and loaded.

    layer(x) = f(x; parameters)

    A model that has such a layer loads where ``relubook.keras_bridge`` was imported before.

    Args:
        activation: a function of ``keras.activations``, its name, or a function registered with Keras.
        parameters: passed on to it, numbers by name.

    Raises:
        ValueError: Keras does not know the activation.

    Source: https://keras.io/api/layers/base_layer/

    >>> layer = ParametricActivation("elu", {"alpha": 2.0})
    >>> bool(layer(np.array([[-100.0]]))[0, 0] == -2.0)
    True
    """

    def __init__(
        self, activation: str | Callable[..., Any], parameters: Mapping[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(activation, **kwargs)
        self.parameters = dict(parameters)

    def call(self, inputs: Any) -> Any:
        return self.activation(inputs, **self.parameters)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "parameters": dict(self.parameters)}


@keras.saving.register_keras_serializable(package="relubook", name="softplus")
def _softplus(x: Any, beta: float) -> Any:
    return ops.softplus(beta * x) / beta


@keras.saving.register_keras_serializable(package="relubook", name="swish")
def _swish(x: Any, beta: float) -> Any:
    return x * ops.sigmoid(beta * x)


@keras.saving.register_keras_serializable(package="relubook", name="squared_relu")
def _squared_relu(x: Any) -> Any:
    return ops.square(ops.relu(x))


def _leaky_relu(negative_slope: float) -> keras.layers.Layer:
    if negative_slope >= 0:
        return layers.LeakyReLU(negative_slope=negative_slope)
    return ParametricActivation("leaky_relu", {"negative_slope": negative_slope})  # Keras' layer refuses it


def _prelu(negative_slope: Any) -> keras.layers.Layer:
    slopes = _finite_array("negative_slope", negative_slope)
    return layers.PReLU(alpha_initializer=keras.initializers.Constant(slopes.tolist()))


# Every other activation is the function that its record names, with relubook's names of the parameters.
SPECIAL: Mapping[str, Callable[..., keras.layers.Layer]] = {
    "leaky_relu": _leaky_relu,
    "prelu": _prelu,
    "softplus": lambda beta: ParametricActivation(_softplus, {"beta": beta}),
    "swish": lambda beta: ParametricActivation(_swish, {"beta": beta}),
    "squared_relu": lambda: layers.Activation(_squared_relu),
}


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
        ValueError: the name is unknown, Keras does not have the activation, or a parameter is out of range.
        TypeError: the activation does not have such a parameter.

    Source: https://keras.io/api/layers/activations/

    >>> to_keras("leaky_relu", negative_slope=0.1).negative_slope
    0.1
    """
    activation = get(name)
    if activation.name != "prelu":  # whose slopes may be many
        parameters = {key: _scalar(key, value) for key, value in parameters.items()}
    settings = activation.with_defaults(**parameters)
    special = SPECIAL.get(activation.name)
    if special is not None:
        return special(**settings)
    found = _function(activation)
    if isinstance(found, type):
        return found(**settings)
    return ParametricActivation(found, settings) if settings else layers.Activation(found)


def _function(activation: Activation) -> Any:
    if activation.keras is None:
        raise ValueError(
            f"{activation.name} has no Keras layer; write it with keras.ops, or choose another activation"
        )
    module, _, name = activation.keras.rpartition(".")
    found = getattr(importlib.import_module(module), name, None)
    if not callable(found):
        raise ValueError(
            f"{activation.name} has no Keras layer: its record names {activation.keras}, which is none"
        )
    return found


def _scalar(name: str, value: Any) -> Any:
    array = np.asarray(value)
    if array.ndim:
        raise ValueError(f"{name} must be a single number, got shape {array.shape}")
    return array.item()


def get_weights(model: keras.Model, mlp: MLP) -> None:
    """Copy a Keras model's weights into an ``MLP``, batch norm's running statistics, ε and momentum included.

    W, b, slopes, γ, β, μ, σ² and ε are equal; our momentum = 1 − Keras' momentum

    Args:
        model: its ``Dense``, ``BatchNormalization`` and ``PReLU`` layers are those of ``mlp``, in order and shape.
        mlp: it is changed.

    Raises:
        ValueError: the layers differ in kind, number or shape, or hold nothing that an ``MLP`` can; ``mlp`` is then
            left as it was.
        TypeError: an argument is of another kind.

    Source: https://keras.io/api/layers/base_layer/

    >>> model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    >>> mlp = MLP([2, 3], rng=np.random.default_rng(0))
    >>> get_weights(model, mlp)
    >>> mlp.forward(np.ones((1, 2))).shape
    (1, 3)
    """
    copies, settings = [], []
    for theirs, ours in _pairs(model, mlp):
        for variable, (name, array) in zip(_variables(theirs), _arrays(ours), strict=True):
            if not array.flags.writeable:
                raise ValueError(f"{name} of mlp is read-only; get the weights into a copy.deepcopy of it")
            copies.append((array, variable.numpy().astype(np.float64)))
        if isinstance(ours, BatchNorm):
            settings.append((ours, _norm_settings(1 - theirs.momentum, theirs.epsilon)))
    # Nothing can fail from here on, so mlp is never left half-written.
    for array, values in copies:
        array[...] = values
    for norm, (momentum, epsilon) in settings:
        norm.momentum, norm.epsilon = momentum, epsilon


def set_weights(model: keras.Model, mlp: MLP) -> None:
    """Copy an ``MLP``'s weights into a Keras model, batch norm's running statistics, ε and momentum included.

    W, b, slopes, γ, β, μ, σ² and ε are equal; Keras' momentum = 1 − our momentum

    Args:
        model: its ``Dense``, ``BatchNormalization`` and ``PReLU`` layers are those of ``mlp``, in order and shape;
            it is changed. A float32 model rounds the float64 weights.
        mlp: the network to copy from.

    Raises:
        ValueError: the layers differ in kind, number or shape, or cannot hold a weight; the model is then left as it
            was.
        TypeError: an argument is of another kind.

    Source: https://keras.io/api/layers/base_layer/

    >>> model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    >>> mlp = MLP([2, 3], rng=np.random.default_rng(0))
    >>> set_weights(model, mlp)
    >>> bool(np.allclose(model(np.ones((1, 2))), mlp.forward(np.ones((1, 2))), atol=1e-6))
    True
    """
    pairs = _pairs(model, mlp)
    copies = []
    for theirs, ours in pairs:
        for variable, (name, array) in zip(_variables(theirs), _arrays(ours), strict=True):
            # A copy: not every backend takes a reversed or a read-only array as it is.
            values = np.array(array, dtype=np.float64, order="C")
            with np.errstate(over="ignore"):  # the next line reports what became infinite
                rounded = ops.convert_to_tensor(values, dtype=variable.dtype)
            if not np.array_equal(ops.convert_to_numpy(ops.isfinite(rounded)), np.isfinite(array)):
                raise ValueError(
                    f"{name} of mlp holds numbers beyond the range of the model's {variable.dtype}"
                )
            copies.append((variable, rounded))
    # Nothing can fail from here on, so the model is never left half-written.
    for variable, rounded in copies:
        variable.assign(rounded)
    for theirs, ours in pairs:
        if isinstance(ours, BatchNorm):
            theirs.epsilon, theirs.momentum = ours.epsilon, 1 - ours.momentum
    # A compiled function holds ε and momentum as constants: let Keras compile again.
    model.train_function = model.test_function = model.predict_function = None


def _pairs(model: keras.Model, mlp: MLP) -> list[tuple[Any, Any]]:
    if not isinstance(model, keras.Model):
        raise TypeError(f"model must be a keras.Model, got {type(model).__name__}")
    if not isinstance(mlp, MLP):
        raise TypeError(f"mlp must be a relubook.MLP, got {type(mlp).__name__}")
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
            if not keras.backend.is_float_dtype(variable.dtype):
                raise ValueError(
                    f"{name} of layer {layer.name!r} of model must be floats, got {variable.dtype}"
                )
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
