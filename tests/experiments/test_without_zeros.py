"""ReLU and functions without exact zeros, side by side."""

import numpy as np
import pytest

from relubook import MLP
from relubook.experiments.trained_network import trained_network
from relubook.experiments.without_zeros import CONTROLS, SHIFT, shifted_relu, with_and_without_zeros

SETTING = {
    "data": "tumours",
    "derivative": "right",
    "init": "he",
    "depth": 2,
    "width": 16,
    "batch_norm": 0,
    "optimizer": "momentum",
    "learning_rate": 0.03,
    "batch_size": 64,
    "epochs": 2,
}


def test_each_function_is_that_of_its_own_run_and_others_are_left_out():
    run = with_and_without_zeros(seed=100, control="elu", **SETTING)
    for name in ("relu", "elu"):
        assert run[name] == trained_network(seed=100, activation=name, **SETTING)["accuracy"]
    assert all(np.isnan(run[name]) for name in CONTROLS if name != "elu")
    every = with_and_without_zeros(seed=100, control="all", **SETTING)
    assert {name: every[name] for name in ("relu", "elu", "zeros")} == {
        name: run[name] for name in ("relu", "elu", "zeros")
    }
    assert all(0.3 < every[name] <= 1 for name in CONTROLS)


def test_no_control_has_exact_zeros():
    x = np.random.default_rng(100).normal(size=(200, 64))
    for activation in CONTROLS.values():
        model = MLP([64, 32, 10], activation, rng=np.random.default_rng(101))
        assert not any((outputs == 0).any() for outputs in model.hidden(x))


@pytest.mark.parametrize("name", CONTROLS)
def test_the_derivative_of_each_control_is_that_of_its_function(name):
    x, h = np.array([-2.0, -0.3, 0.4, 1.7]), 1e-6
    activation = CONTROLS[name]
    slopes = (activation.fn(x + h) - activation.fn(x - h)) / (2 * h)
    assert activation.grad(x) == pytest.approx(slopes, abs=1e-8)


def test_a_bias_undoes_the_shift():
    rng = np.random.default_rng(102)
    h, weight = rng.normal(size=(5, 8)), rng.normal(size=(8, 3))
    assert shifted_relu(h) @ weight + SHIFT * weight.sum(axis=0) == pytest.approx(np.maximum(h, 0) @ weight)


def test_an_unknown_control_is_named():
    with pytest.raises(ValueError, match=r"control must be all or one of shifted, .*, got 'tanh'"):
        with_and_without_zeros(seed=0, control="tanh", **SETTING)
