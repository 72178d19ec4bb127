"""Elementwise functions, evaluated in blocks that stay in the processor's cache."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]

BLOCK_SIZE = 65_536  # elements: 256 KiB of float32, so that a few temporaries fit the second-level cache


def blockwise(
    fn: Callable[[Array], Array], x: ArrayLike, *, out: Array | None = None, block_size: int = BLOCK_SIZE
) -> Array:
    """Evaluate an elementwise function block by block.

    y[i] = fn(x)[i]. On a large array each NumPy operation inside ``fn`` writes a temporary as large as ``x`` to
    memory and the next one reads it back; on a block they stay in cache.

    Args:
        fn: takes an array of shape (n,) and returns one of that shape, each element from the one in its place. It is
            first asked for the empty array, whose result has the dtype of ``y``.
        x: real, any shape.
        out: a C-contiguous array of the shape of ``x`` to write to; it may be ``x`` itself.
        block_size: elements a block, an integer of at least 1.

    Returns:
        ``out``, or a new array of the dtype that ``fn`` returns.

    Raises:
        TypeError: ``x`` is a masked array, ``block_size`` is no integer, ``fn`` returns no array, or ``out`` is no
            array or cannot hold what ``fn`` returns.
        ValueError: ``block_size`` is below 1, ``fn`` returns another shape, or ``out`` is read-only, not contiguous
            or of another shape.

    Source: Lam et al. (1991), https://doi.org/10.1145/106972.106981

    >>> blockwise(np.exp, np.zeros((2, 2)), block_size=3)
    array([[1., 1.],
           [1., 1.]])
    """
    if isinstance(block_size, bool) or not isinstance(block_size, int | np.integer):
        raise TypeError(f"block_size must be an integer, got {block_size!r}")
    if block_size < 1:
        raise ValueError(f"block_size must be at least 1, got {block_size!r}")
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError("x is a masked array, whose mask would be lost; fill it first")
    x = np.asarray(x)
    source = x.reshape(-1)
    dtype = _result(fn, source[:0]).dtype
    if out is None:
        out = np.empty(x.shape, dtype=dtype)
    else:
        _check_out(out, x, dtype)
        if np.may_share_memory(x, out) and x.ctypes.data != out.ctypes.data:
            source = source.copy()  # a block must not overwrite what a later one reads
    target = out.reshape(-1)
    for start in range(0, x.size, block_size):
        block = slice(start, start + block_size)
        target[block] = _result(fn, source[block])
    return out


def _result(fn: Callable[[Array], Array], block: Array) -> Array:
    y = fn(block)
    if not isinstance(y, np.ndarray):
        raise TypeError(f"fn must return an array for an array, got {type(y).__name__}")
    if y.shape != block.shape:
        raise ValueError(f"fn must return an array of the shape that it gets, {block.shape}, got {y.shape}")
    return y


def _check_out(out: Any, x: Array, dtype: np.dtype[Any]) -> None:
    if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
        raise TypeError(f"out must be a plain NumPy array, got {type(out).__name__}")
    if not np.can_cast(dtype, out.dtype, "same_kind"):
        raise TypeError(f"out of dtype {out.dtype} cannot hold what fn returns, which is {dtype}")
    if out.shape != x.shape or not out.flags.c_contiguous:
        raise ValueError(f"out must be C-contiguous and of shape {x.shape}, got shape {out.shape}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")
