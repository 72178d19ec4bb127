"""Sparsity: zeros, dead units, and products that skip zeros."""

import numpy as np
import pytest

from relubook.experiments.repeats import over_seeds
from relubook.experiments.sparsity import skipping_ratios, zeros_through_training
from relubook.statistics import paired_difference

OTHER_SEEDS = range(100, 106)


def test_half_of_a_fresh_layer_is_zero():
    runs = [zeros_through_training(seed=seed, epochs=1) for seed in OTHER_SEEDS]
    assert np.mean([run.zeros_before for run in runs]) == pytest.approx(0.5, abs=0.05)


def test_the_learning_rate_decides_whether_zeros_become_more_with_other_seeds():
    runs = over_seeds(
        zeros_through_training, {rate: {"learning_rate": rate} for rate in (0.02, 0.05)}, seeds=OTHER_SEEDS
    )
    changes = {
        rate: paired_difference(
            [np.mean(run.zeros_after) for run in group], [np.mean(run.zeros_before) for run in group]
        )
        for rate, group in runs.items()
    }
    assert changes[0.02].mean < 0 < changes[0.05].mean
    for group in runs.values():  # sparse is not dead
        assert np.mean([run.dead_after for run in group]) < 0.15 < np.mean([run.zeros_after for run in group])


def test_a_leaky_layer_has_no_zeros_and_is_as_accurate_with_other_seeds():
    settings = {name: {"activation": name, "epochs": 10} for name in ("relu", "leaky_relu")}
    runs = over_seeds(zeros_through_training, settings, seeds=OTHER_SEEDS)
    assert max(max(run.zeros_after) for run in runs["leaky_relu"]) == 0
    gain = np.mean([run.accuracy for run in runs["leaky_relu"]]) - np.mean(
        [run.accuracy for run in runs["relu"]]
    )
    assert abs(gain) < 0.02


def test_more_zeros_make_skipping_cheaper():
    assert skipping_ratios(zeros=0.99) < skipping_ratios(zeros=0.5)


def test_zeros_in_whole_columns_are_cheaper_to_skip():
    for zeros in (0.5, 0.9):
        assert skipping_ratios(zeros=zeros, whole_columns=True) < skipping_ratios(zeros=zeros)


def test_making_the_sparse_form_costs_time():
    for zeros in (0.5, 0.8):
        assert skipping_ratios(zeros=zeros) < skipping_ratios(zeros=zeros, converted=True)


@pytest.mark.parametrize("zeros", [-0.1, 1.0])
def test_bad_shares_are_named(zeros):
    with pytest.raises(ValueError, match=r"zeros must lie in \[0, 1\)"):
        skipping_ratios(zeros=zeros)
