"""Checks of arguments that the modules share: each names the argument, what is wrong with it, and what would be right.

One rule for all of ``relubook``: where an integer is asked for, Python's and NumPy's integers are taken, and neither
floats (3.0) nor bools.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


def _is_whole(value: Any, at_least: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= at_least


def _whole(name: str, value: Any, *, at_least: int) -> int:
    if not _is_whole(value, at_least):
        raise ValueError(f"{name} must be an integer of at least {at_least}, got {value!r}")
    return int(value)


def _wholes(name: str, values: Any, *, at_least: int) -> list[int]:
    given = list(values) if isinstance(values, Iterable) else values
    if not isinstance(given, list) or not all(_is_whole(value, at_least) for value in given):
        raise ValueError(f"{name} must be integers of at least {at_least}, got {given!r}")
    return [int(value) for value in given]


def _number(name: str, value: Any, must: str, holds: Callable[[float], bool]) -> float:
    """``value`` as a float, where it is one real number for which ``holds``; ``must`` says so in words."""
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "iuf" or not holds(float(array)):
        raise ValueError(f"{name} must {must}, got {value!r}")
    return float(array)


def _real_array(name: str, value: ArrayLike) -> Array:
    if isinstance(value, np.ma.MaskedArray):  # NumPy would drop the mask without a word
        raise TypeError(f"{name} must not be a masked array; leave the masked examples out, or fill them")
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise ValueError(f"{name} must be an array, got rows of different lengths") from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    return array


def _finite_array(name: str, value: ArrayLike) -> Array:
    """``value`` as an array of finite numbers; floats of any size and byte order as float64."""
    array = _real_array(name, value)
    if array.dtype.kind == "f":
        with np.errstate(
            over="ignore"
        ):  # a longdouble beyond float64 becomes infinite, which the next line reports
            array = array.astype(np.float64, copy=False)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinite values")
    return array


def _generator(value: Any) -> np.random.Generator:
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {type(value).__name__}")
    return value
