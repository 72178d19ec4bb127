"""Gated units: two arrays of one shape, a value and a gate, multiplied; the gate goes through a function first.

Each ``f(value, gate)`` stands beside ``f_grad(value, gate)``, which returns both partial derivatives: that with respect
to the value, φ(gate), and that with respect to the gate, value · φ′(gate). Where φ′ jumps, it has the value of
``relubook.activations``, which is PyTorch's. As there, floats keep their dtype (the wider one of two), integers and
bools give float64, float16 is computed in float32, and NaN gives NaN; so does an infinite value behind a closed gate,
∞ · 0, which has no limit.

The docstring of a derivative says only what is new: arguments and errors are those of its function.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.activations import gelu as _gelu
from relubook.activations import gelu_grad as _gelu_grad
from relubook.activations import relu as _relu
from relubook.activations import relu_grad as _relu_grad
from relubook.activations import sigmoid as _sigmoid
from relubook.activations import sigmoid_grad as _sigmoid_grad
from relubook.activations import silu as _silu
from relubook.activations import silu_grad as _silu_grad

Array = NDArray[Any]


def glu(value: ArrayLike, gate: ArrayLike) -> Array:
    """Gated linear unit: the gate is a sigmoid, between closed and open.

    f(v, g) = v · σ(g)

    Args:
        value, gate: real, of one shape.

    Raises:
        TypeError: an argument is complex, a string, an object or masked.
        ValueError: the shapes differ.

    Source: Dauphin et al. (2017), https://proceedings.mlr.press/v70/dauphin17a.html

    >>> glu([2.0, 2.0, 2.0], [-np.inf, 0.0, np.inf])
    array([0., 1., 2.])
    """
    return _product("glu", value, gate, _sigmoid)


def glu_grad(value: ArrayLike, gate: ArrayLike) -> tuple[Array, Array]:
    """Derivatives of ``glu`` with respect to value and gate.

    ∂f/∂v = σ(g), ∂f/∂g = v · σ(g) (1 − σ(g))

    Source: the definition

    >>> [d.round(3).tolist() for d in glu_grad([2.0, 2.0], [0.0, 3.0])]
    [[0.5, 0.953], [0.5, 0.09]]
    """
    return _derivatives("glu_grad", value, gate, _sigmoid, _sigmoid_grad)


def reglu(value: ArrayLike, gate: ArrayLike) -> Array:
    """Gated unit with ReLU: the gate is closed below 0, and has no upper end.

    f(v, g) = v · max(0, g)

    Args:
        value, gate: real, of one shape.

    Raises:
        TypeError: an argument is complex, a string, an object or masked.
        ValueError: the shapes differ.

    Source: Shazeer (2020), https://arxiv.org/abs/2002.05202

    >>> reglu([2.0, -2.0, 2.0], [3.0, 3.0, -3.0])
    array([ 6., -6.,  0.])
    """
    return _product("reglu", value, gate, _relu)


def reglu_grad(value: ArrayLike, gate: ArrayLike) -> tuple[Array, Array]:
    """Derivatives of ``reglu`` with respect to value and gate; the latter is 0 at the kink g = 0.

    ∂f/∂v = max(0, g), ∂f/∂g = v for g > 0, else 0

    Source: the definition

    >>> [d.tolist() for d in reglu_grad([2.0, 2.0], [3.0, -3.0])]
    [[3.0, 0.0], [2.0, 0.0]]
    """
    return _derivatives("reglu_grad", value, gate, _relu, _relu_grad)


def geglu(value: ArrayLike, gate: ArrayLike) -> Array:
    """Gated unit with GELU.

    f(v, g) = v · g · Φ(g), with Φ the standard normal distribution

    Args:
        value, gate: real, of one shape.

    Raises:
        TypeError: an argument is complex, a string, an object or masked.
        ValueError: the shapes differ.

    Source: Shazeer (2020), https://arxiv.org/abs/2002.05202

    >>> geglu([2.0, 2.0], [3.0, -3.0]).round(3)
    array([ 5.992, -0.008])
    """
    return _product("geglu", value, gate, _gelu)


def geglu_grad(value: ArrayLike, gate: ArrayLike) -> tuple[Array, Array]:
    """Derivatives of ``geglu`` with respect to value and gate.

    ∂f/∂v = g Φ(g), ∂f/∂g = v · (Φ(g) + g φ(g)), with φ the normal density

    Source: the definition

    >>> [d.round(3).tolist() for d in geglu_grad([2.0, 2.0], [3.0, 0.0])]
    [[2.996, 0.0], [2.024, 1.0]]
    """
    return _derivatives("geglu_grad", value, gate, _gelu, _gelu_grad)


def swiglu(value: ArrayLike, gate: ArrayLike) -> Array:
    """Gated unit with SiLU, which was once called Swish.

    f(v, g) = v · g · σ(g)

    Args:
        value, gate: real, of one shape.

    Raises:
        TypeError: an argument is complex, a string, an object or masked.
        ValueError: the shapes differ.

    Source: Shazeer (2020), https://arxiv.org/abs/2002.05202

    >>> swiglu([2.0, 2.0], [3.0, -3.0]).round(3)
    array([ 5.715, -0.285])
    """
    return _product("swiglu", value, gate, _silu)


def swiglu_grad(value: ArrayLike, gate: ArrayLike) -> tuple[Array, Array]:
    """Derivatives of ``swiglu`` with respect to value and gate.

    ∂f/∂v = g σ(g), ∂f/∂g = v · σ(g) (1 + g (1 − σ(g)))

    Source: the definition

    >>> [d.round(3).tolist() for d in swiglu_grad([2.0, 2.0], [3.0, 0.0])]
    [[2.858, 0.0], [2.176, 1.0]]
    """
    return _derivatives("swiglu_grad", value, gate, _silu, _silu_grad)


def bilinear(value: ArrayLike, gate: ArrayLike) -> Array:
    """Gated unit without a function: a product, and nothing else.

    f(v, g) = v · g

    Args:
        value, gate: real, of one shape.

    Raises:
        TypeError: an argument is complex, a string, an object or masked.
        ValueError: the shapes differ.

    Source: Dauphin et al. (2017), https://proceedings.mlr.press/v70/dauphin17a.html

    >>> bilinear([2.0, -2.0], [3.0, -3.0])
    array([6., 6.])
    """
    return _product("bilinear", value, gate, np.positive)


def bilinear_grad(value: ArrayLike, gate: ArrayLike) -> tuple[Array, Array]:
    """Derivatives of ``bilinear`` with respect to value and gate.

    ∂f/∂v = g, ∂f/∂g = v

    Source: the definition

    >>> [d.tolist() for d in bilinear_grad([2.0], [3.0])]
    [[3.0], [2.0]]
    """
    return _derivatives("bilinear_grad", value, gate, np.positive, np.ones_like)


def _product(name: str, value: ArrayLike, gate: ArrayLike, phi: Callable[[Array], Array]) -> Array:
    v, g, dtype = _checked(name, value, gate)
    with np.errstate(invalid="ignore"):  # ∞ · 0 is NaN, as it should be
        return (v * phi(g)).astype(dtype, copy=False)[()]


def _derivatives(
    name: str,
    value: ArrayLike,
    gate: ArrayLike,
    phi: Callable[[Array], Array],
    phi_grad: Callable[[Array], Array],
) -> tuple[Array, Array]:
    v, g, dtype = _checked(name, value, gate)
    with np.errstate(invalid="ignore"):  # NaN in either argument shows in both derivatives
        parts = np.where(np.isnan(v), v, phi(g)), np.where(np.isnan(g), g, v * phi_grad(g))
    first, second = (part.astype(dtype, copy=False)[()] for part in parts)
    return first, second


def _checked(name: str, value: ArrayLike, gate: ArrayLike) -> tuple[Array, Array, np.dtype[Any]]:
    """Both arrays in the dtype to compute in, and the dtype of the result."""
    arrays = []
    for argument, given in (("value", value), ("gate", gate)):
        if isinstance(given, np.ma.MaskedArray):
            raise TypeError(f"{name}: {argument} is a masked array, whose mask would be lost; fill it first")
        array = np.asarray(given)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"{name}: {argument} must hold real numbers, got dtype {array.dtype}")
        arrays.append(array if array.dtype.kind == "f" else array.astype(np.float64))
    v, g = arrays
    if v.shape != g.shape:
        raise ValueError(f"{name}: value and gate must have one shape, got {v.shape} and {g.shape}")
    dtype = np.result_type(v, g) if v.dtype != g.dtype else v.dtype
    working = np.dtype(np.float32) if dtype.type is np.float16 else dtype.newbyteorder("=")
    return v.astype(working, copy=False), g.astype(working, copy=False), dtype
