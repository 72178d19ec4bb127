"""Unbounded outputs: growth, rounding, and the cures."""

import numpy as np
import pytest

from relubook.experiments.digits import train_on_digits
from relubook.experiments.repeats import over_seeds
from relubook.experiments.unbounded_outputs import (
    NORMALIZERS,
    few_bits,
    gradient_sizes,
    normalized_flow,
    output_rms,
    quantize,
    quantized_accuracies,
    scaled_start,
)


def test_outputs_grow_with_the_scale_of_the_weights_for_other_seeds_too():
    for scale in (0.5, 1.0, 2.0):
        rms = np.array([output_rms(seed=seed, weight_scale=scale, depth=20) for seed in range(100, 105)])
        factors = (rms[:, -1] / rms[:, 0]) ** (1 / 19)
        assert abs(np.median(factors) / scale - 1) < 0.06


def test_doubled_weights_double_the_first_layer_exactly():
    one, two = (output_rms(seed=0, weight_scale=scale, depth=3) for scale in (1.0, 2.0))
    np.testing.assert_allclose(np.divide(two, one), [2, 4, 8], rtol=1e-12)


@pytest.mark.parametrize("normalize", ["batch", "layer"])
def test_normalisation_makes_the_scale_irrelevant(normalize):
    small, large = (
        output_rms(seed=1, weight_scale=scale, normalize=normalize, depth=10) for scale in (0.5, 5.0)
    )
    np.testing.assert_allclose(small, large, rtol=1e-3)
    assert abs(large[-1] - np.sqrt(0.5)) < 0.1


def test_bounded_functions_do_not_grow():
    assert max(output_rms(seed=0, activation="relu6", weight_scale=10.0, depth=10)) < 6
    assert max(output_rms(seed=0, activation="tanh", weight_scale=10.0, depth=10)) < 1


def test_quantize_rounds_to_the_nearest_step_and_cuts():
    x = np.array([0.0, 0.49, 0.51, 2.4, 99.0])
    np.testing.assert_array_equal(quantize(x, largest=3.0, bits=2), [0, 0, 1, 2, 3])
    assert len(np.unique(quantize(np.linspace(0, 6, 10_001), largest=6.0, bits=5))) == 32


def test_rounding_error_is_that_of_a_uniform_distribution():
    x = np.random.default_rng(0).uniform(0, 6, 100_000)
    error = np.sqrt(np.mean((quantize(x, largest=6.0, bits=8) - x) ** 2))
    assert error == pytest.approx(6 / 255 / np.sqrt(12), rel=0.01)


def test_an_outlier_ruins_relu_at_four_bits_and_not_relu6_for_other_seeds():
    settings = {
        (name, outlier): {"activation": name, "outlier": outlier, "bits": (8, 4), "epochs": 8}
        for name in ("relu", "relu6")
        for outlier in (1.0, 30.0)
    }
    runs = {
        key: np.array(value)
        for key, value in over_seeds(quantized_accuracies, settings, seeds=range(100, 103)).items()
    }
    lost = {key: (value[:, 0] - value[:, 1]).mean() for key, value in runs.items()}
    assert lost["relu", 30.0] > 0.4
    assert max(lost["relu6", 30.0], lost["relu", 1.0], lost["relu6", 1.0]) < 0.05


def test_a_scale_from_a_quantile_shrugs_an_outlier_off_for_other_seeds():
    settings = {"quantile": {"activation": "relu", "outlier": 30.0, "quantile": 0.999, "bits": (8, 4)}}
    runs = np.array(over_seeds(quantized_accuracies, settings, seeds=range(100, 103))["quantile"])
    assert (runs[:, 0] - runs[:, 1]).mean() < 0.05


def test_cures_for_tripled_weights_hold_for_other_seeds():
    cures = {
        "none": {},
        "ReLU6": {"activation": "relu6"},
        "clipping": {"clip_norm": 1.0},
        "batch norm": {"batch_norm": True},
    }
    settings = {name: {"weight_scale": 3.0, "epochs": 8, **cure} for name, cure in cures.items()}
    runs = over_seeds(train_on_digits, settings, seeds=range(100, 103))
    mean = {name: np.mean([run.accuracy for run in group]) for name, group in runs.items()}
    assert mean["none"] < 0.4 and mean["ReLU6"] < 0.4
    assert mean["clipping"] > 0.75 and mean["batch norm"] > 0.9


@pytest.mark.parametrize("name", ["batch", "layer"])
def test_the_gradient_of_a_normalisation_is_that_of_its_values(name):
    rng = np.random.default_rng(0)
    layer, x, upstream = NORMALIZERS[name](4), *rng.normal(size=(2, 5, 4))
    layer.forward(x, training=True)
    found, step = layer.backward(upstream), 1e-6
    for index in np.ndindex(x.shape):
        moved = np.zeros_like(x)
        moved[index] = step
        ends = [layer.forward(x + sign * moved, training=True) for sign in (1, -1)]
        assert found[index] == pytest.approx(np.sum(upstream * (ends[0] - ends[1])) / (2 * step), abs=1e-6)


def test_doubled_weights_double_the_gradient_a_layer_exactly_and_a_normalised_one_not_at_all():
    one, two = (np.array(gradient_sizes(seed=0, weight_scale=scale, depth=3)) for scale in (1.0, 2.0))
    np.testing.assert_allclose(two / one, [8, 4, 2, 1], rtol=1e-12)
    for name in ("batch", "layer"):
        small, large = (
            gradient_sizes(seed=0, weight_scale=scale, depth=5, normalize=name) for scale in (0.5, 5.0)
        )
        np.testing.assert_allclose(small, large, rtol=1e-3)


def test_batch_norm_multiplies_the_gradient_as_theory_says_and_layer_norm_keeps_it():
    # A ReLU layer's centred outputs keep 1 - 1/pi of their mean square, and batch norm divides by its root.
    factors = {
        name: np.mean([gradient_sizes(seed=seed, normalize=name, depth=20)[0] for seed in range(100, 105)])
        ** 0.05
        for name in ("batch", "layer")
    }
    assert factors["batch"] == pytest.approx(np.sqrt(np.pi / (np.pi - 1)), rel=0.03)
    assert factors["layer"] == pytest.approx(1, rel=0.03)


def test_the_flow_s_factors_are_those_of_its_layers():
    setting = {"seed": 3, "activation": "relu", "weight_scale": 2.0, "normalize": "none", "depth": 8}
    flow = normalized_flow(**setting, width=64, examples=16)
    rms, sizes = (f(**setting, width=64, examples=16) for f in (output_rms, gradient_sizes))
    assert flow["forward"] ** 7 == pytest.approx(rms[-1] / rms[0])
    assert flow["backward"] ** 8 == pytest.approx(sizes[0])
    assert flow["rms"] == rms[-1]


SCALED = {
    "activation": "relu",
    "cure": "none",
    "weight_scale": 3.0,
    "depth": 4,
    "width": 64,
    "data": "digits",
    "optimizer": "momentum",
    "learning_rate": 0.05,
    "epochs": 8,
}


def test_a_capped_network_that_fails_at_one_rate_trains_at_a_lower_one_and_clipped():
    ways = {"as it is": {}, "lower": {"learning_rate": 0.005}, "clipped": {"cure": "clip"}}
    runs = {
        name: [scaled_start(seed=seed, **{**SCALED, "activation": "relu6", **way}) for seed in (100, 101)]
        for name, way in ways.items()
    }
    assert {run["outcome"] for run in runs["as it is"]} == {"failed"}
    assert min(run["accuracy"] for name in ("lower", "clipped") for run in runs[name]) > 0.7
    # The same share of flat sums at the start: it is not what keeps the network from learning.
    starts = {name: [run["flat_start"] for run in group] for name, group in runs.items()}
    assert starts["as it is"] == starts["lower"] == starts["clipped"]


def test_flat_shares_and_gradients_of_a_start():
    tanh, relu, larger = (
        scaled_start(seed=0, **{**SCALED, "weight_scale": 1.0, "epochs": 1, "depth": 1, **change})
        for change in ({"activation": "tanh"}, {}, {"weight_scale": 3.0})
    )
    assert tanh["flat_start"] == 0.0
    assert 0.3 < relu["flat_start"] == larger["flat_start"] < 0.7
    assert larger["gradient"] > 2 * relu["gradient"]


def test_bits_lost_are_differences_to_sixteen():
    run = few_bits(
        seed=1, activation="relu", outlier=30.0, quantile=1.0, depth=3, learning_rate=0.05, epochs=2
    )
    full, four = quantized_accuracies(seed=1, activation="relu", bits=(16, 4), outlier=30.0, epochs=2)
    assert run["accuracy"] == full
    assert run["lost_4"] == full - four


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: output_rms(seed=0, normalize="group"), "normalize must be"),
        (lambda: gradient_sizes(seed=0, normalize="group"), "normalize must be"),
        (
            lambda: normalized_flow(
                seed=0, activation="relu", weight_scale=1.0, normalize="none", depth=1, width=4, examples=4
            ),
            "depth must be at least 2",
        ),
        (lambda: scaled_start(seed=0, **{**SCALED, "cure": "prayer"}), "cure must be one of none, clip"),
        (lambda: quantize(np.ones(1), largest=0.0, bits=8), "largest must be positive"),
        (lambda: quantize(np.ones(1), largest=1.0, bits=0), "bits must be at least 1"),
        (lambda: quantized_accuracies(seed=0, activation="elu", bits=(8,)), "must never be negative"),
        (
            lambda: quantized_accuracies(
                seed=0, activation="relu", bits=(8,), quantile=1.5, hidden=(4,), epochs=1
            ),
            "Quantiles must be in the range",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
