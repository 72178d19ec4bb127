"""Cost: the timings compare what they say. How long things take is tested with wide margins only."""

import json
import subprocess
import time

import numpy as np
import pytest

from relubook import ACTIVATIONS
from relubook.experiments import cost


def test_a_ratio_is_to_a_copy():
    source, target = np.ones(2_000_000, np.float32), np.empty(2_000_000, np.float32)
    calls = {
        "copy": lambda: np.copyto(target, source),
        "twenty copies": lambda: [np.copyto(target, source) for _ in range(20)],
        "sleep": lambda: time.sleep(0.05),
    }
    ratios = cost.ratios_to_copy(calls, size=2_000_000, repeats=5)
    assert 0.25 < ratios["copy"] < 4 < ratios["twenty copies"] < 80  # wide: other tests share the memory
    assert ratios["sleep"] > ratios["copy"]


def test_the_family_is_of_the_registry_and_tanh_gelu():
    assert len(cost.FAMILY) == 16 and set(cost.FAMILY) - {"gelu (tanh)"} <= set(ACTIVATIONS)
    ratios = cost.family_ratios(size=1_000, repeats=1)
    assert list(ratios) == list(cost.FAMILY) and min(ratios.values()) > 0


def test_exact_gelu_costs_much_more_than_relu():
    ratios = cost.family_ratios(size=1_000_000, repeats=2)
    assert ratios["gelu"] > 2 * ratios["relu"]


def test_more_arithmetic_costs_more_and_its_first_steps_are_nearly_free():
    ratios = cost.chain_ratios(lengths=(1, 4, 64), size=2_000_000)
    assert ratios[4] < 3 * ratios[1] < ratios[64]


@pytest.mark.parametrize("framework", cost.FRAMEWORKS)
def test_a_framework_is_timed_in_its_own_process(framework):
    ratios = cost.framework_ratios({framework: 10_000}, names=("relu", "gelu (tanh)"), repeats=1)[framework]
    assert list(ratios) == ["relu", "gelu (tanh)"]
    assert all(ours > 0 and theirs > 0 for ours, theirs in ratios.values())


def test_the_process_skips_keras_prelu(monkeypatch):
    monkeypatch.setattr(cost, "_tensorflow_calls", lambda x: lambda name: lambda: None)
    task = {"framework": "tensorflow", "size": 10, "names": ["prelu", "relu"], "repeats": 1}
    assert list(json.loads(cost._run_task(json.dumps(task), lambda: None))) == ["relu"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cost.ratios_to_copy({}, size=0), "size and repeats must be at least 1"),
        (lambda: cost.chain_ratios(lengths=(0,), size=10), "lengths must be at least 1"),
        (lambda: cost.framework_ratios({"jax": 10}), "sizes must be of torch, tensorflow, got 'jax'"),
        (lambda: cost.framework_ratios({"torch": 10}, names=("rellu",)), "names must be of .* got rellu"),
        (lambda: cost.framework_ratios({"torch": 0}), "sizes and repeats must be at least 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_failing_process_is_an_error(monkeypatch):
    monkeypatch.setattr(cost.sys, "executable", "false")
    with pytest.raises(subprocess.CalledProcessError):
        cost.framework_ratios({"torch": 10}, repeats=1)
