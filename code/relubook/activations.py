"""ReLU and its family: every function beside its derivative, its record below the pair, and one registry of them all.

``f(x)`` is the activation and ``f_grad(x)`` its derivative with respect to ``x``, taken at the same
pre-activation ``x`` and with the same parameters. Where the derivative jumps (a *kink*), it has the value
that PyTorch's automatic differentiation gives. Each body is the formula in a form that neither overflows nor
cancels in its tails; the decorator ``_elementwise`` adds, once for all, what every function promises:

- ``x`` is any real array-like of any shape, but no masked array, whose mask would be lost; the result has that
  shape, and is a NumPy scalar for a 0-d ``x``.
- Floats keep their dtype, byte order included; integers and bools give float64. (``relu`` and ``relu6`` keep
  integers too.) A longdouble is computed as one, except that ``gelu`` has float64's precision.
- NaN gives NaN. Every other input, ±inf included, gives the mathematical limit without a warning; only a
  result beyond the dtype's range overflows, as it does in NumPy. A parameter may be any finite number, also one
  beyond the dtype's range: the result is then the true one, rounded to the dtype without a warning.

The docstring of a derivative says only what is new: ``x``, parameters, dtypes, errors and, where none is named, the
source are those of its function.

To add an activation, write the pair and its record below it. CONTRIBUTING.md has an example.
"""

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ParamSpec

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
P = ParamSpec("P")

# Klambauer et al. (2017), section 2: the values for which mean 0 and variance 1 are a fixed point.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805

SQRT_2_OVER_PI = np.sqrt(2 / np.pi).item()
GELU_CUBIC = 0.044715


# --- The registry -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class Activation:
    """One activation: its functions, and what tables, tests and bridges need to know of it.

    An entry of ``ACTIVATIONS`` is one object: copied, or pickled and loaded, it is still that entry.

    Attributes:
        name: the key in ``ACTIVATIONS``, read off ``fn``.
        fn, grad: the function and its derivative with respect to ``x``.
        defaults: parameter names and default values, read off ``fn``.
        kinks: where the derivative jumps, with the default parameters.
        formula, grad_formula: LaTeX, without the left-hand side.
        range: infimum and supremum of the values, with the default parameters.
        keras, torch: the dotted names of the same function there; None where there is none.
    """

    fn: Callable[..., Array]
    grad: Callable[..., Array]
    kinks: tuple[float, ...] = ()
    formula: str
    grad_formula: str
    range: tuple[float, float]
    keras: str | None = None
    torch: str | None = None

    @property
    def name(self) -> str:
        return self.fn.__name__

    @property
    def defaults(self) -> Mapping[str, float | bool]:
        return MappingProxyType(
            {
                parameter.name: parameter.default
                for parameter in inspect.signature(self.fn).parameters.values()
                if parameter.name not in ("x", "out")
            }
        )

    def with_defaults(self, **parameters: Any) -> dict[str, Any]:
        """All parameters of ``fn``: those given, and the defaults of the others.

        Raises:
            TypeError: ``fn`` does not have such a parameter, or it is not real.
            ValueError: a parameter is out of range.

        >>> get("elu").with_defaults()
        {'alpha': 1.0}
        """
        for name in parameters:
            if name not in self.defaults:
                known = ", ".join(self.defaults) or "none"
                raise TypeError(f"{self.name} has no parameter {name!r}; it has {known}")
        self.fn(0.0, **parameters)  # reports a value that is out of range
        return {**self.defaults, **parameters}

    def __reduce_ex__(self, protocol: Any) -> Any:
        if ACTIVATIONS.get(self.name) is self:
            return get, (self.name,)
        return super().__reduce_ex__(protocol)  # an entry of the reader's own


class _Registry(Mapping[str, Activation]):
    """The activations by name, in the order of this file; only ``_register`` writes to it."""

    def __init__(self) -> None:
        self._entries: dict[str, Activation] = {}

    def __getitem__(self, name: str) -> Activation:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<the activations {', '.join(self)}>"

    def __reduce__(self) -> str:
        return "ACTIVATIONS"  # copies and pickles are this very object


ACTIVATIONS: Mapping[str, Activation] = _Registry()


def get(name_or_callable: str | Activation | Callable[..., Array]) -> Activation:
    """The registry entry of an activation, given its name, its function, or the entry itself.

    get(name) = get(function) = ACTIVATIONS[name]

    Args:
        name_or_callable: a key of ``ACTIVATIONS``, a function that is registered there, or an entry, which is returned.

    Raises:
        ValueError: nothing is registered under that name or for that function.

    Source: ``relubook.activations.ACTIVATIONS``

    >>> get("relu").fn is relu, get(relu) is get("relu")
    (True, True)
    """
    if isinstance(name_or_callable, Activation):
        return name_or_callable
    for activation in ACTIVATIONS.values():
        if name_or_callable is activation.fn or (
            isinstance(name_or_callable, str) and name_or_callable == activation.name
        ):
            return activation
    raise ValueError(f"unknown activation {name_or_callable!r}; known are {', '.join(ACTIVATIONS)}")


def _register(fn: Callable[..., Array], grad: Callable[..., Array], **record: Any) -> None:
    """Add a pair to the registry, with the fields of ``Activation``."""
    activation = Activation(fn=fn, grad=grad, **record)
    name = activation.name
    if grad.__name__ != f"{name}_grad":
        raise ValueError(f"the derivative of {name} must be named {name}_grad, not {grad.__name__}")
    parameters = {key: value for key, value in inspect.signature(fn).parameters.items() if key != "out"}
    if inspect.signature(grad).parameters != parameters:
        raise ValueError(f"{name}_grad must have the parameters and defaults of {name}")
    if name in ACTIVATIONS:
        raise ValueError(f"{name} is registered already")
    ACTIVATIONS._entries[name] = activation  # type: ignore[attr-defined]


# --- What all functions promise -----------------------------------------------------------------------------


def _elementwise(
    *, exact: bool = False, positive: bool = False
) -> Callable[[Callable[P, Array]], Callable[P, Array]]:
    """Give a formula the promises of this module.

    ``exact`` marks a function that only compares and selects, and so is exact in every dtype; the others
    compute float16 in float32. ``positive`` demands that the parameters be above zero. What a parameter may be
    stands in its annotation: ``float`` for one number, ``bool`` for True or False, ``ArrayLike`` for an array too.
    """

    def decorate(formula: Callable[P, Array]) -> Callable[P, Array]:
        name = getattr(formula, "__name__", "activation")
        signature = inspect.signature(formula)
        annotations = {key: parameter.annotation for key, parameter in signature.parameters.items()}

        @functools.wraps(formula)
        def activation(*args: P.args, **kwargs: P.kwargs) -> Array:
            parameters: dict[str, Any]
            if len(args) == 1 and "x" not in kwargs and kwargs.keys() <= annotations.keys():
                x, parameters = args[0], kwargs  # the usual call, without the price of bind
            else:
                try:
                    parameters = signature.bind(*args, **kwargs).arguments
                except TypeError as error:
                    raise TypeError(f"{name}: {error}") from None
                x = parameters.pop("x")
            x = _real_array(name, "x", x)
            keeps = x.dtype.kind == "f" or (exact and x.dtype.kind in "iu")
            dtype = x.dtype if keeps else np.dtype(np.float64)
            if (out := parameters.pop("out", None)) is not None:
                _check_out(name, out, dtype, x.shape)
                return formula(x.astype(dtype.newbyteorder("="), copy=False), out=out)
            half = dtype.type is np.float16 and not exact
            working = np.dtype(np.float32) if half else dtype.newbyteorder("=")
            if not parameters:
                return formula(x.astype(working, copy=False)).astype(dtype, copy=False)[()]  # type: ignore[call-arg]
            for key, value in parameters.items():
                parameters[key] = _parameter(name, key, value, annotations[key], positive=positive)
            quiet: Any = nullcontext()
            if not _holds(dtype, parameters):
                # A wider dtype has the true result, which may overflow this one.
                wider = (kind for kind in WIDENING if _holds(kind, parameters))
                working = np.result_type(working, next(wider, np.longdouble))
                quiet = np.errstate(over="ignore")
            with quiet:
                y = formula(
                    x.astype(working, copy=False),
                    **{
                        key: value if isinstance(value, bool) else value.astype(working)[()]
                        for key, value in parameters.items()
                    },
                )
                return y.astype(dtype, copy=False)[()]

        return activation

    return decorate


WIDENING = tuple(np.dtype(kind) for kind in (np.float32, np.float64, np.longdouble))


def _real_array(function: str, argument: str, value: ArrayLike, kinds: str = "biuf") -> Array:
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{function}: {argument} is a masked array, whose mask would be lost; fill it first")
    array = np.asarray(value)
    if array.dtype.kind not in kinds:
        raise TypeError(f"{function}: {argument} must hold real numbers, got dtype {array.dtype}")
    return array


def _parameter(function: str, parameter: str, value: Any, annotation: Any, *, positive: bool) -> Array | bool:
    """The value of a parameter, checked: an array, or a bool where the annotation asks for one."""
    if annotation is bool:
        if not isinstance(value, bool | np.bool_):
            raise TypeError(f"{function}: {parameter} must be True or False, got {value!r}")
        return bool(value)
    array = _real_array(function, parameter, value, kinds="iuf")
    if annotation is float and array.ndim:
        raise TypeError(f"{function}: {parameter} must be one number, got an array of shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{function}: {parameter} must be finite, got {value!r}")
    if positive and not (array > 0).all():
        raise ValueError(f"{function}: {parameter} must be positive, got {value!r}")
    return array


def _holds(dtype: np.dtype[Any], parameters: Mapping[str, Array | bool]) -> bool:
    """Whether every number is within the normal range of the dtype, or 0."""
    limits = np.finfo(dtype)
    sizes = [np.abs(value) for value in parameters.values() if not isinstance(value, bool)]
    return all(
        ((size == 0) | ((size >= limits.smallest_normal) & (size <= limits.max))).all() for size in sizes
    )


def _check_out(function: str, out: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
        raise TypeError(f"{function}: out must be a plain NumPy array, got {type(out).__name__}")
    if not np.can_cast(dtype, out.dtype, "same_kind"):
        raise TypeError(f"{function}: out of dtype {out.dtype} cannot hold the result, which is {dtype}")
    if out.shape != shape:
        raise ValueError(f"{function}: out must have the shape of x, {shape}, got {out.shape}")
    if not out.flags.writeable:
        raise ValueError(f"{function}: out is read-only")


def _floored(x: Array) -> Array:
    """x with the lowest finite number in place of −inf, so that its product with 0 is 0 and not NaN."""
    return np.clip(x, np.finfo(x.dtype).min, np.inf)


def _positive_part(x: Array, out: Array | None = None) -> Array:
    """max(x, 0), in the fastest way that NumPy has for the dtype.

    NumPy compiles ``clip`` between two numbers to vector instructions for float32 and float64, and ``maximum`` of an
    array and a number not: in cache it takes four times as long. For float16 and integers ``maximum`` is faster.
    """
    if x.dtype in (np.float32, np.float64):
        return np.clip(x, 0, np.inf, out=out)
    return np.maximum(x, 0, out=out)


def _negative_part(x: Array) -> Array:
    """min(x, 0) of float32 or float64, by ``clip`` for its speed."""
    return np.clip(x, -np.inf, 0)


def _step(x: Array) -> Array:
    """1 where x > 0, 0 where x ≤ 0, NaN where x is NaN."""
    return np.sign(_positive_part(x))


def _times_negative_part(slope: ArrayLike, x: Array) -> Array:
    """slope · min(x, 0), and 0 where the slope is 0 even if x is −inf."""
    slope = np.asarray(slope, dtype=x.dtype)
    with np.errstate(invalid="ignore"):
        y = slope * _negative_part(x)
    return y if slope.all() else np.where(slope == 0, 0, y)


# --- Rectifiers: straight lines that meet at a kink ---------------------------------------------------------


@_elementwise(exact=True)
def relu(x: ArrayLike, out: Array | None = None) -> Array:
    """Rectified linear unit.

    f(x) = max(0, x); −0.0 stays −0.0, as in PyTorch

    Args:
        x: real, any shape and dtype; floats and integers keep their dtype, bools give float64.
        out: an array of the shape of ``x`` to write the result to; it may be ``x`` itself.

    Raises:
        TypeError: ``x`` is complex, a string or an object, or ``out`` is no array or cannot hold the result's dtype.
        ValueError: ``out`` has another shape or is read-only.

    Source: Nair and Hinton (2010), https://icml.cc/Conferences/2010/papers/432.pdf

    >>> relu([-2, 0, 3])
    array([0, 0, 3])
    """
    return _positive_part(x, out)


@_elementwise()
def relu_grad(x: ArrayLike) -> Array:
    """Derivative of ``relu``; 0 at the kink x = 0.

    f′(x) = 1 for x > 0, else 0

    Source: Bertoin et al. (2021) on the value at 0, https://proceedings.neurips.cc/paper/2021/hash/043ab21fc5a1607b381ac3896176dac6-Abstract.html

    >>> relu_grad([-2.0, 0.0, 3.0])
    array([0., 0., 1.])
    """
    return _step(x)


_register(
    relu,
    relu_grad,
    kinks=(0.0,),
    formula=r"\max(0, x)",
    grad_formula=r"[x > 0]",
    range=(0.0, np.inf),
    keras="keras.activations.relu",
    torch="torch.nn.ReLU",
)


@_elementwise()
def leaky_relu(x: ArrayLike, negative_slope: float = 0.01) -> Array:
    """Leaky ReLU: a small fixed slope on the negative side.

    f(x) = max(0, x) + negative_slope · min(0, x)

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.
        negative_slope: finite; above 1 or below 0 is allowed (0 is ``relu``).

    Raises:
        TypeError: ``x`` or ``negative_slope`` is not real.
        ValueError: ``negative_slope`` is not finite.

    Source: Maas et al. (2013), https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf

    >>> leaky_relu([-2.0, 0.0, 3.0], negative_slope=0.1)
    array([-0.2,  0. ,  3. ])
    """
    return _positive_part(x) + _times_negative_part(negative_slope, x)


@_elementwise()
def leaky_relu_grad(x: ArrayLike, negative_slope: float = 0.01) -> Array:
    """Derivative of ``leaky_relu``; the slope at the kink x = 0.

    f′(x) = 1 for x > 0, else negative_slope

    >>> leaky_relu_grad([-2.0, 0.0, 3.0], negative_slope=0.1)
    array([0.1, 0.1, 1. ])
    """
    positive = _step(x)
    return positive + negative_slope * (1 - positive)


_register(
    leaky_relu,
    leaky_relu_grad,
    kinks=(0.0,),
    formula=r"\max(0, x) + \lambda \min(0, x)",
    grad_formula=r"[x > 0] + \lambda\,[x \le 0]",
    range=(-np.inf, np.inf),
    keras="keras.activations.leaky_relu",
    torch="torch.nn.LeakyReLU",
)


@_elementwise()
def prelu(x: ArrayLike, negative_slope: ArrayLike = 0.25) -> Array:
    """Parametric ReLU: leaky ReLU whose slopes are learned.

    f(x) = max(0, x) + negative_slope · min(0, x)

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.
        negative_slope: finite; a scalar or an array that broadcasts against ``x``, such as one slope a unit.

    Raises:
        TypeError: ``x`` or ``negative_slope`` is not real.
        ValueError: ``negative_slope`` is not finite, or does not broadcast against ``x``.

    Source: He et al. (2015), https://doi.org/10.1109/ICCV.2015.123

    >>> prelu([[-2.0, -2.0], [3.0, 3.0]], negative_slope=[0.5, 0.25])
    array([[-1. , -0.5],
           [ 3. ,  3. ]])
    """
    _check_broadcast("prelu", x, negative_slope)
    return _positive_part(x) + _times_negative_part(negative_slope, x)


@_elementwise()
def prelu_grad(x: ArrayLike, negative_slope: ArrayLike = 0.25) -> Array:
    """Derivative of ``prelu`` with respect to ``x``; the slope at the kink x = 0.

    ∂f/∂x = 1 for x > 0, else negative_slope

    >>> prelu_grad([[-2.0, -2.0], [3.0, 3.0]], negative_slope=[0.5, 0.25])
    array([[0.5 , 0.25],
           [1.  , 1.  ]])
    """
    _check_broadcast("prelu_grad", x, negative_slope)
    positive = _step(x)
    return positive + negative_slope * (1 - positive)


_register(
    prelu,
    prelu_grad,
    kinks=(0.0,),
    formula=r"\max(0, x) + \lambda \min(0, x)",
    grad_formula=r"[x > 0] + \lambda\,[x \le 0]",
    range=(-np.inf, np.inf),
    keras="keras.layers.PReLU",
    torch="torch.nn.PReLU",
)


@_elementwise()
def prelu_slope_grad(x: ArrayLike, negative_slope: ArrayLike = 0.25) -> Array:
    """Derivative of ``prelu`` with respect to its slope, one value per output: the caller sums it.

    ∂f/∂negative_slope = min(0, x)

    Args:
        x: the pre-activation, real, any shape; floats keep their dtype, integers and bools give float64.
        negative_slope: as for ``prelu``; its values do not matter, its shape does.

    Raises:
        TypeError: ``x`` or ``negative_slope`` is not real.
        ValueError: ``negative_slope`` is not finite, or does not broadcast against ``x``.

    Source: He et al. (2015), https://doi.org/10.1109/ICCV.2015.123

    >>> prelu_slope_grad([-2.0, 3.0])
    array([-2.,  0.])
    """
    shape = _check_broadcast("prelu_slope_grad", x, negative_slope)
    return np.broadcast_to(_negative_part(x), shape).copy()


def _check_broadcast(function: str, x: Array, negative_slope: ArrayLike) -> tuple[int, ...]:
    shape = np.shape(negative_slope)
    try:
        return np.broadcast_shapes(x.shape, shape)
    except ValueError:
        raise ValueError(
            f"{function}: negative_slope of shape {shape} does not broadcast against x of shape {x.shape}"
        ) from None


@_elementwise(exact=True)
def relu6(x: ArrayLike) -> Array:
    """ReLU capped at 6.

    f(x) = min(max(0, x), 6)

    Args:
        x: real, any shape; floats and integers keep their dtype, bools give float64.

    Raises:
        TypeError: ``x`` is complex, a string or an object.

    Source: Sandler et al. (2018), https://doi.org/10.1109/CVPR.2018.00474

    >>> relu6([-2, 3, 9])
    array([0, 3, 6])
    """
    return np.clip(x, 0, 6)


@_elementwise()
def relu6_grad(x: ArrayLike) -> Array:
    """Derivative of ``relu6``; 0 at both kinks, x = 0 and x = 6.

    f′(x) = 1 for 0 < x < 6, else 0

    >>> relu6_grad([-2.0, 0.0, 3.0, 6.0, 9.0])
    array([0., 0., 1., 0., 0.])
    """
    return _step(x) * _step(6 - x)


_register(
    relu6,
    relu6_grad,
    kinks=(0.0, 6.0),
    formula=r"\min(\max(0, x), 6)",
    grad_formula=r"[0 < x < 6]",
    range=(0.0, 6.0),
    keras="keras.activations.relu6",
    torch="torch.nn.ReLU6",
)


@_elementwise()
def squared_relu(x: ArrayLike) -> Array:
    """Squared ReLU.

    f(x) = max(0, x)²

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64 (an integer would wrap).

    Raises:
        TypeError: ``x`` is complex, a string or an object.

    Source: So et al. (2021), https://proceedings.neurips.cc/paper/2021/hash/2f3c6a4cd8af177f6456e7e51a916ff3-Abstract.html

    >>> squared_relu([-2.0, 0.0, 3.0])
    array([0., 0., 9.])
    """
    return np.square(_positive_part(x))


@_elementwise()
def squared_relu_grad(x: ArrayLike) -> Array:
    """Derivative of ``squared_relu``, which has no kink.

    f′(x) = 2 max(0, x)

    >>> squared_relu_grad([-2.0, 0.0, 3.0])
    array([0., 0., 6.])
    """
    return 2 * _positive_part(x)


_register(
    squared_relu,
    squared_relu_grad,
    formula=r"\max(0, x)^2",
    grad_formula=r"2 \max(0, x)",
    range=(0.0, np.inf),
)


# --- Exponential units: a negative side that saturates ------------------------------------------------------


@_elementwise()
def elu(x: ArrayLike, alpha: float = 1.0) -> Array:
    """Exponential linear unit.

    f(x) = x for x > 0, else alpha · (exp(x) − 1)

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.
        alpha: finite; −alpha is the limit at −inf.

    Raises:
        TypeError: ``x`` or ``alpha`` is not real.
        ValueError: ``alpha`` is not finite.

    Source: Clevert et al. (2016), https://arxiv.org/abs/1511.07289

    >>> elu([-np.inf, 0.0, 1000.0])
    array([  -1.,    0., 1000.])
    """
    return _positive_part(x) + alpha * np.expm1(_negative_part(x))


@_elementwise()
def elu_grad(x: ArrayLike, alpha: float = 1.0) -> Array:
    """Derivative of ``elu``; alpha at x = 0, which is a kink unless alpha is 1.

    f′(x) = 1 for x > 0, else alpha · exp(x)

    >>> elu_grad([-np.inf, 0.0, 3.0], alpha=2.0)
    array([0., 2., 1.])
    """
    return np.where(x > 0, 1, alpha * np.exp(_negative_part(x)))


_register(
    elu,
    elu_grad,
    formula=r"\max(0, x) + \alpha\,(e^{\min(0, x)} - 1)",
    grad_formula=r"[x > 0] + \alpha e^x\,[x \le 0]",
    range=(-1.0, np.inf),
    keras="keras.activations.elu",
    torch="torch.nn.ELU",
)


@_elementwise(positive=True)
def celu(x: ArrayLike, alpha: float = 1.0) -> Array:
    """Continuously differentiable exponential linear unit.

    f(x) = max(0, x) + alpha · (exp(min(0, x) / alpha) − 1)

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.
        alpha: finite and positive; −alpha is the limit at −inf.

    Raises:
        TypeError: ``x`` or ``alpha`` is not real.
        ValueError: ``alpha`` is not finite and positive.

    Source: Barron (2017), https://arxiv.org/abs/1704.07483

    >>> celu([-np.inf, 0.0, 3.0], alpha=2.0)
    array([-2.,  0.,  3.])
    """
    with np.errstate(over="ignore"):  # exp of a quotient that overflows to −inf is 0, the limit
        return _positive_part(x) + alpha * np.expm1(_negative_part(x) / alpha)


@_elementwise(positive=True)
def celu_grad(x: ArrayLike, alpha: float = 1.0) -> Array:
    """Derivative of ``celu``, which has no kink.

    f′(x) = exp(min(0, x) / alpha)

    >>> celu_grad([-np.inf, 0.0, 3.0], alpha=2.0)
    array([0., 1., 1.])
    """
    with np.errstate(over="ignore"):
        return np.exp(_negative_part(x) / alpha)


_register(
    celu,
    celu_grad,
    formula=r"\max(0, x) + \alpha\,(e^{\min(0, x) / \alpha} - 1)",
    grad_formula=r"e^{\min(0, x) / \alpha}",
    range=(-1.0, np.inf),
    keras="keras.activations.celu",
    torch="torch.nn.CELU",
)


@_elementwise()
def selu(x: ArrayLike) -> Array:
    """Scaled exponential linear unit: ELU with the two constants that keep mean 0 and variance 1.

    f(x) = s·x for x > 0, else s·a·(exp(x) − 1), with a = 1.67326324… and s = 1.05070098…

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.

    Raises:
        TypeError: ``x`` is complex, a string or an object.

    Source: Klambauer et al. (2017), https://proceedings.neurips.cc/paper/2017/hash/5d44ee6f2c3f71b73125876103c8f6c4-Abstract.html

    >>> selu([-np.inf, 0.0, 1.0]).round(4)
    array([-1.7581,  0.    ,  1.0507])
    """
    return SELU_SCALE * (_positive_part(x) + SELU_ALPHA * np.expm1(_negative_part(x)))


@_elementwise()
def selu_grad(x: ArrayLike) -> Array:
    """Derivative of ``selu``; s·a = 1.7581 at the kink x = 0.

    f′(x) = s for x > 0, else s·a·exp(x), with a = 1.67326324… and s = 1.05070098…

    >>> selu_grad([-np.inf, 0.0, 1.0]).round(4)
    array([0.    , 1.7581, 1.0507])
    """
    return np.where(x > 0, SELU_SCALE, SELU_SCALE * SELU_ALPHA * np.exp(_negative_part(x)))


_register(
    selu,
    selu_grad,
    kinks=(0.0,),
    formula=r"s\,\bigl(\max(0, x) + a\,(e^{\min(0, x)} - 1)\bigr)",
    grad_formula=r"s\,[x > 0] + s a e^x\,[x \le 0]",
    range=(-SELU_SCALE * SELU_ALPHA, np.inf),
    keras="keras.activations.selu",
    torch="torch.nn.SELU",
)


# --- Smooth relatives: softplus, and x times a gate ---------------------------------------------------------


@_elementwise(positive=True)
def softplus(x: ArrayLike, beta: float = 1.0) -> Array:
    """Softplus, a smooth upper bound of ReLU.

    f(x) = log(1 + exp(beta·x)) / beta = max(0, x) + log(1 + exp(−|beta·x|)) / beta

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.
        beta: finite and positive; the larger, the closer to ReLU.

    Raises:
        TypeError: ``x`` or ``beta`` is not real.
        ValueError: ``beta`` is not finite and positive.

    Source: Dugas et al. (2001), https://proceedings.neurips.cc/paper/2000/hash/44968aece94f667e4095002d140b5896-Abstract.html

    >>> softplus([-np.inf, 0.0, 1000.0]).round(4)
    array([0.000e+00, 6.931e-01, 1.000e+03])
    """
    # An array even for a 0-d x: the steps below write to it, which saves half of the time.
    z = np.asarray(np.abs(x))
    with np.errstate(over="ignore"):  # exp of a product that overflows to −inf is 0, the limit
        z *= -beta
    z = np.log1p(np.exp(z, out=z), out=z)
    return _positive_part(x) + z / beta


@_elementwise(positive=True)
def softplus_grad(x: ArrayLike, beta: float = 1.0) -> Array:
    """Derivative of ``softplus``: the logistic sigmoid of beta·x.

    f′(x) = 1 / (1 + exp(−beta·x))

    >>> softplus_grad([-np.inf, 0.0, np.inf])
    array([0. , 0.5, 1. ])
    """
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-beta * x))


_register(
    softplus,
    softplus_grad,
    formula=r"\log(1 + e^{\beta x}) / \beta",
    grad_formula=r"1 / (1 + e^{-\beta x})",
    range=(0.0, np.inf),
    keras="keras.activations.softplus",
    torch="torch.nn.Softplus",
)


def _normal_distribution(x: Array) -> Array:
    """Φ(x). SciPy, imported here because only GELU needs it, has no longdouble; that goes through float64."""
    from scipy.special import ndtr

    if x.dtype in (np.float32, np.float64):
        return ndtr(x)
    return ndtr(np.clip(x, -160, 160).astype(np.float64)).astype(x.dtype)


@_elementwise()
def gelu(x: ArrayLike, approximate: bool = False) -> Array:
    """Gaussian error linear unit.

    f(x) = x · Φ(x), with Φ the standard normal distribution function. With ``approximate``, the tanh form
    f(x) = x/2 · (1 + tanh u) = x / (1 + exp(−2u)), with u = √(2/π) · (x + 0.044715 x³)

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.
        approximate: True for the tanh form.

    Raises:
        TypeError: ``x`` is complex, a string or an object, or ``approximate`` is neither True nor False.

    Source: Hendrycks and Gimpel (2016), https://arxiv.org/abs/1606.08415

    >>> gelu([-np.inf, 0.0, 1.0]).round(4)
    array([-0.    ,  0.    ,  0.8413])
    >>> gelu(1.0, approximate=True).round(4)
    np.float64(0.8412)
    """
    x = _floored(x)
    if not approximate:
        return x * _normal_distribution(x)
    with np.errstate(over="ignore"):  # −∞ and ∞ in the exponent give the limits x and 0
        return x / (1 + np.exp(-2 * SQRT_2_OVER_PI * x * (1 + GELU_CUBIC * x * x)))


@_elementwise()
def gelu_grad(x: ArrayLike, approximate: bool = False) -> Array:
    """Derivative of ``gelu``.

    f′(x) = Φ(x) + x · φ(x), with φ the standard normal density. With ``approximate``,
    f′(x) = s(2u) + x · s′(2u) · 2u′, with s the sigmoid and u′ = √(2/π) · (1 + 3·0.044715 x²)

    >>> gelu_grad([-np.inf, 0.0, np.inf])
    array([0. , 0.5, 1. ])
    """
    x = np.clip(x, -160, 160)  # beyond, f′ is 0 or 1 in every dtype, and x · φ(x) could be inf · 0
    if not approximate:
        return _normal_distribution(x) + x * np.exp(-x * x / 2) / np.sqrt(2 * np.pi).item()
    u = SQRT_2_OVER_PI * x * (1 + GELU_CUBIC * x * x)
    return sigmoid(2 * u) + x * sigmoid_grad(2 * u) * 2 * SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * x * x)


_register(
    gelu,
    gelu_grad,
    formula=r"x\,\Phi(x)",
    grad_formula=r"\Phi(x) + x\,\varphi(x)",
    range=(-0.16997120747990369, np.inf),
    keras="keras.activations.gelu",
    torch="torch.nn.GELU",
)


@_elementwise()
def silu(x: ArrayLike) -> Array:
    """Sigmoid linear unit: Swish with beta = 1.

    f(x) = x · sigmoid(x) = x / (1 + exp(−x))

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.

    Raises:
        TypeError: ``x`` is complex, a string or an object.

    Source: Elfwing et al. (2018), https://doi.org/10.1016/j.neunet.2017.12.012

    >>> silu([-np.inf, 0.0, 1.0]).round(4)
    array([-0.    ,  0.    ,  0.7311])
    """
    x = _floored(x)
    with np.errstate(over="ignore"):  # x / inf is 0, the limit
        return x / (1 + np.exp(-x))


@_elementwise()
def silu_grad(x: ArrayLike) -> Array:
    """Derivative of ``silu``.

    f′(x) = s(x) + x · s′(x), with s the sigmoid

    >>> silu_grad([-np.inf, 0.0, np.inf])
    array([0. , 0.5, 1. ])
    """
    x = np.clip(x, -12_000, 12_000)  # beyond, f′ is 0 or 1 in every dtype, and x · s′(x) could be inf · 0
    return sigmoid(x) + x * sigmoid_grad(x)


_register(
    silu,
    silu_grad,
    formula=r"x\,\sigma(x)",
    grad_formula=r"\sigma(x) + x\,\sigma(x)\,\sigma(-x)",
    range=(-0.27846454276107379, np.inf),
    keras="keras.activations.silu",
    torch="torch.nn.SiLU",
)


@_elementwise(positive=True)
def swish(x: ArrayLike, beta: float = 1.0) -> Array:
    """Swish: SiLU with a switch whose steepness is a parameter.

    f(x) = x · sigmoid(beta·x) = x / (1 + exp(−beta·x))

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.
        beta: finite and positive; 1 is SiLU, and the larger, the closer to ReLU.

    Raises:
        TypeError: ``x`` or ``beta`` is not real.
        ValueError: ``beta`` is not finite and positive.

    Source: Ramachandran et al. (2017), https://arxiv.org/abs/1710.05941

    >>> swish([-np.inf, 0.0, 1.0], beta=2.0).round(4)
    array([-0.    ,  0.    ,  0.8808])
    """
    with np.errstate(over="ignore"):  # x / inf is 0, the limit
        return _floored(x) / (1 + np.exp(-beta * x))


@_elementwise(positive=True)
def swish_grad(x: ArrayLike, beta: float = 1.0) -> Array:
    """Derivative of ``swish``.

    f′(x) = s(z) + z · s′(z), with z = beta·x and s the sigmoid

    >>> swish_grad([-np.inf, 0.0, np.inf], beta=2.0)
    array([0. , 0.5, 1. ])
    """
    with np.errstate(over="ignore"):
        z = np.clip(beta * x, -12_000, 12_000)  # beyond, f′ is 0 or 1, as in silu_grad
    return sigmoid(z) + z * sigmoid_grad(z)


_register(
    swish,
    swish_grad,
    formula=r"x\,\sigma(\beta x)",
    grad_formula=r"\sigma(\beta x) + \beta x\,\sigma(\beta x)\,\sigma(-\beta x)",
    range=(-0.27846454276107379, np.inf),
)


@_elementwise()
def mish(x: ArrayLike) -> Array:
    """Mish.

    f(x) = x · tanh(softplus(x)) = x · n / (n + 2), with n = e·(e + 2) and e = exp(x)

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.

    Raises:
        TypeError: ``x`` is complex, a string or an object.

    Source: Misra (2020), https://arxiv.org/abs/1908.08681

    >>> mish([-np.inf, 0.0, 1.0]).round(4)
    array([-0.    ,  0.    ,  0.8651])
    """
    e = np.exp(np.clip(x, -np.inf, 40))  # from 40 on, n / (n + 2) rounds to 1 in every dtype
    n = e * (e + 2)
    return _floored(x) * (n / (n + 2))


@_elementwise()
def mish_grad(x: ArrayLike) -> Array:
    """Derivative of ``mish``.

    f′(x) = n / (n + 2) + 4x · e·(e + 1) / (n + 2)², with n = e·(e + 2) and e = exp(x)

    >>> mish_grad([-np.inf, 0.0, np.inf])
    array([0. , 0.6, 1. ])
    """
    x = np.clip(x, -12_000, 40)  # beyond, f′ rounds to 0 or 1, and x · e could be −inf · 0
    e = np.exp(x)
    n = e * (e + 2)
    return n / (n + 2) + 4 * x * (e / (n + 2)) * ((e + 1) / (n + 2))


_register(
    mish,
    mish_grad,
    formula=r"x \tanh(\log(1 + e^x))",
    grad_formula=r"t + x\,(1 - t^2)\,\sigma(x),\ t = \tanh(\log(1 + e^x))",
    range=(-0.30884341301725041, np.inf),
    keras="keras.activations.mish",
    torch="torch.nn.Mish",
)


@_elementwise()
def hard_silu(x: ArrayLike) -> Array:
    """Hard SiLU, also called hard Swish: SiLU with straight lines for the sigmoid.

    f(x) = x · min(max(0, x + 3), 6) / 6

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.

    Raises:
        TypeError: ``x`` is complex, a string or an object.

    Source: Howard et al. (2019), https://arxiv.org/abs/1905.02244

    >>> hard_silu([-np.inf, -1.5, 0.0, 9.0])
    array([-0.   , -0.375,  0.   ,  9.   ])
    """
    # An array even for a 0-d x: the steps below write to it, which saves a third of the time.
    gate = np.asarray(x + 3)
    np.clip(gate, 0, 6, out=gate)
    gate /= 6
    gate *= np.clip(x, -3, np.inf)
    return gate


@_elementwise()
def hard_silu_grad(x: ArrayLike) -> Array:
    """Derivative of ``hard_silu``; 0 at the kink x = −3 and 1 at the kink x = 3.

    f′(x) = 0 for x ≤ −3, 1 for x ≥ 3, else x/3 + 1/2

    >>> hard_silu_grad([-3.0, 0.0, 3.0])
    array([0. , 0.5, 1. ])
    """
    return np.where(np.abs(x) < 3, x / 3 + 0.5, _step(x))


_register(
    hard_silu,
    hard_silu_grad,
    kinks=(-3.0, 3.0),
    formula=r"x \min(\max(0, x + 3), 6) / 6",
    grad_formula=r"(x/3 + 1/2)\,[-3 < x < 3] + [x \ge 3]",
    range=(-0.375, np.inf),
    keras="keras.activations.hard_silu",
    torch="torch.nn.Hardswish",
)


# --- Sigmoids -----------------------------------------------------------------------------------------------


@_elementwise()
def sigmoid(x: ArrayLike) -> Array:
    """Logistic sigmoid.

    f(x) = 1 / (1 + exp(−x))

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.

    Raises:
        TypeError: ``x`` is complex, a string or an object.

    Source: Rumelhart et al. (1986), https://doi.org/10.1038/323533a0

    >>> sigmoid([-np.inf, 0.0, np.inf])
    array([0. , 0.5, 1. ])
    """
    with np.errstate(over="ignore"):  # 1 / (1 + inf) is 0, the limit
        return 1 / (1 + np.exp(-x))


@_elementwise()
def sigmoid_grad(x: ArrayLike) -> Array:
    """Derivative of ``sigmoid``, computed from exp(−|x|) so that neither tail cancels.

    f′(x) = exp(−|x|) / (1 + exp(−|x|))²

    >>> sigmoid_grad([-np.inf, 0.0, np.inf])
    array([0.  , 0.25, 0.  ])
    """
    e = np.exp(-np.abs(x))
    return e / np.square(1 + e)


_register(
    sigmoid,
    sigmoid_grad,
    formula=r"1 / (1 + e^{-x})",
    grad_formula=r"\sigma(x)\,\sigma(-x)",
    range=(0.0, 1.0),
    keras="keras.activations.sigmoid",
    torch="torch.nn.Sigmoid",
)


@_elementwise()
def tanh(x: ArrayLike) -> Array:
    """Hyperbolic tangent.

    f(x) = (exp(x) − exp(−x)) / (exp(x) + exp(−x))

    Args:
        x: real, any shape; floats keep their dtype, integers and bools give float64.

    Raises:
        TypeError: ``x`` is complex, a string or an object.

    Source: LeCun et al. (1998), https://doi.org/10.1007/3-540-49430-8_2

    >>> tanh([-np.inf, 0.0, np.inf])
    array([-1.,  0.,  1.])
    """
    return np.tanh(x)


@_elementwise()
def tanh_grad(x: ArrayLike) -> Array:
    """Derivative of ``tanh``, computed from exp(−2|x|) so that neither tail cancels.

    f′(x) = 1 − tanh²(x) = 4 exp(−2|x|) / (1 + exp(−2|x|))²

    >>> tanh_grad([-np.inf, 0.0, np.inf])
    array([0., 1., 0.])
    """
    e = np.square(np.exp(-np.abs(x)))
    return 4 * e / np.square(1 + e)


_register(
    tanh,
    tanh_grad,
    formula=r"\tanh(x)",
    grad_formula=r"1 - \tanh^2(x)",
    range=(-1.0, 1.0),
    keras="keras.activations.tanh",
    torch="torch.nn.Tanh",
)


# --- What ``from relubook.activations import *`` gives ------------------------------------------------------

__all__ = sorted(
    {"ACTIVATIONS", "Activation", "get", "prelu_slope_grad"}
    | {function.__name__ for entry in ACTIVATIONS.values() for function in (entry.fn, entry.grad)}
)
