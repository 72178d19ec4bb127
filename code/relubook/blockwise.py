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
        fn: takes an array of shape (n,) and returns one of that shape, each element from the one in its place.
        x: real, any shape.
        out: a C-contiguous array of the shape of ``x`` to write to; it may be ``x`` itself.
        block_size: elements a block, at least 1.

    Returns:
        ``out``, or a new array of the dtype that ``fn`` returns.

    Raises:
        ValueError: ``block_size`` is below 1, or ``out`` is not contiguous or has another shape.

    Source: Lam et al. (1991), https://doi.org/10.1145/106972.106981

    >>> blockwise(np.exp, np.zeros((2, 2)), block_size=3)
    array([[1., 1.],
           [1., 1.]])
    """
    if block_size < 1:
        raise ValueError(f"block_size must be at least 1, got {block_size!r}")
    x = np.asarray(x)
    if out is None:
        out = np.empty(x.shape, dtype=fn(x.reshape(-1)[:0]).dtype)
    elif out.shape != x.shape or not out.flags.c_contiguous:
        raise ValueError(f"out must be C-contiguous and of shape {x.shape}, got shape {out.shape}")
    source, target = x.reshape(-1), out.reshape(-1)
    for start in range(0, x.size, block_size):
        block = slice(start, start + block_size)
        target[block] = fn(source[block])
    return out
