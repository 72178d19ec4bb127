"""Counts of zeros and of dead units, on networks whose counts are known."""

import numpy as np
import pytest

from relubook import MLP
from relubook.experiments.probes import dead_shares, zero_shares


def network(bias: list[float]) -> MLP:
    model = MLP([1, len(bias), 1], rng=np.random.default_rng(0))
    model.dense_layers[0].weight.value[...] = 1.0
    model.dense_layers[0].bias.value[...] = bias
    return model


def test_sparse_is_not_dead():
    x = np.array([[-1.0], [1.0]])
    model = network([0.0, 2.0, -5.0, -0.5])  # one zero, none, only zeros, one zero
    np.testing.assert_array_equal(zero_shares(model, x), [4 / 8])
    np.testing.assert_array_equal(dead_shares(model, x), [1 / 4])


def test_a_share_for_every_hidden_layer():
    model = MLP([3, 5, 4, 2], "elu", rng=np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(20, 3))
    np.testing.assert_array_equal(zero_shares(model, x), [0, 0])
    np.testing.assert_array_equal(dead_shares(model, x), [0, 0])


def test_one_example_tells_nothing_of_dead_units():
    with pytest.raises(ValueError, match="x must hold at least 2 examples"):
        dead_shares(network([0.0]), np.ones((1, 1)))
