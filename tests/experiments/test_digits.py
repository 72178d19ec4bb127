"""The training run that the sweeps repeat."""

import dataclasses

import numpy as np
import pytest

from relubook.experiments.digits import train_on_digits


def test_a_sound_setting_learns():
    run = train_on_digits(seed=0, hidden=(32, 32), epochs=8)
    assert run.accuracy > 0.9 and not run.diverged
    assert run.loss[-1] < run.loss[0] / 4
    assert len(run.loss) == 8 and len(run.dead_shares) == len(run.zero_shares) == 2
    assert all(0 <= dead <= zero <= 1 for dead, zero in zip(run.dead_shares, run.zero_shares, strict=True))


def test_a_diverged_run_says_so_without_a_warning():
    run = train_on_digits(seed=0, activation="squared_relu", learning_rate=100.0, epochs=2)
    assert run.diverged and np.isnan(run.dead_shares).all() and np.isnan(run.zero_shares).all()
    assert run.accuracy < 0.2


def test_settings_with_one_seed_share_the_initial_weights():
    first = [train_on_digits(seed=3, activation=name, hidden=(), epochs=1).loss for name in ("relu", "elu")]
    assert first[0] == first[1]  # no hidden layer: the same network, the same order


def test_warm_up_slows_the_first_steps_down():
    cold = train_on_digits(seed=0, hidden=(16,), epochs=1, learning_rate=0.05)
    warm = train_on_digits(seed=0, hidden=(16,), epochs=1, learning_rate=0.05, warmup_epochs=1)
    assert warm.loss[0] > cold.loss[0]


def test_validation_and_test_hold_out_different_digits():
    runs = [train_on_digits(seed=0, hidden=(16,), epochs=2, held_out=part) for part in ("test", "validation")]
    assert runs[0].loss != runs[1].loss
    assert round(runs[0].accuracy * 359, 6) % 1 == 0 and round(runs[1].accuracy * 288, 6) % 1 == 0


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"held_out": "train"}, "held_out must be 'test' or 'validation'"),
        ({"warmup_epochs": -1}, "warmup_epochs must be finite and not negative"),
        ({"warmup_epochs": np.nan}, "warmup_epochs must be finite"),
        ({"seed": -1}, "seed must be an integer of at least 0"),
        ({"seed": 1.0}, "seed must be an integer of at least 0"),
        ({"hidden": (8, 0)}, "hidden must be integers of at least 1"),
        ({"hidden": None}, "hidden must be integers of at least 1"),
        ({"batch_size": 0}, "batch_size must be an integer of at least 1"),
        ({"weight_scale": np.nan}, "weight_scale must be finite"),
        ({"learning_rate": None, "warmup_epochs": 1}, "learning_rate must be positive"),
        ({"epochs": 2.0}, "epochs must be an integer"),
        ({"activation": "rellu"}, "rellu"),
    ],
)
def test_bad_settings_are_refused(setting, message):
    with pytest.raises(ValueError, match=message):
        train_on_digits(**{"seed": 0, **setting})


def test_a_run_is_plain_frozen_data():
    run = train_on_digits(seed=0, hidden=(8,), epochs=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.accuracy = 1.0
