"""Variants of an activation: each differs from its relative in what its name says, and in nothing else."""

import numpy as np
import pytest

from relubook import elu, gelu, get, relu
from relubook.experiments.trained_network import trained_network
from relubook.experiments.variants import (
    NODES,
    VARIANTS,
    capped_elu,
    straight_gelu,
    trained_recipe,
    trained_variant,
)

HALVES = {"elu_values": ("elu", "relu"), "elu_gradient": ("relu", "elu")}
SETTING = {"data": "digits", "depth": 2, "width": 16, "learning_rate": 0.03, "batch_size": 64, "epochs": 2}


@pytest.mark.parametrize("name", VARIANTS.keys() - HALVES.keys())
def test_a_derivative_is_that_of_its_function(name):
    x = np.linspace(-5, 5, 2001) + 1e-4  # no kink lies within h of any
    h = 1e-6
    variant = VARIANTS[name]
    slope = (variant.fn(x + h) - variant.fn(x - h)) / (2 * h)
    np.testing.assert_allclose(variant.grad(x), slope, atol=1e-7)
    assert variant.name == name


@pytest.mark.parametrize(("name", "halves"), HALVES.items())
def test_a_mixed_one_has_one_function_s_values_and_another_s_gradient(name, halves):
    x = np.linspace(-5, 5, 101)
    values, gradient = map(get, halves)
    np.testing.assert_array_equal(VARIANTS[name].fn(x), values.fn(x))
    np.testing.assert_array_equal(VARIANTS[name].grad(x), gradient.grad(x))


def test_straight_gelu_meets_gelu_at_the_integers_and_is_straight_between():
    inner = NODES[1:-1]
    np.testing.assert_allclose(straight_gelu(inner), gelu(inner), atol=1e-15)
    pieces = np.add.outer(np.arange(-3, 3), np.linspace(0, 1, 5))
    np.testing.assert_allclose(np.diff(straight_gelu(pieces), n=2), 0, atol=1e-15)
    np.testing.assert_array_equal(straight_gelu([-50.0, -3.0, 3.0, 50.0]), [0, 0, 3, 50])


def test_the_controls_are_near_what_they_imitate():
    x = np.linspace(-6, 6, 1201)
    assert np.abs(VARIANTS["soft_relu"].fn(x) - relu(x)).max() == pytest.approx(np.log(2) / 10)
    assert np.abs(straight_gelu(x) - gelu(x)).max() < 0.11
    np.testing.assert_array_equal(capped_elu(x)[x <= 1], elu(x)[x <= 1])
    assert (capped_elu(x)[x > 1] == 1).all()


@pytest.mark.parametrize(
    ("recipe", "batch_norm", "init"),
    [("relu he", 0, "he"), ("relu he norm", 1, "he"), ("relu lecun", 0, "lecun")],
)
def test_a_recipe_is_the_network_that_it_names(recipe, batch_norm, init):
    same = trained_network(
        seed=7,
        activation="relu",
        derivative="right",
        init=init,
        batch_norm=batch_norm,
        optimizer="adam",
        **SETTING,
    )
    found = trained_recipe(seed=7, recipe=recipe, optimizer="adam", **SETTING)
    assert found == {name: same[name] for name in ("accuracy", "early_loss", "loss")}


def test_a_name_that_is_unknown_is_refused():
    with pytest.raises(ValueError, match=r"function must be one of relu, elu, .*, got 'nobody'"):
        trained_variant(seed=0, function="nobody", init="he", optimizer="adam", **SETTING)
    for recipe in ("relu", "relu he twice", "relu he norm norm"):
        with pytest.raises(ValueError, match="recipe must be 'function init' or 'function init norm'"):
            trained_recipe(seed=0, recipe=recipe, optimizer="adam", **SETTING)


# --- What the chapters conclude, with seeds that no survey uses -------------------------------------------------


def test_values_and_not_the_kink_decide_at_a_high_rate():
    setting = {**SETTING, "width": 64, "learning_rate": 0.2, "batch_size": 32, "epochs": 5}
    means = {
        name: np.mean(
            [
                trained_variant(seed=seed, function=name, init="he", optimizer="momentum", **setting)[
                    "accuracy"
                ]
                for seed in range(500, 505)
            ]
        )
        for name in ("relu", "elu", "leaky_0.5", "elu_values", "capped_elu")
    }
    assert max(means[name] for name in ("elu", "leaky_0.5", "elu_values")) < 0.6
    assert min(means[name] for name in ("relu", "capped_elu")) > 0.7
