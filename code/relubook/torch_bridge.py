"""From ``relubook`` to PyTorch and back: the same activations as modules, and the same weights.

PyTorch's own defaults differ from Keras', so every parameter is passed explicitly.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from relubook.activations import get
from relubook.network import MLP, BatchNorm, Dense, PReLU

TRAINABLE = (nn.Linear, nn.BatchNorm1d, nn.PReLU)


class SquaredReLU(nn.Module):
    """Squared ReLU, which PyTorch does not have.

    f(x) = max(0, x)²

    Raises:
        Nothing of its own.

    Source: So et al. (2021), https://proceedings.neurips.cc/paper/2021/hash/2f3c6a4cd8af177f6456e7e51a916ff3-Abstract.html

    >>> SquaredReLU()(torch.tensor([-2.0, 3.0]))
    tensor([0., 9.])
    """

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x).square()


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
        ValueError: the name is unknown, or a parameter is out of range.
        TypeError: the activation does not have such a parameter.

    Source: https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity

    >>> to_torch("leaky_relu", negative_slope=0.1)
    LeakyReLU(negative_slope=0.1)
    """
    activation = get(name)
    p = activation.with_defaults(**parameters)
    makers: dict[str, Callable[[], nn.Module]] = {
        "relu": nn.ReLU,
        "relu6": nn.ReLU6,
        "leaky_relu": lambda: nn.LeakyReLU(negative_slope=p["negative_slope"]),
        "prelu": lambda: _prelu(p["negative_slope"]),
        "squared_relu": SquaredReLU,
        "elu": lambda: nn.ELU(alpha=p["alpha"]),
        "celu": lambda: nn.CELU(alpha=p["alpha"]),
        "selu": nn.SELU,
        "softplus": lambda: nn.Softplus(beta=p["beta"], threshold=20.0),
        "gelu": lambda: nn.GELU(approximate="tanh" if p["approximate"] else "none"),
        "silu": nn.SiLU,
        "mish": nn.Mish,
        "hard_silu": nn.Hardswish,
        "sigmoid": nn.Sigmoid,
        "tanh": nn.Tanh,
    }
    return makers[activation.name]()


def _prelu(negative_slope: Any) -> nn.PReLU:
    slopes = np.atleast_1d(np.asarray(negative_slope))
    module = nn.PReLU(num_parameters=slopes.size)
    with torch.no_grad():
        module.weight.copy_(torch.as_tensor(slopes))
    return module


def get_weights(model: nn.Module, mlp: MLP) -> None:
    """Copy a PyTorch model's weights into an ``MLP``, batch norm's running statistics, ε and momentum included.

    W = weightᵀ; b, slopes, γ, β, μ, σ², ε and momentum are equal

    Args:
        model: its ``Linear``, ``BatchNorm1d`` and ``PReLU`` modules are those of ``mlp``, in order of definition and
            in shape.
        mlp: it is changed.

    Raises:
        ValueError: the modules differ in kind, number or shape; ``mlp`` is then left as it was.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html

    >>> mlp = MLP([2, 3], rng=np.random.default_rng(0))
    >>> get_weights(nn.Linear(2, 3), mlp)
    >>> mlp.forward(np.ones((1, 2))).shape
    (1, 3)
    """
    for theirs, ours in _pairs(model, mlp):
        for tensor, (_, array) in zip(_tensors(theirs), _arrays(ours), strict=True):
            array[...] = tensor.detach().cpu().numpy()
        if isinstance(ours, BatchNorm):
            ours.epsilon, ours.momentum = theirs.eps, theirs.momentum


def set_weights(model: nn.Module, mlp: MLP) -> None:
    """Copy an ``MLP``'s weights into a PyTorch model, batch norm's running statistics, ε and momentum included.

    weight = Wᵀ; b, slopes, γ, β, μ, σ², ε and momentum are equal

    Args:
        model: its ``Linear``, ``BatchNorm1d`` and ``PReLU`` modules are those of ``mlp``, in order of definition and
            in shape; it is changed. A float32 model rounds the float64 weights.
        mlp: the network to copy from.

    Raises:
        ValueError: the modules differ in kind, number or shape; the model is then left as it was.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html

    >>> model = nn.Linear(2, 3, dtype=torch.float64)
    >>> mlp = MLP([2, 3], rng=np.random.default_rng(0))
    >>> set_weights(model, mlp)
    >>> bool((model.weight.detach().numpy() == mlp.dense_layers[0].weight.value.T).all())
    True
    """
    with torch.no_grad():
        for theirs, ours in _pairs(model, mlp):
            for tensor, (_, array) in zip(_tensors(theirs), _arrays(ours), strict=True):
                tensor.copy_(torch.as_tensor(array))
            if isinstance(ours, BatchNorm):
                theirs.eps, theirs.momentum = ours.epsilon, ours.momentum


def _pairs(model: nn.Module, mlp: MLP) -> list[tuple[Any, Any]]:
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
