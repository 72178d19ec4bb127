"""Dying ReLU: what kills units, and what rescues the network."""

import math

import numpy as np
import pytest

from relubook import MLP
from relubook.experiments.digits import DigitsRun, digits_parts, train_on_digits
from relubook.experiments.dying_relu import (
    CHANGES,
    HARMFUL_RATE,
    REMEDIES,
    SETTING,
    at_the_limit,
    dying_network,
    sharpness,
    shift_biases,
    try_remedies,
    verdict,
)
from relubook.experiments.repeats import over_seeds


def run(accuracy: float, *, dead: float = 0.0, diverged: bool = False) -> DigitsRun:
    return DigitsRun(accuracy, (1.0,), (dead, dead), (dead, dead), diverged)


def test_a_verdict_counts_runs():
    result = verdict(
        [run(0.9, dead=0.2), run(0.1, dead=0.8), run(0.6), run(0.1, dead=math.nan, diverged=True)]
    )
    assert (result.learned, result.failed, result.diverged) == (0.25, 0.5, 0.25)
    assert result.dead == pytest.approx(1 / 3)


def test_a_verdict_on_diverged_runs_alone_knows_nothing_of_dead_units():
    assert math.isnan(verdict([run(0.1, dead=math.nan, diverged=True)]).dead)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="runs is empty"):
        verdict([])
    with pytest.raises(ValueError, match=r"names must be of none, .* got prayer"):
        try_remedies(["prayer"], seeds=[0])


@pytest.fixture(scope="module")
def other_seeds():
    names = ["none", "lower rate", "batch norm", "gradient clipping", "leaky ReLU", "ELU"]
    return {name: verdict(runs) for name, runs in try_remedies(names, seeds=range(100, 106)).items()}


def test_the_harmful_rate_kills_with_other_seeds(other_seeds):
    assert other_seeds["none"].failed >= 0.5 and other_seeds["none"].dead > 0.4


def test_smaller_steps_and_batch_norm_rescue_with_other_seeds(other_seeds):
    for name in ("lower rate", "batch norm", "gradient clipping"):
        assert other_seeds[name].learned >= 0.8, name


def test_a_leaky_slope_alone_does_not_rescue_with_other_seeds(other_seeds):
    for name in ("leaky ReLU", "ELU"):
        assert other_seeds[name].failed >= 0.5, name


def test_every_remedy_changes_something_but_the_first():
    assert [name for name, change in REMEDIES.items() if not change] == ["none"]


def test_at_half_the_rate_relu_survives_where_prelu_and_elu_do_not_with_other_seeds():
    settings = {
        name: {**SETTING, "learning_rate": HARMFUL_RATE / 2, "activation": name}
        for name in ("relu", "prelu", "elu")
    }
    half = {
        name: verdict(runs)
        for name, runs in over_seeds(train_on_digits, settings, seeds=range(100, 105)).items()
    }
    assert half["relu"].learned >= 0.6
    assert half["prelu"].failed >= 0.6 and half["elu"].failed >= 0.6
    assert not half["elu"].dead < 0.3  # dead units, or NaN where all runs diverged


# --- What the surveys run -----------------------------------------------------------------------------------

RUN = {
    "change": "none",
    "data": "digits",
    "net": "2x32",
    "bias": 0.0,
    "optimizer": "momentum",
    "learning_rate": 0.05,
    "batch_size": 32,
    "epochs": 2,
}


def test_a_network_of_the_survey_is_that_of_the_digits():
    run = dying_network(seed=3, **RUN)
    same = train_on_digits(seed=3, hidden=(32, 32), epochs=2)
    assert run["accuracy"] == same.accuracy and run["dead"] == np.mean(same.dead_shares)
    clipped = dying_network(seed=3, **{**RUN, "change": "clipping"})
    assert clipped["accuracy"] == train_on_digits(seed=3, hidden=(32, 32), epochs=2, clip_norm=1.0).accuracy
    warm = dying_network(seed=3, **{**RUN, "change": "warm-up"})
    assert warm["accuracy"] == train_on_digits(seed=3, hidden=(32, 32), epochs=2, warmup_epochs=1).accuracy


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "none"])
def test_every_change_changes_the_run(change):
    plain, changed = (dying_network(seed=0, **{**RUN, "change": name}) for name in ("none", change))
    assert plain != changed


def test_biases_far_below_zero_leave_relu_nothing_to_learn_from():
    run = dying_network(seed=0, **{**RUN, "bias": -100.0})
    assert run["born"] == run["silent"] == run["dead"] == 1.0
    assert run["accuracy"] < 0.2 and run["learned"] == 0
    leaky = dying_network(seed=0, **{**RUN, "bias": -3.0, "change": "leaky 0.3"})
    assert leaky["born"] > 0.9 and leaky["dead"] < 0.5


def test_the_mean_of_a_batch_takes_a_bias_away_and_not_a_beta():
    x = digits_parts()[0]
    model = MLP([64, 8, 10], rng=np.random.default_rng(0), batch_norm=True)
    before = model.forward(x, training=True)
    model.dense_layers[0].bias.value -= 5
    np.testing.assert_allclose(model.forward(x, training=True), before, atol=1e-9)
    shift_biases(model, -5.0)
    assert np.abs(model.forward(x, training=True) - before).max() > 0.1


def test_sharpness_is_the_largest_eigenvalue_of_the_hessian():
    """Of softmax regression, whose Hessian is known: Σ (diag(p) − p pᵀ) ⊗ x xᵀ / n, with x the input and a 1."""
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(40, 3)), rng.integers(4, size=40)
    model = MLP([3, 4], rng=rng)
    scores = model.forward(x)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    hessian = np.zeros((16, 16))
    for p_i, x_i in zip(p, np.c_[x, np.ones(40)], strict=True):
        hessian += np.kron(np.outer(x_i, x_i), np.diag(p_i) - np.outer(p_i, p_i)) / 40
    before = [parameter.value.copy() for parameter in model.parameters]
    found = sharpness(model, x, labels, rng=rng, steps=200)
    assert found == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-4)
    assert all(np.array_equal(a, b.value) for a, b in zip(before, model.parameters, strict=True))


def test_the_loss_jumps_above_the_limit_and_not_below():
    """Far above it and far below: between the two, λ moves while the network learns."""
    runs = [
        at_the_limit(seed=0, change="none", data="tumours", net="1x16", part_of_limit=part)
        for part in (0.2, 20.0)
    ]
    assert runs[0]["highest"] < 1.5 < 5 < runs[1]["highest"]
    assert runs[0]["limit"] == pytest.approx(3.8 / runs[0]["sharpness"])


def test_a_wrong_name_is_answered_with_the_right_ones():
    with pytest.raises(ValueError, match=r"change must be one of none, leaky 0.01, .* got 'prayer'"):
        dying_network(seed=0, **{**RUN, "change": "prayer"})
    with pytest.raises(ValueError, match="net must be layers and units, such as '4x64', got 'big'"):
        dying_network(seed=0, **{**RUN, "net": "big"})
    with pytest.raises(ValueError, match="optimizer must be one of sgd, momentum, adam, got 'hope'"):
        dying_network(seed=0, **{**RUN, "optimizer": "hope"})
