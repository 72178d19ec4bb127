"""Gradient flow: signals and gradients through depth, and networks that are dead at birth."""

import numpy as np
import pytest

from relubook.experiments.digits import train_on_digits
from relubook.experiments.gradient_flow import born_dead_share, flow
from relubook.experiments.repeats import over_seeds

OTHER_SEEDS = range(100, 106)


def test_one_layer_is_its_own_reference():
    result = flow(seed=0, activation="relu", init="he", depth=1)
    assert result.weight_ratio == 1.0


def test_a_linear_slope_keeps_what_he_s_variance_promises():
    runs = [flow(seed=seed, activation="relu", init="he", depth=20, width=256) for seed in OTHER_SEEDS]
    assert 0.4 < np.median([run.signal for run in runs]) < 2
    assert 0.4 < np.median([run.gradient for run in runs]) < 2


@pytest.mark.parametrize(("init", "factor"), [("glorot", 1 / 2), ("lecun", 1 / 2)])
def test_smaller_weights_shrink_both_ways_by_their_factor(init, factor):
    runs = [flow(seed=seed, activation="relu", init=init, depth=20, width=256) for seed in OTHER_SEEDS]
    for key in ("signal", "gradient"):
        measured = np.median([getattr(run, key) for run in runs]) ** (1 / 20)
        assert measured == pytest.approx(np.sqrt(factor), rel=0.06)


def test_torch_s_default_loses_the_gradient_and_not_the_signal():
    runs = [flow(seed=seed, activation="relu", init="torch", depth=30) for seed in OTHER_SEEDS]
    assert np.median([run.gradient for run in runs]) < 1e-8
    assert np.median([run.signal for run in runs]) > 1e-2


def test_sigmoid_vanishes_and_the_others_do_not_with_other_seeds():
    cases = {"sigmoid": "glorot", "tanh": "glorot", "relu": "he", "elu": "he", "gelu": "he"}
    settings = {name: {"activation": name, "init": init, "depth": 30} for name, init in cases.items()}
    ratios = {
        name: [run.weight_ratio for run in runs]
        for name, runs in over_seeds(flow, settings, seeds=OTHER_SEEDS).items()
    }
    assert max(ratios.pop("sigmoid")) < 1e-15
    assert all(min(group) > 0.01 and max(group) < 100 for group in ratios.values())


def test_ten_layers_learn_with_the_right_start_alone_with_other_seeds():
    cases = {"sigmoid": "glorot", "tanh": "glorot", "relu": "he"}
    settings = {
        name: {"activation": name, "init": init, "hidden": (64,) * 10, "learning_rate": 0.01, "epochs": 8}
        for name, init in cases.items()
    }
    settings["torch"] = {**settings["relu"], "init": "torch"}
    settings["larger"] = {**settings["sigmoid"], "weight_scale": 8}
    runs = over_seeds(train_on_digits, settings, seeds=[100, 101])
    mean = {name: np.mean([run.accuracy for run in group]) for name, group in runs.items()}
    assert mean["sigmoid"] < 0.2 and mean["torch"] < 0.2
    assert mean["tanh"] > 0.8 and mean["relu"] > 0.8
    assert mean["larger"] > 0.4


def test_batch_norm_repairs_both_starts_with_other_seeds():
    starts = {"sigmoid": "glorot", "relu": "torch"}
    setting = {"hidden": (64,) * 10, "learning_rate": 0.01, "epochs": 8, "batch_norm": True}
    settings = {name: {"activation": name, "init": init, **setting} for name, init in starts.items()}
    runs = over_seeds(train_on_digits, settings, seeds=[100, 101])
    assert all(run.accuracy > 0.8 for group in runs.values() for run in group)


def test_born_dead_follows_its_bound_and_width_protects():
    for width, depth in ((2, 5), (2, 10), (4, 10)):
        share = born_dead_share(seed=100, width=width, depth=depth, networks=4000)
        bound = 1 - (1 - 2.0**-width) ** depth
        assert bound / 3 < share < bound
    assert born_dead_share(seed=100, width=16, depth=10) < 0.01


def test_one_unit_dies_as_a_coin_falls():
    # With one unit a layer both signs of the input cannot survive the second layer together.
    share = born_dead_share(seed=1, width=1, depth=2, networks=20_000)
    assert share == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: flow(seed=0, activation="relu", init="he", depth=0), "depth must be at least 1"),
        (lambda: flow(seed=0, activation="relu", init="kaiming", depth=1), "unknown init"),
        (lambda: born_dead_share(seed=0, width=0, depth=1), "width must be at least 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_share_that_varies_is_that_of_an_independent_computation():
    rng = np.random.default_rng(3)
    weights = [rng.normal(0, np.sqrt(1 / 16), (16, 16)) for _ in range(4)] + [
        rng.normal(0, 1 / np.sqrt(13), (16, 10))
    ]
    h = rng.normal(size=(64, 16))
    for weight in weights[:-1]:
        h = np.tanh(h @ weight)
    same_for_all = np.sum(h.mean(axis=0) ** 2) / np.mean(np.sum(h**2, axis=1))
    found = flow(seed=3, activation="tanh", init="glorot", depth=4, width=16).varying
    assert found == pytest.approx(1 - same_for_all, rel=1e-9)


def test_random_biases_make_a_signal_that_no_input_changes():
    run = flow(seed=100, activation="relu", init="torch", depth=30)
    assert run.signal > 1e-2 and run.varying < 1e-12
    he = flow(seed=100, activation="relu", init="he", depth=30)
    assert 0.01 < he.varying < 0.6
    assert flow(seed=100, activation="sigmoid", init="glorot", depth=30).varying == 0


def test_he_s_weights_typically_keep_what_the_log_normal_law_says():
    for width in (32, 64):
        signals = [
            flow(seed=seed, activation="relu", init="he", depth=30, width=width).signal
            for seed in range(500, 560)
        ]
        law = np.exp(-5 * 30 / (4 * width))
        assert law / 2 < np.nanmedian(signals) < law * 2


def test_batch_norm_keeps_the_signal_from_every_start_and_lets_the_gradient_grow():
    for init in ("he", "torch"):
        run = flow(seed=100, activation="relu", init=init, depth=30, batch_norm=True)
        assert run.varying > 0.5 and run.gradient > 20
