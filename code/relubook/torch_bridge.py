"""From ``relubook`` to PyTorch and back: the same activations as modules, and the same weights.

PyTorch's own defaults differ from Keras', so every parameter is passed explicitly.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from relubook.activations import Activation, get
from relubook.checks import _finite_array
from relubook.network import MLP, BatchNorm, Dense, PReLU, _norm_settings

Array = np.ndarray[Any, Any]
TRAINABLE = (nn.Linear, nn.BatchNorm1d, nn.PReLU)


class SquaredReLU(nn.Module):
    """Squared ReLU, which PyTorch does not have.

    f(x) = max(0, x)²

    Source: So et al. (2021), https://proceedings.neurips.cc/paper/2021/hash/2f3c6a4cd8af177f6456e7e51a916ff3-Abstract.html

    >>> SquaredReLU()(torch.tensor([-2.0, 3.0]))
    tensor([0., 9.])
    """

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x).square()


class Swish(nn.Module):
    """Swish, which PyTorch has for β = 1 alone, as ``nn.SiLU``.

    f(x) = x · sigmoid(β·x)

    Args:
        beta: the steepness of the switch, a fixed number.

    Source: Ramachandran et al. (2017), https://arxiv.org/abs/1710.05941

    >>> Swish(10.0)(torch.tensor([-2.0, 3.0])).abs().round(decimals=4)
    tensor([0., 3.])
    """

    def __init__(self, beta: float) -> None:
        super().__init__()
        self.beta = beta

    def extra_repr(self) -> str:
        return f"beta={self.beta}"

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.beta * x)


def to_torch(name: str | Callable[..., Any], **parameters: Any) -> nn.Module:
    """An activation of the registry as a PyTorch module that computes the same function.

    module(x) = f(x; parameters), for x of any shape and floating dtype

    Args:
        name: its name, function or entry of the registry; ``"prelu"`` gives a module whose slopes are trained, as
            many as ``negative_slope`` holds.
        parameters: those of ``relubook``'s function, with ``relubook``'s defaults.

    Returns:
        A new module.

    Raises:
        ValueError: the name is unknown, PyTorch does not have the activation, or a parameter is out of range.
        TypeError: the activation does not have such a parameter.

    Source: https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity

    >>> to_torch("leaky_relu", negative_slope=0.1)
    LeakyReLU(negative_slope=0.1)
    """
    activation = get(name)
    if activation.name != "prelu":  # whose slopes may be many
        parameters = {key: _scalar(key, value) for key, value in parameters.items()}
    settings = activation.with_defaults(**parameters)
    special = SPECIAL.get(activation.name)
    if special is not None:
        return special(**settings)
    return _module_class(activation)(**settings)


def _prelu(negative_slope: Any) -> nn.PReLU:
    slopes = np.atleast_1d(_finite_array("negative_slope", negative_slope))
    if slopes.ndim != 1 or not slopes.size:
        raise ValueError(f"negative_slope must be a number or one a unit, got shape {slopes.shape}")
    module = nn.PReLU(num_parameters=slopes.size)
    with torch.no_grad():
        module.weight.copy_(_tensor(slopes))
    return module


def _gelu(approximate: bool) -> nn.GELU:
    return nn.GELU(approximate="tanh" if approximate else "none")


# Every other activation is the module that its record names, with relubook's names of the parameters.
SPECIAL: Mapping[str, Callable[..., nn.Module]] = {
    "prelu": _prelu,
    "squared_relu": SquaredReLU,
    "swish": Swish,
    "gelu": _gelu,
}


def _module_class(activation: Activation) -> type[nn.Module]:
    if activation.torch is None:
        raise ValueError(
            f"{activation.name} has no PyTorch module; write it with torch's functions, or choose another activation"
        )
    module, _, name = activation.torch.rpartition(".")
    found = getattr(importlib.import_module(module), name, None)
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise ValueError(
            f"{activation.name} has no PyTorch module: its record names {activation.torch}, which is none"
        )
    return found


def _scalar(name: str, value: Any) -> Any:
    array = np.asarray(value)
    if array.ndim:
        raise ValueError(f"{name} must be a single number, got shape {array.shape}")
    return array.item()


def _tensor(array: Array) -> Tensor:
    """A copy: PyTorch takes no reversed, read-only or big-endian array as it is."""
    return torch.from_numpy(np.array(array, dtype=np.float64, order="C"))


def get_weights(model: nn.Module, mlp: MLP) -> None:
    """Copy a PyTorch model's weights into an ``MLP``, batch norm's running statistics, ε and momentum included.

    W = weightᵀ; b, slopes, γ, β, μ, σ², ε and momentum are equal

    Args:
        model: its ``Linear``, ``BatchNorm1d`` and ``PReLU`` modules are those of ``mlp``, in order of definition and
            in shape.
        mlp: it is changed.

    Raises:
        ValueError: the modules differ in kind, number or shape, or hold nothing that an ``MLP`` can; ``mlp`` is then
            left as it was.
        TypeError: an argument is of another kind.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html

    >>> mlp = MLP([2, 3], rng=np.random.default_rng(0))
    >>> get_weights(nn.Linear(2, 3), mlp)
    >>> mlp.forward(np.ones((1, 2))).shape
    (1, 3)
    """
    pairs = _pairs(model, mlp)
    copies, settings = [], []
    for theirs, ours in pairs:
        for tensor, (name, array) in zip(_tensors(theirs), _arrays(ours), strict=True):
            if not array.flags.writeable:
                raise ValueError(f"{name} of mlp is read-only; get the weights into a copy.deepcopy of it")
            # NumPy has no bfloat16; float64 holds every value of the smaller types.
            copies.append((array, tensor.detach().cpu().to(torch.float64).numpy()))
        if isinstance(ours, BatchNorm):
            settings.append((ours, _norm_settings(theirs.momentum, theirs.eps)))
    # Nothing can fail from here on, so mlp is never left half-written.
    for array, values in copies:
        array[...] = values
    for norm, (momentum, epsilon) in settings:
        norm.momentum, norm.epsilon = momentum, epsilon


def set_weights(model: nn.Module, mlp: MLP) -> None:
    """Copy an ``MLP``'s weights into a PyTorch model, batch norm's running statistics, ε and momentum included.

    weight = Wᵀ; b, slopes, γ, β, μ, σ², ε and momentum are equal

    Args:
        model: its ``Linear``, ``BatchNorm1d`` and ``PReLU`` modules are those of ``mlp``, in order of definition and
            in shape; it is changed. A float32 model rounds the float64 weights.
        mlp: the network to copy from.

    Raises:
        ValueError: the modules differ in kind, number or shape, or cannot hold a weight; the model is then left as it
            was.
        TypeError: an argument is of another kind.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html

    >>> model = nn.Linear(2, 3, dtype=torch.float64)
    >>> mlp = MLP([2, 3], rng=np.random.default_rng(0))
    >>> set_weights(model, mlp)
    >>> bool((model.weight.detach().numpy() == mlp.dense_layers[0].weight.value.T).all())
    True
    """
    pairs = _pairs(model, mlp)
    copies = []
    for theirs, ours in pairs:
        for tensor, (name, array) in zip(_tensors(theirs), _arrays(ours), strict=True):
            values = _tensor(array)
            rounded = values.to(device=tensor.device, dtype=tensor.dtype)
            if not torch.equal(rounded.isfinite().cpu(), values.isfinite()):
                raise ValueError(
                    f"{name} of mlp holds numbers beyond the range of the model's {tensor.dtype}"
                )
            copies.append((tensor, rounded))
    # Nothing can fail from here on, so the model is never left half-written.
    with torch.no_grad():
        for tensor, rounded in copies:
            tensor.copy_(rounded)
    for theirs, ours in pairs:
        if isinstance(ours, BatchNorm):
            theirs.eps, theirs.momentum = ours.epsilon, ours.momentum


def _pairs(model: nn.Module, mlp: MLP) -> list[tuple[Any, Any]]:
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    if not isinstance(mlp, MLP):
        raise TypeError(f"mlp must be a relubook.MLP, got {type(mlp).__name__}")
    theirs = [(name, module) for name, module in model.named_modules() if isinstance(module, TRAINABLE)]
    ours = [layer for layer in mlp.layers if isinstance(layer, Dense | BatchNorm | PReLU)]
    names = {Dense: "Linear", BatchNorm: "BatchNorm1d", PReLU: "PReLU"}
    found, wanted = [type(module).__name__ for _, module in theirs], [names[type(layer)] for layer in ours]
    if found != wanted:
        raise ValueError(f"model has the modules {', '.join(found) or 'none'}; mlp needs {', '.join(wanted)}")
    for (module_name, module), own in zip(theirs, ours, strict=True):
        tensors, arrays = _tensors(module), _arrays(own)
        for tensor, (name, array) in zip(tensors, arrays, strict=True):
            if tensor is None:
                raise ValueError(f"module {module_name!r} of model has no {name}, which mlp needs")
            if nn.parameter.is_lazy(tensor) or tensor.is_meta:
                raise ValueError(
                    f"module {module_name!r} of model has no values yet; run a batch, or load them, first"
                )
            if not tensor.is_floating_point():
                raise ValueError(
                    f"{name} of module {module_name!r} of model must be floats, got {tensor.dtype}"
                )
            if tensor.is_inference():  # PyTorch would refuse to write to it
                raise ValueError(
                    f"{name} of module {module_name!r} of model was made in inference mode; make it outside"
                )
            if tuple(tensor.shape) != array.shape:
                shapes = f"{tuple(tensor.shape)}; mlp needs {array.shape}"
                raise ValueError(f"{name} of module {module_name!r} of model has shape {shapes}")
        if isinstance(own, BatchNorm) and module.momentum is None:
            raise ValueError(
                f"module {module_name!r} of model averages over all batches; mlp needs a momentum"
            )
    return [(module, own) for (_, module), own in zip(theirs, ours, strict=True)]


def _tensors(module: Any) -> list[Any]:
    if isinstance(module, nn.Linear):
        return [module.weight, module.bias]
    if isinstance(module, nn.PReLU):
        return [module.weight]
    return [module.weight, module.bias, module.running_mean, module.running_var]


def _arrays(layer: Any) -> list[tuple[str, Any]]:
    """Names and arrays of a layer of ``MLP``, in PyTorch's shapes; what is written to them reaches the layer."""
    if isinstance(layer, Dense):
        return [("weight", layer.weight.value.T), ("bias", layer.bias.value)]
    if isinstance(layer, PReLU):
        return [("slopes", layer.slope.value)]
    return [
        ("gamma", layer.gamma.value),
        ("beta", layer.beta.value),
        ("running mean", layer.running_mean),
        ("running variance", layer.running_variance),
    ]
