"""Dying ReLU: what kills units, and what rescues the network."""

import math

import pytest

from relubook.experiments.digits import DigitsRun, train_on_digits
from relubook.experiments.dying_relu import HARMFUL_RATE, REMEDIES, SETTING, try_remedies, verdict
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
