"""Networks of one shape with different activation functions, trained side by side: one tensor holds all their weights.

A network this small spends most of its time on calls, not on arithmetic; fifteen of them in one call cost little more
than one. Every tensor has the network as its first axis, and nothing mixes along it.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from relubook.network import INITIALIZERS
from relubook.torch_bridge import to_torch

# Blocks with shortcut and layer norm, and the same with one of both left out.
BLOCKS: Mapping[str, tuple[bool, bool]] = MappingProxyType(
    {"residual": (True, True), "shortcut": (True, False), "norm": (False, True)}
)
ARCHITECTURES = ("mlp", *BLOCKS, "conv")
STRIDED = 2  # convolutions that halve the sides of their images
LARGE = 16  # pixels a side, above which an image is averaged over 2×2 pixels before the first convolution


class _Linear(nn.Module):
    """h ← W h + b, with the weights of each network drawn by its own initialiser and generator."""

    def __init__(
        self, fan_in: int, fan_out: int, inits: Sequence[str], rngs: Sequence[np.random.Generator]
    ) -> None:
        super().__init__()
        pairs = [INITIALIZERS[init](fan_in, fan_out, rng) for init, rng in zip(inits, rngs, strict=True)]
        self.weight = nn.Parameter(torch.from_numpy(np.stack([weight for weight, _ in pairs])))
        self.bias = nn.Parameter(torch.from_numpy(np.stack([bias[None] for _, bias in pairs])))

    def forward(self, h: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, h, self.weight)


class _Function(nn.Module):
    """The activation functions, one a network; after a forward pass with ``count`` it knows what was silent."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.functions = nn.ModuleList(
            nn.Identity() if name == "linear" else to_torch(name).double() for name in names
        )
        self.count = False
        self.silent: list[float] = []

    def forward(self, h: Tensor) -> Tensor:
        if self.count:  # units stand last; all other axes but the first are examples and places
            largest = h.flatten(1, -2).max(dim=1).values
            self.silent = (largest <= 0).double().mean(dim=1).tolist()
        return torch.stack([f(part) for f, part in zip(self.functions, h.unbind(0), strict=True)])


class _Norm(nn.Module):
    """Layer normalisation, with a gain and a shift of its own for each unit of each network."""

    def __init__(self, networks: int, width: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(networks, 1, width, dtype=torch.float64))
        self.shift = nn.Parameter(torch.zeros(networks, 1, width, dtype=torch.float64))

    def forward(self, h: Tensor) -> Tensor:
        return nn.functional.layer_norm(h, h.shape[-1:]) * self.gain + self.shift


class _Shortcut(nn.Module):
    """h ← h + inner(h)."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, h: Tensor) -> Tensor:
        out: Tensor = h + self.inner(h)
        return out


class _Convolution(nn.Module):
    """3×3 kernels over images with a border of zeros, as a product with all windows of 3×3 pixels."""

    def __init__(
        self,
        channels: int,
        kernels: int,
        inits: Sequence[str],
        rngs: Sequence[np.random.Generator],
        *,
        stride: int,
    ) -> None:
        super().__init__()
        self.linear, self.stride = _Linear(9 * channels, kernels, inits, rngs), stride

    def forward(self, h: Tensor) -> Tensor:
        networks, examples, side, _, channels = h.shape
        images = h.flatten(0, 1).movedim(-1, 1)
        windows = nn.functional.unfold(images, 3, padding=1, stride=self.stride).transpose(1, 2)
        out: Tensor = self.linear(windows.reshape(networks, -1, 9 * channels))
        side = -(-side // self.stride)
        return out.reshape(networks, examples, side, side, -1)


class _Halved(nn.Module):
    """Images with the mean of each 2×2 pixels in their place."""

    def forward(self, h: Tensor) -> Tensor:
        networks, examples, side, _, channels = h.shape
        half = side // 2
        return h.reshape(networks, examples, half, 2, half, 2, channels).mean(dim=(3, 5))


class _Image(nn.Module):
    """Rows of pixels as square images of one channel."""

    def forward(self, h: Tensor) -> Tensor:
        side = math.isqrt(h.shape[-1])
        return h.reshape(*h.shape[:2], side, side, 1)


class _Flat(nn.Module):
    """Images as rows."""

    def forward(self, h: Tensor) -> Tensor:
        return h.flatten(2)


def build(
    architecture: str,
    activations: Sequence[str],
    *,
    inits: Sequence[str],
    depth: int,
    width: int,
    inputs: int,
    classes: int,
    seed: int,
) -> nn.Sequential:
    """Networks of one architecture, one for each activation, in float64.

    h ← f(W h + b) in each layer of ``"mlp"``; h ← h + W₂ f(W₁ norm(h) + b₁) + b₂ in each block of ``"residual"``,
    after a linear layer and before a last norm; ``"shortcut"`` is that without norms, ``"norm"`` that without the
    ``h +``; h ← f(3×3 kernel ∗ h + b) in each layer of ``"conv"``, the first two with a stride of 2; images of more
    than 16 pixels a side are averaged over 2×2 pixels first. A linear layer gives the scores.

    Args:
        architecture: one of ``ARCHITECTURES``.
        activations: names of the registry, or ``"linear"`` for none.
        inits: of every matrix and kernel, as for ``MLP``, one for each activation.
        depth: number of hidden layers, blocks or convolutions.
        width: units in each; a convolution has an eighth as many channels.
        inputs, classes: number of features and of scores; for ``"conv"`` the features are a square image.
        seed: each network draws from ``default_rng([seed, 0])``, in the order of the layers.

    Returns:
        A module from x of shape (networks, examples, inputs) to scores of shape (networks, examples, classes).

    Raises:
        ValueError: a name is unknown, or the features are no square image of even sides.

    Source: He et al. (2016), https://doi.org/10.1109/CVPR.2016.90; Ba et al. (2016), https://arxiv.org/abs/1607.06450

    >>> net = build("mlp", ["relu", "tanh"], inits=["he", "glorot"], depth=1, width=8, inputs=4, classes=3, seed=0)
    >>> net(torch.zeros(2, 5, 4, dtype=torch.float64)).shape
    torch.Size([2, 5, 3])
    """
    for name, given, known in (
        ("architecture", [architecture], ARCHITECTURES),
        ("init", inits, tuple(INITIALIZERS)),
    ):
        if unknown := [value for value in given if value not in known]:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {unknown[0]!r}")
    rngs = [np.random.default_rng([seed, 0]) for _ in activations]
    networks = len(activations)
    layers: list[nn.Module]
    if architecture == "mlp":
        layers = []
        for fan_in in [inputs, *[width] * (depth - 1)]:
            layers += [_Linear(fan_in, width, inits, rngs), _Function(activations)]
        last = width
    elif architecture in BLOCKS:
        shortcut, norm = BLOCKS[architecture]
        layers, last = [_Linear(inputs, width, inits, rngs)], width
        for _ in range(depth):
            before = [_Norm(networks, width)] if norm else []
            first, second = (_Linear(width, width, inits, rngs) for _ in range(2))
            inner = nn.Sequential(*before, first, _Function(activations), second)
            layers.append(_Shortcut(inner) if shortcut else inner)
        layers += [_Norm(networks, width)] if norm else []
    else:
        side, channels = math.isqrt(inputs), max(1, width // 8)
        if side * side != inputs or side % 2:
            raise ValueError(f"conv needs square images of even sides, got {inputs} features")
        layers = [_Image()]
        if side > LARGE:
            layers.append(_Halved())
            side //= 2
        for index in range(depth):
            stride = 2 if index < STRIDED else 1
            layers.append(_Convolution(channels if index else 1, channels, inits, rngs, stride=stride))
            layers.append(_Function(activations))
            side = -(-side // stride)
        layers.append(_Flat())
        last = channels * side * side
    return nn.Sequential(*layers, _Linear(last, classes, inits, rngs))


def optimizer_of(model: nn.Module, name: str, *, learning_rate: float, weight_decay: float) -> Any:
    """A PyTorch optimiser for all networks: each of its steps treats every weight alone.

    θ ← θ − step, after θ ← θ − learning_rate · weight_decay · θ for matrices and kernels with ``"adamw"``

    Args:
        model: from ``build``.
        name: ``"sgd"``; ``"momentum"``, SGD with momentum 0.9; ``"adam"``; ``"adamw"``.
        learning_rate: positive.
        weight_decay: of ``"adamw"`` alone, on matrices and kernels alone.

    Source: Loshchilov and Hutter (2019), https://arxiv.org/abs/1711.05101

    >>> net = build("mlp", ["relu"], inits=["he"], depth=1, width=8, inputs=4, classes=3, seed=0)
    >>> [len(g["params"]) for g in optimizer_of(net, "adamw", learning_rate=0.1, weight_decay=0.1).param_groups]
    [2, 2]
    """
    weights = list(model.parameters())
    if name in ("sgd", "momentum"):
        momentum = 0.9 if name == "momentum" else 0.0
        return torch.optim.SGD(weights, lr=learning_rate, momentum=momentum, fused=True)
    if name == "adam":
        return torch.optim.Adam(weights, lr=learning_rate, fused=True)
    matrices = [module.weight for module in model.modules() if isinstance(module, _Linear)]
    others = [weight for weight in weights if not any(weight is matrix for matrix in matrices)]
    groups = [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, fused=True)


def silent_shares(model: nn.Module, x: Tensor) -> np.ndarray[Any, Any]:
    """Share of the units whose input to the activation is never above 0, the mean over layers.

    share = mean over layers and units of [max over examples and places ≤ 0]

    Args:
        model: from ``build``.
        x: shape (networks, examples, inputs).

    Returns:
        One share a network.

    Source: the definition

    >>> net = build("mlp", ["relu"], inits=["he"], depth=1, width=8, inputs=4, classes=3, seed=0)
    >>> silent_shares(net, torch.zeros(1, 5, 4, dtype=torch.float64))
    array([1.])
    """
    functions = [module for module in model.modules() if isinstance(module, _Function)]
    for function in functions:
        function.count = True
    with torch.no_grad():
        model(x)
    for function in functions:
        function.count = False
    return np.mean([function.silent for function in functions], axis=0)
