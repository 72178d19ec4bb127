"""Exclusive or from many starts: trained together as each would be alone."""

import numpy as np
import pytest

from relubook import MLP
from relubook.datasets import xor
from relubook.experiments.trained_network import OPTIMIZERS
from relubook.experiments.xor_starts import FUNCTIONS, fit_together, xor_starts
from relubook.training import fit

SETTING = {"init": "he", "low": 0, "optimizer": "sgd", "learning_rate": 0.5, "epochs": 200, "starts": 60}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_together_each_network_trains_as_it_does_alone(function, optimizer):
    points, labels = xor()
    together, alone = (
        [MLP([2, 5, 3, 2], FUNCTIONS[function], rng=np.random.default_rng(seed)) for seed in range(3)]
        for _ in range(2)
    )
    fit_together(together, points, labels, learning_rate=0.1, epochs=20, optimizer=optimizer)
    for model in alone:
        order = np.random.default_rng(0)
        fit(
            model,
            points,
            labels,
            learning_rate=0.1,
            epochs=20,
            batch_size=4,
            rng=order,
            **OPTIMIZERS[optimizer],
        )
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.forward(points), other.forward(points), rtol=1e-9, atol=1e-11)


def test_more_units_find_it_from_more_starts_with_other_seeds():
    shares = {units: xor_starts(seed=200, units=units, **SETTING)["relu"] for units in (2, 4, 16)}
    assert shares[2] < 0.45 < shares[4] < 0.85 < shares[16]


def test_a_slope_on_the_flat_half_is_found_from_more_starts_with_other_seeds():
    shares = xor_starts(seed=200, units=2, **{**SETTING, "optimizer": "adam", "learning_rate": 0.1})
    assert shares["relu"] + 0.2 < shares["leaky_0.25"] < 0.95


def test_one_unit_never_finds_it_and_a_step_that_explodes_counts_as_failed():
    assert xor_starts(seed=0, units=1, **SETTING)["relu"] == 0
    assert xor_starts(seed=0, units=4, **{**SETTING, "learning_rate": 1e200})["tanh"] <= 0.5
    assert xor_starts(seed=0, units=4, **{**SETTING, "learning_rate": 1e308, "epochs": 9})["relu"] == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"models": ["relu", "tanh"]}, "one shape and one activation"),
        ({"batch_norm": True}, "must not have batch normalisation"),
        ({"optimizer": "adagrad"}, "unknown optimizer 'adagrad'; known are sgd, momentum, adam"),
    ],
)
def test_networks_that_do_not_go_together_are_refused(changes, message):
    models = [
        MLP([2, 2, 2], name, rng=np.random.default_rng(0), batch_norm=changes.get("batch_norm", False))
        for name in changes.get("models", ["relu"])
    ]
    with pytest.raises(ValueError, match=message):
        fit_together(models, *xor(), learning_rate=0.1, epochs=1, optimizer=changes.get("optimizer", "sgd"))
