"""PReLU's slopes with and without weight decay on them."""

import numpy as np
import pytest

from relubook import MLP
from relubook.datasets import breast_cancer
from relubook.experiments.prelu_slopes import learned_slopes
from relubook.experiments.trained_network import trained_network

SETTING = {
    "data": "tumours",
    "init": "he",
    "depth": 2,
    "width": 16,
    "optimizer": "momentum",
    "learning_rate": 0.03,
    "batch_size": 64,
    "epochs": 3,
}


def test_one_step_moves_the_slopes_by_the_summed_gradient_and_by_the_decay():
    """One batch of all examples, so one step: by hand from a fresh network."""
    data = breast_cancer()
    rate, decay = 0.1, 0.5
    setting = {
        **SETTING,
        "depth": 1,
        "optimizer": "sgd",
        "learning_rate": rate,
        "epochs": 1,
        "batch_size": 1000,
    }
    run = learned_slopes(seed=100, weight_decay=decay, **setting)
    model = MLP([data.x_train.shape[1], 16, 2], "prelu", rng=np.random.default_rng([100, 0]))
    inner, outer = model.dense_layers
    sums = data.x_train @ inner.weight.value + inner.bias.value
    scores = np.where(sums > 0, sums, 0.25 * sums) @ outer.weight.value + outer.bias.value
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    errors = (chances - np.eye(2)[data.y_train]) / len(sums)
    gradient = ((errors @ outer.weight.value.T) * np.minimum(sums, 0)).sum(axis=0)
    slopes = 0.25 - rate * gradient
    assert run["first"] == pytest.approx(slopes.mean(), abs=1e-10)
    assert run["largest"] == pytest.approx(np.abs(slopes).max(), abs=1e-10)
    assert run["size_decayed"] == pytest.approx(np.abs(slopes - rate * decay * 0.25).mean(), abs=1e-10)


def test_without_decay_the_decayed_run_is_the_same_and_relu_is_relu():
    run = learned_slopes(seed=100, weight_decay=0.0, **SETTING)
    assert (run["size"], run["prelu"]) == (run["size_decayed"], run["decayed"])
    relu = trained_network(seed=100, activation="relu", derivative="right", batch_norm=0, **SETTING)
    assert run["relu"] == relu["accuracy"]


def test_strong_decay_on_the_slopes_shrinks_them():
    run = learned_slopes(seed=101, weight_decay=0.1, **{**SETTING, "epochs": 20})
    assert run["size_decayed"] < 0.5 * run["size"]


def test_a_run_that_diverges_has_no_slopes_and_the_share_of_the_majority():
    with np.errstate(all="ignore"):
        run = learned_slopes(seed=100, weight_decay=0.0, **{**SETTING, "learning_rate": 1e6})
    assert np.isnan(run["first"]) and np.isnan(run["negative"])
    y = breast_cancer().y_test
    assert run["prelu"] == pytest.approx(np.bincount(y).max() / len(y))
