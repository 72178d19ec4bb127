"""Nonlinearity: hinges, regions, and what a network loses without a nonlinearity."""

import numpy as np
import pytest

from relubook import MLP
from relubook.datasets import two_spirals
from relubook.experiments.nonlinearity import (
    IDENTITY,
    activation_patterns,
    fit_hinges,
    spirals_accuracy,
    trained_on_spirals,
)
from relubook.experiments.repeats import over_seeds
from relubook.statistics import paired_difference


def test_a_line_needs_no_hinge_and_a_corner_needs_one():
    assert fit_hinges(lambda x: 2 * x - 1, hinges=0, interval=(-1, 3)).largest_error < 1e-12
    corner = fit_hinges(np.abs, hinges=1, interval=(-1, 1))
    np.testing.assert_allclose(corner.coefficients, [0, -1, 2], atol=1e-12)  # |x| = −x + 2 max(0, x)
    np.testing.assert_allclose(corner(np.array([-0.5, 0.25])), [0.5, 0.25], atol=1e-12)


def test_the_error_falls_with_the_square_of_the_hinges_for_other_curves_too():
    for curve in (np.cos, np.exp):
        errors = [fit_hinges(curve, hinges=n, interval=(-2, 2)).largest_error for n in (15, 31, 63)]
        assert 3 < errors[0] / errors[1] < 5 and 3 < errors[1] / errors[2] < 5


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"hinges": -1, "interval": (0, 1)}, "hinges must not be negative"),
        ({"hinges": 1, "interval": (1, 1)}, "interval must ascend"),
    ],
)
def test_bad_fits_are_refused(setting, message):
    with pytest.raises(ValueError, match=message):
        fit_hinges(np.sin, **setting)


def test_the_identity_is_linear_with_slope_one():
    x = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_array_equal(IDENTITY.fn(x), x)
    np.testing.assert_array_equal(IDENTITY.grad(x), [1, 1, 1])


def test_regions_of_two_lines_are_four():
    model = MLP([2, 2, 1], rng=np.random.default_rng(0))
    model.dense_layers[0].weight.value[...] = np.eye(2)  # the units bend along both axes
    x = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0], [2.0, 3.0]])
    patterns = activation_patterns(model, x)
    assert patterns[0] == patterns[4] and len(set(patterns.tolist())) == 4


def test_inside_a_region_the_network_is_affine():
    model, _, _ = trained_on_spirals(seed=5, activation="relu", hidden=(8, 8), epochs=5)
    x = np.random.default_rng(0).uniform(-1, 1, (4000, 2))
    patterns = activation_patterns(model, x)
    region = x[patterns == np.bincount(patterns).argmax()]
    inputs = np.column_stack([region, np.ones(len(region))])
    scores = model.forward(region)
    fit = inputs @ np.linalg.lstsq(inputs, scores, rcond=None)[0]
    np.testing.assert_allclose(fit, scores, atol=1e-9)


def test_the_nonlinearity_decides_with_other_seeds_too():
    names = ("relu", "identity")
    runs = over_seeds(spirals_accuracy, {name: {"activation": name} for name in names}, seeds=range(100, 105))
    assert min(runs["relu"]) > 0.95 and max(runs["identity"]) < 0.75
    assert paired_difference(runs["relu"], runs["identity"]).low > 0.2


def test_sixteen_trained_units_need_two_layers_and_beat_random_lines_with_other_seeds():
    shapes = {"deep": (8, 8), "wide": (16,)}
    settings = {name: {"activation": "relu", "hidden": hidden} for name, hidden in shapes.items()}
    runs = over_seeds(spirals_accuracy, settings, seeds=range(100, 105))
    random_lines = [spirals_by_least_squares(np.maximum, seed, units=16) for seed in range(100, 120)]
    assert np.mean(runs["deep"]) > 0.97
    assert np.mean(random_lines) + 0.02 < np.mean(runs["wide"]) < np.mean(runs["deep"])


def spirals_by_least_squares(activation, seed: int, *, units: int) -> float:
    """The chapter's ``spirals_accuracy``: random lines, coefficients by least squares, nothing trained."""
    rng = np.random.default_rng(seed)
    (x, y), (x_fresh, y_fresh) = two_spirals(400, rng=rng), two_spirals(400, rng=rng)
    angle = rng.uniform(0, 2 * np.pi, units)
    weights, biases = np.array([np.cos(angle), np.sin(angle)]), rng.uniform(-1, 1, units)

    def columns(points):
        return np.column_stack([np.ones(len(points)), points, activation(points @ weights + biases, 0)])

    coefficients = np.linalg.lstsq(columns(x), 2.0 * y - 1, rcond=None)[0]
    return float(((columns(x_fresh) @ coefficients > 0) == y_fresh).mean())


def test_untrained_units_solve_the_spirals_if_they_are_many_and_bend_with_other_seeds():
    seeds = range(100, 110)
    many = [spirals_by_least_squares(np.maximum, seed, units=64) for seed in seeds]
    few = [spirals_by_least_squares(np.maximum, seed, units=16) for seed in seeds]
    straight = [spirals_by_least_squares(np.add, seed, units=64) for seed in seeds]  # x + 0 is x
    assert np.mean(many) > 0.97
    assert np.mean(few) < 0.93
    assert max(straight) < 0.75


def test_the_same_seed_gives_the_same_accuracy():
    first, second = (spirals_accuracy(seed=1, activation="tanh", epochs=3) for _ in range(2))
    assert first == second
