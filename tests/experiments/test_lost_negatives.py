"""Lost negatives: what a layer loses, and when it can be read back."""

import numpy as np
import pytest
from scipy.stats import binom

from relubook.experiments.digits import train_on_digits
from relubook.experiments.lost_negatives import (
    BOTTLENECKS,
    crelu,
    narrow_network,
    recovered_share,
    unexplained_share,
)
from relubook.experiments.repeats import over_seeds
from relubook.statistics import paired_difference


def test_crelu_keeps_both_halves():
    x = np.array([[-2.0, 0.0, 3.0]])
    np.testing.assert_array_equal(crelu(x), [[0, 0, 3, 2, 0, 0]])
    positive, negative = np.split(crelu(x), 2, axis=-1)
    np.testing.assert_array_equal(positive - negative, x)


def test_too_few_units_recover_nothing_and_many_recover_all():
    assert recovered_share(seed=0, width=9) == 0.0
    assert recovered_share(seed=0, width=80) == 1.0


def test_coins_predict_recovery_with_other_seeds_too():
    for width in (15, 20, 25):
        shares = over_seeds(recovered_share, {width: {"width": width}}, seeds=range(100, 106))[width]
        assert abs(np.mean(shares) - binom.sf(9, width, 0.5)) < 0.06


def test_a_linear_map_reads_a_linear_layer_back():
    # A slope of 1 makes the layer linear: ten outputs determine ten inputs.
    assert unexplained_share(seed=0, activation="leaky_relu", width=10, negative_slope=1.0) < 1e-9


def test_the_order_of_the_functions_holds_for_other_seeds():
    settings = {
        "ReLU": {"activation": "relu"},
        "leaky": {"activation": "leaky_relu", "negative_slope": 0.25},
        "ELU": {"activation": "elu"},
        "CReLU": {"activation": "crelu"},
    }
    settings = {name: {**setting, "width": 20} for name, setting in settings.items()}
    missed = over_seeds(unexplained_share, settings, seeds=range(100, 105))
    assert paired_difference(missed["ReLU"], missed["leaky"]).low > 0
    assert paired_difference(missed["leaky"], missed["ELU"]).low > 0
    assert max(missed["CReLU"]) < 1e-9


def test_narrow_networks_need_the_negative_side_with_other_seeds_too():
    def accuracies(units: int) -> dict[str, list[float]]:
        settings = {name: {"activation": name, "hidden": (units,), "epochs": 12} for name in ("relu", "elu")}
        runs = over_seeds(train_on_digits, settings, seeds=range(100, 106))
        return {name: [run.accuracy for run in group] for name, group in runs.items()}

    narrow, wide = accuracies(4), accuracies(16)
    assert np.mean(narrow["elu"]) - np.mean(narrow["relu"]) > 0.1
    assert abs(np.mean(wide["elu"]) - np.mean(wide["relu"])) < 0.02


NARROW = {
    "seed": 0,
    "activation": "relu",
    "width": 4,
    "around": 0,
    "data": "digits",
    "optimizer": "momentum",
    "learning_rate": 0.05,
    "epochs": 1,
}


@pytest.mark.parametrize("name", BOTTLENECKS)
def test_the_derivative_of_each_narrow_layer_is_that_of_its_values(name):
    rng = np.random.default_rng(0)
    layer, x = BOTTLENECKS[name](), rng.normal(size=(3, 5))
    upstream = rng.normal(size=layer.forward(x, training=True).shape)
    found, step = layer.backward(upstream), 1e-6
    for index in np.ndindex(x.shape):
        moved = np.zeros_like(x)
        moved[index] = step
        ends = [layer.forward(x + sign * moved, training=True) for sign in (1, -1)]
        assert found[index] == pytest.approx(np.sum(upstream * (ends[0] - ends[1])) / (2 * step), abs=1e-6)


def test_a_constant_shift_loses_nothing_and_a_linear_layer_misses_what_its_plane_misses():
    relu, shifted, linear = (
        narrow_network(**{**NARROW, "activation": name}) for name in ("relu", "shifted", "linear")
    )
    assert shifted["missed_start"] == pytest.approx(relu["missed_start"], rel=1e-9)
    assert linear["missed_start"] < relu["missed_start"] < 1
    assert narrow_network(**{**NARROW, "activation": "linear", "width": 64})["missed"] < 1e-6


def test_a_layer_of_dead_units_misses_everything():
    run = narrow_network(**{**NARROW, "learning_rate": 30.0, "width": 2})
    assert np.isnan(run["dead"]) or run["dead"] == 1.0
    assert run["accuracy"] < 0.2


def test_a_narrow_layer_between_others_has_fewer_outputs_than_they():
    narrow, wide = (narrow_network(**{**NARROW, "around": 64, "width": width}) for width in (2, 64))
    assert narrow["missed_start"] > wide["missed_start"] + 0.2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: recovered_share(seed=0, width=0), "width must be at least 1"),
        (lambda: recovered_share(seed=0, width=1, inputs=0), "inputs must be at least 1"),
        (lambda: unexplained_share(seed=0, activation="crelu", width=5), "width must be even"),
        (lambda: unexplained_share(seed=0, activation="rellu", width=4), "rellu"),
        (
            lambda: narrow_network(**{**NARROW, "activation": "rellu"}),
            "activation must be one of relu, shifted",
        ),
        (
            lambda: narrow_network(**{**NARROW, "activation": "crelu", "width": 3}),
            "width must be even for crelu",
        ),
        (lambda: narrow_network(**{**NARROW, "width": 0}), "width must be at least 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
