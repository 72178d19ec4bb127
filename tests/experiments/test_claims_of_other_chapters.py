"""Conclusions of chapters that have no experiment module of their own, with seeds that the chapters do not use."""

from dataclasses import replace

import numpy as np
import pytest

from relubook import MLP, accuracy, fit, get, relu, selu
from relubook.datasets import mnist_sample, small_digits, xor
from relubook.experiments.digits import train_on_digits
from relubook.experiments.nonlinearity import IDENTITY
from relubook.experiments.repeats import over_seeds
from relubook.network import PReLU

OTHER_SEEDS = range(500, 506)


def accuracies(settings: dict) -> dict:
    runs = over_seeds(train_on_digits, settings, seeds=OTHER_SEEDS)
    return {name: np.array([run.accuracy for run in group]) for name, group in runs.items()}


def test_a_backward_pass_that_does_nothing_costs_accuracy():
    digits = small_digits()

    def trained(activation, seed: int, learning_rate: float) -> float:
        model = MLP([64, 32, 32, 32, 10], activation, rng=np.random.default_rng(seed))
        order = {"epochs": 10, "batch_size": 32, "rng": np.random.default_rng(seed + 1000)}
        fit(model, digits.x_train, digits.y_train, learning_rate=learning_rate, **order)
        return accuracy(model, digits.x_test, digits.y_test)

    right = get("relu")
    wrong = replace(right, grad=np.ones_like)
    lost = [trained(right, seed, 0.1) - trained(wrong, seed, 0.1) for seed in OTHER_SEEDS]
    assert np.mean(lost) > 0.005
    assert np.median([trained(right, seed, 0.3) for seed in OTHER_SEEDS]) > 0.8
    assert max(trained(wrong, seed, 0.3) for seed in OTHER_SEEDS) < 0.2


def test_a_negative_slope_makes_no_difference_that_this_task_resolves():
    names = ("relu", "leaky_relu", "prelu")
    rest = {"hidden": (64, 64), "epochs": 8, "learning_rate": 0.02}
    found = accuracies({name: {"activation": name, **rest} for name in names})
    assert abs((found["leaky_relu"] - found["relu"]).mean()) < 0.01
    assert abs((found["prelu"] - found["relu"]).mean()) < 0.01


def test_weight_decay_pulls_slopes_to_zero_at_no_cost_in_accuracy():
    digits = mnist_sample()

    def slope_and_accuracy(seed: int, *, decay: bool) -> tuple[float, float]:
        model = MLP([784, 64, 64, 10], "prelu", rng=np.random.default_rng(seed))
        layers = [layer for layer in model.layers if isinstance(layer, PReLU)]
        for layer in layers:
            layer.slope.decay = decay
        settings = {
            "learning_rate": 0.05,
            "epochs": 3,
            "batch_size": 32,
            "momentum": 0.9,
            "weight_decay": 1e-2,
        }
        fit(model, digits.x_train, digits.y_train, rng=np.random.default_rng(seed + 1), **settings)
        slope = float(np.mean([np.abs(layer.slope.value).mean() for layer in layers]))
        return slope, accuracy(model, digits.x_test, digits.y_test)

    seeds = range(500, 504)
    with_decay, without = (
        np.mean([slope_and_accuracy(seed, decay=decay) for seed in seeds], axis=0) for decay in (True, False)
    )
    assert with_decay[0] < without[0] / 2
    assert with_decay[1] > without[1] - 0.01


def test_elu_ties_at_a_moderate_rate_and_fails_first_at_a_high_one():
    found = accuracies(
        {
            (name, rate): {"activation": name, "learning_rate": rate, "hidden": (64, 64), "epochs": 8}
            for name in ("relu", "elu")
            for rate in (0.02, 0.2)
        }
    )
    assert abs((found["elu", 0.02] - found["relu", 0.02]).mean()) < 0.02
    assert (found["relu", 0.2] - found["elu", 0.2]).mean() > 0.3
    assert 0.4 < found["elu", 0.02].std() / found["relu", 0.02].std() < 2.5


def test_neither_smoothness_nor_a_live_negative_side_decides():
    rest = {"learning_rate": 0.2, "hidden": (64, 64), "epochs": 8}
    found = accuracies({name: {"activation": name, **rest} for name in ("prelu", "tanh")})
    assert found["prelu"].mean() < 0.3
    assert found["tanh"].mean() > 0.8


@pytest.mark.parametrize(
    ("fn", "variance", "low", "high"),
    [(selu, 1, 0.1, 10), (selu, 2, 30, np.inf), (relu, 1, 0, 1e-6), (relu, 2, 0.1, 10)],
)
def test_selu_keeps_its_variance_with_lecun_s_weights_alone(fn, variance, low, high):
    last = []
    for seed in range(500, 503):
        rng = np.random.default_rng(seed)
        h = rng.normal(size=(200, 256))
        for _ in range(100):
            h = fn(h @ rng.normal(0, np.sqrt(variance / 256), (256, 256)))
        last.append(h.std())
    assert low < np.median(last) < high


def test_the_network_reads_nine_of_ten_digits_and_so_nearly_does_a_linear_one():
    digits = mnist_sample()

    def trained(activation, seed: int) -> float:
        model = MLP([784, 64, 10], activation, rng=np.random.default_rng(seed))
        order = {"epochs": 5, "batch_size": 32, "rng": np.random.default_rng(seed + 1000)}
        fit(model, digits.x_train, digits.y_train, learning_rate=0.05, **order)
        return accuracy(model, digits.x_test, digits.y_test)

    seeds = range(500, 503)
    relu_s = np.array([trained("relu", seed) for seed in seeds])
    linear = np.array([trained(IDENTITY, seed) for seed in seeds])
    assert 0.88 < relu_s.mean() < 0.93
    assert linear.min() > 0.85
    assert abs((relu_s - linear).mean()) < 0.02


def test_two_units_seldom_find_xor_and_sixteen_always_do():
    points, labels = xor()
    settings = {"learning_rate": 0.5, "epochs": 200, "batch_size": 4}

    def solved(width: int) -> float:
        found = []
        for seed in range(500, 530):
            model = MLP([2, width, 2], "relu", rng=np.random.default_rng(seed))
            fit(model, points, labels, rng=np.random.default_rng(seed), **settings)
            found.append(bool((model.predict(points) == labels).all()))
        return float(np.mean(found))

    two, four, sixteen = solved(2), solved(4), solved(16)
    assert two < 0.45 and sixteen == 1
    assert two < four < sixteen
