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


def test_a_block_of_float32_takes_256_kib_unless_another_size_is_given():
    calls = []
    blockwise(lambda block: calls.append(block.nbytes) or block, np.zeros(65_537, np.float32))
    assert calls == [0, 256 * 1024, 4]


def test_out_may_be_the_input():
    x = np.array([[-1.0, 2.0], [3.0, -4.0]])
    assert blockwise(lambda block: np.maximum(block, 0), x, out=x, block_size=3) is x
    np.testing.assert_array_equal(x, [[0, 2], [3, 0]])


def test_empty_and_scalar_and_non_contiguous_input():
    assert blockwise(np.exp, np.empty((0, 3))).shape == (0, 3)
    assert blockwise(np.exp, 0.0) == 1.0
    x = np.arange(12.0).reshape(3, 4)[:, ::2]
    np.testing.assert_array_equal(blockwise(np.exp, x, block_size=2), np.exp(x))


@pytest.mark.parametrize(
    ("out", "error", "message"),
    [
        (np.zeros(4), ValueError, "out must be C-contiguous and of shape"),
        (np.zeros((4, 4))[:, ::2], ValueError, "out must be C-contiguous and of shape"),
        (
            np.zeros((4, 2), int),
            TypeError,
            "out of dtype int64 cannot hold what fn returns, which is float64",
        ),
        (np.zeros((4, 2)).tolist(), TypeError, "out must be a plain NumPy array, got list"),
        (np.ma.zeros((4, 2)), TypeError, "out must be a plain NumPy array, got MaskedArray"),
        (np.broadcast_to(np.zeros(1), (1, 1)), ValueError, "out must be C-contiguous and of shape"),
    ],
)
def test_out_that_does_not_fit_is_refused_before_anything_is_written(out, error, message):
    with pytest.raises(error, match=message):
        blockwise(np.exp, np.zeros((4, 2)), out=out)
    assert not np.any(out)


def test_a_read_only_out_is_refused():
    out = np.zeros(3)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="out is read-only"):
        blockwise(np.exp, np.zeros(3), out=out)


def test_out_may_be_narrower_in_kind():
    out = np.empty(3, np.float32)
    assert blockwise(np.exp, np.zeros(3), out=out) is out and out.tolist() == [1, 1, 1]


@pytest.mark.parametrize("target", [slice(1, None), slice(None, -1)])
def test_out_that_overlaps_x_is_computed_as_from_a_copy(target):
    buffer = np.arange(7.0)
    x = buffer[:-1] if target == slice(1, None) else buffer[1:]
    expected = -x
    blockwise(np.negative, x, out=buffer[target], block_size=2)
    np.testing.assert_array_equal(buffer[target], expected)


def test_a_function_that_is_not_elementwise_is_refused():
    with pytest.raises(
        ValueError, match=r"fn must return an array of the shape that it gets, \(0,\), got \(1,\)"
    ):
        blockwise(lambda block: np.zeros(1), np.zeros(3))
    with pytest.raises(TypeError, match="fn must return an array for an array, got float64"):
        blockwise(np.sum, np.zeros(3))


def test_read_only_reversed_and_swapped_input_is_fine():
    x = np.arange(6.0).astype(">f4")[::-1]
    x.flags.writeable = False
    y = blockwise(ACTIVATIONS["relu"].fn, x, block_size=4)
    assert y.dtype == ">f4" and y.tolist() == x.tolist()


def test_a_masked_array_is_refused():
    with pytest.raises(TypeError, match="x is a masked array, whose mask would be lost; fill it first"):
        blockwise(np.exp, np.ma.zeros(3))


@pytest.mark.parametrize("block_size", [3.0, np.inf, None, "3", True, np.float64(3)])
def test_block_size_must_be_an_integer(block_size):
    with pytest.raises(TypeError, match="block_size must be an integer, got "):
        blockwise(np.exp, np.zeros(3), block_size=block_size)


@pytest.mark.parametrize("block_size", [0, -1, np.int64(0)])
def test_block_size_must_be_positive(block_size):
    with pytest.raises(ValueError, match=r"block_size must be at least 1, got "):
        blockwise(np.exp, np.zeros(3), block_size=block_size)
    assert blockwise(np.exp, np.zeros(3), block_size=np.int64(2)).tolist() == [1, 1, 1]
