"""Chapter 14: what kills units, and what rescues the network."""

import math

import pytest

from relubook.experiments.digits import DigitsRun
from relubook.experiments.dying_relu import REMEDIES, try_remedies, verdict


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
