"""Cost: the timings compare what they say. How long things take is a matter of `make bench` (bench_speed.py)."""

import json
import subprocess

import pytest

from relubook import ACTIVATIONS
from relubook.experiments import cost


def test_a_ratio_has_the_name_of_its_call():
    ratios = cost.ratios_to_copy({"nothing": lambda: None, "less": lambda: None}, size=1_000, repeats=1)
    assert list(ratios) == ["nothing", "less"] and min(ratios.values()) > 0


def test_the_family_is_of_the_registry_and_tanh_gelu():
    assert len(cost.FAMILY) == 16 and set(cost.FAMILY) - {"gelu (tanh)"} <= set(ACTIVATIONS)
    ratios = cost.family_ratios(size=1_000, repeats=1)
    assert list(ratios) == list(cost.FAMILY) and min(ratios.values()) > 0


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
