"""Cost: the timings compare what they say. How long things take is a matter of `make bench` (bench_speed.py)."""

import time

import numpy as np
import pytest
import torch

from relubook import ACTIVATIONS
from relubook.experiments import cost
from relubook.surveys import SURVEYS


def test_a_ratio_has_the_name_of_its_call():
    ratios = cost.ratios_to_copy({"nothing": lambda: None, "less": lambda: None}, size=1_000, repeats=1)
    assert list(ratios) == ["nothing", "less"] and min(ratios.values()) > 0


def test_the_family_is_of_the_registry_and_tanh_gelu():
    assert len(cost.FAMILY) == 16 and set(cost.FAMILY) - {"gelu (tanh)"} <= set(ACTIVATIONS)
    ratios = cost.family_ratios(size=1_000, repeats=1)
    assert list(ratios) == list(cost.FAMILY) and min(ratios.values()) > 0


@pytest.mark.parametrize("function", SURVEYS["element_cost"].crossed["function"])
def test_pytorch_computes_the_same_function_into_the_tensor(function):
    x = np.linspace(-5, 5, 101, dtype=np.float32)
    out = torch.empty(len(x))
    cost._torch_into(function, torch.from_numpy(x), out)()
    np.testing.assert_allclose(out.numpy(), cost.FAMILY[function](x), rtol=1e-5, atol=1e-6)


def busy(milliseconds: float) -> None:
    start = time.process_time()
    while time.process_time() - start < milliseconds / 1000:
        pass


class Waste:
    """An activation that does nothing, slowly."""

    def __init__(self, milliseconds: float) -> None:
        self.milliseconds, self.parameters = milliseconds, []

    def forward(self, x, *, training=False):
        busy(self.milliseconds)
        return x

    def backward(self, grad):
        busy(self.milliseconds)
        return grad


class WasteInTorch(torch.nn.Module):
    def __init__(self, milliseconds: float) -> None:
        super().__init__()
        self.milliseconds = milliseconds

    def forward(self, x):
        busy(self.milliseconds)
        return x


@pytest.mark.parametrize(("milliseconds", "low", "high"), [(0, -0.5, 0.5), (20, 0.8, 1)])
def test_the_share_is_what_the_activation_takes(monkeypatch, milliseconds, low, high):
    monkeypatch.setattr(cost, "_numpy_layer", lambda name: Waste(milliseconds))
    monkeypatch.setattr(cost, "_torch_module", lambda name: WasteInTorch(milliseconds))
    shares = cost.step_share(seed=0, function="relu", layers="16-16", batch=4)
    assert low < shares["numpy"] < high and low < shares["torch"] < high


def test_the_share_of_several_layers_counts_each_of_them(monkeypatch):
    layers = []
    monkeypatch.setattr(cost, "_numpy_layer", lambda name: layers.append(Waste(0)) or layers[-1])
    cost.step_share(seed=0, function="relu", layers="8-8-8-8", batch=2)
    assert len(layers) == 3


def test_threads_are_as_before():
    threads = torch.get_num_threads()
    cost.step_share(seed=0, function="tanh", layers="8-8", batch=2)
    cost.element_cost(seed=0, function="tanh", size=10)
    assert torch.get_num_threads() == threads


def test_a_doubling_is_twice_the_time(monkeypatch):
    monkeypatch.setattr(
        cost, "ratios_to_copy", lambda calls, **settings: dict(zip(calls, (1, 4, 0.5), strict=True))
    )
    assert cost.element_cost(seed=0, function="relu", size=10) == {"numpy": 0, "blocks": 2, "torch": -1}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cost.ratios_to_copy({}, size=0), "size and repeats must be at least 1"),
        (lambda: cost.element_cost(seed=0, function="rellu", size=10), "function must be of .* got 'rellu'"),
        (lambda: cost.element_cost(seed=0, function="prelu", size=10), "function must be of .* got 'prelu'"),
        (lambda: cost.element_cost(seed=0, function="relu", size=0), "size must be at least 1, got 0"),
        (lambda: cost.step_share(seed=0, function="rellu", layers="8-8", batch=1), "function must be of"),
        (lambda: cost.step_share(seed=0, function="relu", layers="8", batch=1), "layers must be as in"),
        (lambda: cost.step_share(seed=0, function="relu", layers="8-x", batch=1), "layers must be as in"),
        (lambda: cost.step_share(seed=0, function="relu", layers="8-8", batch=0), "got '8-8' and 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
