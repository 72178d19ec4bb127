"""PyTorch: the same functions, and weights that travel there and back without a loss."""

import numpy as np
import pytest
import torch
from torch import nn

from relubook import ACTIVATIONS, MLP, fit
from relubook.network import BatchNorm
from relubook.torch_bridge import get_weights, set_weights, to_torch

RNG = np.random.default_rng


def torch_model(*, activation="relu", batch_norm=False, sizes=(4, 5, 3)) -> nn.Module:
    n_in, hidden, n_out = sizes
    norm = [nn.BatchNorm1d(hidden)] if batch_norm else []
    slopes = {"negative_slope": np.full(hidden, 0.25)} if activation == "prelu" else {}
    return nn.Sequential(
        nn.Linear(n_in, hidden), *norm, to_torch(activation, **slopes), nn.Linear(hidden, n_out)
    ).eval()


def trained(*, activation="relu", batch_norm=False, seed=0) -> MLP:
    """A network whose every parameter and running statistic has left its start."""
    mlp = MLP([4, 5, 3], activation, rng=RNG(seed), batch_norm=batch_norm)
    x = RNG(1).normal(size=(60, 4))
    fit(mlp, x, (x[:, 0] > 0).astype(int), learning_rate=0.1, epochs=3, batch_size=20, rng=RNG(2))
    for layer in mlp.layers:
        if isinstance(layer, BatchNorm):
            layer.momentum, layer.epsilon = 0.25, 1e-4
    return mlp


def state(mlp: MLP) -> list[np.ndarray]:
    arrays = [parameter.value for parameter in mlp.parameters]
    for layer in mlp.layers:
        if isinstance(layer, BatchNorm):
            arrays += [layer.running_mean, layer.running_variance, np.array([layer.momentum, layer.epsilon])]
    return [array.copy() for array in arrays]


KINDS = pytest.mark.parametrize(
    ("activation", "batch_norm"), [("relu", False), ("prelu", False), ("elu", True), ("prelu", True)]
)


@KINDS
def test_outputs_agree(activation, batch_norm):
    mlp, model = (
        trained(activation=activation, batch_norm=batch_norm),
        torch_model(activation=activation, batch_norm=batch_norm),
    )
    set_weights(model, mlp)
    x = RNG(3).normal(size=(50, 4))
    outputs = model(torch.tensor(x, dtype=torch.float32)).detach().numpy()
    np.testing.assert_allclose(outputs, mlp.forward(x), atol=1e-5)


@KINDS
def test_the_round_trip_is_exact(activation, batch_norm):
    mlp = trained(activation=activation, batch_norm=batch_norm)
    model = torch_model(activation=activation, batch_norm=batch_norm).double()
    returned = MLP([4, 5, 3], activation, rng=RNG(9), batch_norm=batch_norm)
    set_weights(model, mlp)
    get_weights(model, returned)
    for ours, theirs in zip(state(mlp), state(returned), strict=True):
        np.testing.assert_array_equal(theirs, ours)


def test_float32_rounds_once():
    mlp, returned, model = trained(), MLP([4, 5, 3], rng=RNG(9)), torch_model()
    set_weights(model, mlp)
    get_weights(model, returned)
    for ours, theirs in zip(state(mlp), state(returned), strict=True):
        np.testing.assert_array_equal(theirs, ours.astype(np.float32))


def test_what_was_copied_is_no_longer_shared():
    mlp, model = trained(), torch_model().double()
    set_weights(model, mlp)
    before = model(torch.ones((1, 4), dtype=torch.float64))
    for parameter in mlp.parameters:
        parameter.value += 1
    assert torch.equal(before, model(torch.ones((1, 4), dtype=torch.float64)))


@pytest.mark.parametrize("copy", [get_weights, set_weights])
@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            lambda: torch_model(batch_norm=True),
            "Linear, BatchNorm1d, Linear; mlp needs Linear, Linear",
        ),
        (
            lambda: torch_model(sizes=(4, 6, 3)),
            r"weight of module '0' of model has shape \(6, 4\); mlp needs \(5, 4\)",
        ),
        (
            lambda: nn.Sequential(nn.Linear(4, 5, bias=False), nn.Linear(5, 3)),
            "module '0' of model has no bias",
        ),
    ],
)
def test_models_that_do_not_fit_are_refused_and_nothing_changes(copy, model, message):
    mlp, model = MLP([4, 5, 3], rng=RNG(0)), model()
    before, tensors = state(mlp), [tensor.clone() for tensor in model.state_dict().values()]
    with pytest.raises(ValueError, match=message):
        copy(model, mlp)
    assert all(np.array_equal(a, b) for a, b in zip(before, state(mlp), strict=True))
    assert all(torch.equal(a, b) for a, b in zip(tensors, model.state_dict().values(), strict=True))


def test_a_batch_norm_without_a_momentum_is_refused():
    model = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5, momentum=None), nn.ReLU(), nn.Linear(5, 3))
    with pytest.raises(ValueError, match="averages over all batches"):
        get_weights(model, MLP([4, 5, 3], rng=RNG(0), batch_norm=True))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_becomes_a_module(name):
    x = np.array([[-2.0, 0.5, 3.0]])
    np.testing.assert_allclose(
        to_torch(name).double()(torch.tensor(x)).detach().numpy(), ACTIVATIONS[name].fn(x), rtol=1e-7
    )


def test_prelu_takes_one_slope_a_unit():
    module = to_torch("prelu", negative_slope=[0.1, 0.2, 0.3])
    np.testing.assert_allclose(module(-torch.ones(1, 3)).detach().numpy(), [[-0.1, -0.2, -0.3]], rtol=1e-6)


def test_bad_names_and_parameters_are_refused():
    with pytest.raises(ValueError, match="rellu"):
        to_torch("rellu")
    with pytest.raises(TypeError, match="relu has no parameter 'alpha'"):
        to_torch("relu", alpha=1.0)
    with pytest.raises(ValueError, match="beta must be positive"):
        to_torch("softplus", beta=0.0)
