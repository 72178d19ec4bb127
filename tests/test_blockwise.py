"""Blocks give what the whole array gives, whatever their size."""

import numpy as np
import pytest

from relubook import ACTIVATIONS
from relubook.blockwise import blockwise


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_equals_one_evaluation(activation, dtype):
    x = np.random.default_rng(0).normal(0, 3, (7, 11)).astype(dtype)
    y = blockwise(activation.fn, x, block_size=10)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, activation.fn(x))


@pytest.mark.parametrize("block_size", [1, 5, 6, 100])
def test_every_block_size_covers_the_array_once(block_size):
    calls = []
    blockwise(lambda block: calls.append(len(block)) or block, np.zeros(6), block_size=block_size)
    assert calls[0] == 0  # asks for the dtype
    assert sum(calls) == 6 and max(calls) <= block_size


def test_out_may_be_the_input():
    x = np.array([[-1.0, 2.0], [3.0, -4.0]])
    assert blockwise(lambda block: np.maximum(block, 0), x, out=x, block_size=3) is x
    np.testing.assert_array_equal(x, [[0, 2], [3, 0]])


def test_empty_and_scalar_and_non_contiguous_input():
    assert blockwise(np.exp, np.empty((0, 3))).shape == (0, 3)
    assert blockwise(np.exp, 0.0) == 1.0
    x = np.arange(12.0).reshape(3, 4)[:, ::2]
    np.testing.assert_array_equal(blockwise(np.exp, x, block_size=2), np.exp(x))


@pytest.mark.parametrize("out", [np.empty(4), np.empty((4, 4))[:, ::2]])
def test_out_that_does_not_fit_is_refused(out):
    with pytest.raises(ValueError, match="out must be C-contiguous and of shape"):
        blockwise(np.exp, np.zeros((4, 2)), out=out)


def test_block_size_must_be_positive():
    with pytest.raises(ValueError, match="block_size must be at least 1, got 0"):
        blockwise(np.exp, np.zeros(3), block_size=0)
