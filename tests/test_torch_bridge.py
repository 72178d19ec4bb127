"""PyTorch: the same functions, and weights that travel there and back without a loss."""

import copy
import io
import pickle

import numpy as np
import pytest
import torch
from reference_values import REFERENCES
from torch import nn

from relubook import ACTIVATIONS, MLP, Activation, fit
from relubook.network import BatchNorm
from relubook.torch_bridge import SPECIAL, get_weights, set_weights, to_torch

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


# Those that the framework has, or that the bridge makes.
THERE = [name for name, entry in ACTIVATIONS.items() if entry.torch or name in SPECIAL]


@pytest.mark.parametrize("name", THERE)
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


# Settings beside those of reference_values.py: what the module could get wrong.
MORE = {
    "leaky_relu": [{"negative_slope": 1.5}],
    "prelu": [{"negative_slope": slope} for slope in (0.0, -0.5, [0.1, -0.2, 0.3])],
    "elu": [{"alpha": alpha} for alpha in (2.0, -0.5)],
    "celu": [{"alpha": 0.5}],
    "softplus": [{"beta": 0.5}],
}
CASES = [
    (name, parameters)
    for name in THERE
    for parameters in ({}, *REFERENCES[name].parameters, *MORE.get(name, ()))
]


def test_every_parameter_is_among_the_cases():
    moved = {(name, parameter) for name, parameters in CASES for parameter in parameters}
    missing = {(name, parameter) for name in THERE for parameter in ACTIVATIONS[name].defaults} - moved
    assert not missing, (
        f"give another value in `parameters` of tests/reference_values.py to {sorted(missing)}"
    )


def reversed_and_read_only(mlp: MLP) -> MLP:
    """The same network, in arrays that are neither contiguous nor writeable."""
    for parameter in mlp.parameters:
        parameter.value = np.ascontiguousarray(parameter.value[::-1])[::-1]
        parameter.value.setflags(write=False)
    return mlp


def squareplus(x, alpha=1.0):
    return np.asarray(x) * alpha


def own_entry(**names) -> Activation:
    """An entry that is not registered, and which the frameworks need not have."""
    return Activation(fn=squareplus, grad=squareplus, formula="", grad_formula="", range=(0, 1), **names)


def through_a_file(module: nn.Module) -> nn.Module:
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


@pytest.mark.parametrize(
    "way", [through_a_file, copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))]
)
@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_modules_are_copied_saved_and_loaded(name, parameters, way):
    module = to_torch(name, **parameters).double()
    x = np.random.default_rng(0).normal(scale=3, size=(50, 3))
    outputs = module(torch.tensor(x)).detach()
    np.testing.assert_allclose(outputs.numpy(), ACTIVATIONS[name].fn(x, **parameters), rtol=1e-6, atol=1e-8)
    assert torch.equal(way(module)(torch.tensor(x)), outputs)


def test_an_activation_that_torch_lacks_is_named():
    with pytest.raises(ValueError, match="squareplus has no PyTorch module; write it with torch's functions"):
        to_torch(own_entry())
    for name in ("torch.nn.Squareplus", "torch.relu"):
        wrong = own_entry(torch=name)
        with pytest.raises(ValueError, match=f"squareplus has no PyTorch module: its record names {name}"):
            to_torch(wrong)


def test_a_new_activation_needs_only_its_record():
    assert repr(to_torch(own_entry(torch="torch.nn.ELU"), alpha=2)) == "ELU(alpha=2)"


def test_slopes_in_every_layout():
    slopes = np.array([0.1, 0.2, 0.3])
    slopes.setflags(write=False)
    for given in (
        slopes,
        slopes[::-1],
        np.repeat(slopes, 2)[::2],
        slopes.astype(">f4"),
        slopes.astype(np.longdouble),
    ):
        module = to_torch("prelu", negative_slope=given)
        np.testing.assert_array_equal(module.weight.detach().numpy(), given.astype(np.float32))


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("prelu", {"negative_slope": [[0.1], [0.2]]}, "negative_slope must be a number or one a unit"),
        ("elu", {"alpha": [1.0, 2.0]}, r"alpha must be a single number, got shape \(2,\)"),
    ],
)
def test_parameters_of_the_wrong_shape_are_named(name, parameters, message):
    with pytest.raises(ValueError, match=message):
        to_torch(name, **parameters)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_weights_of_every_float_type_are_read(dtype):
    model, mlp = torch_model(batch_norm=True).to(dtype), trained(batch_norm=True)
    get_weights(model, mlp)
    weight = model[0].weight.detach().to(torch.float64).numpy().T
    np.testing.assert_array_equal(mlp.dense_layers[0].weight.value, weight)


def test_arrays_in_every_layout_are_copied():
    model, mlp = torch_model(activation="prelu").double(), trained(activation="prelu")
    expected = mlp.forward(np.ones((1, 4)))
    set_weights(model, reversed_and_read_only(mlp))
    np.testing.assert_allclose(model(torch.ones(1, 4).double()).detach().numpy(), expected, rtol=1e-12)


def integer_head() -> nn.Module:
    model = torch_model()
    model[2].bias = nn.Parameter(torch.zeros(3, dtype=torch.int64), requires_grad=False)
    return model


def inference_head() -> nn.Module:
    model = torch_model()
    with torch.inference_mode():
        model[2].bias = nn.Parameter(torch.zeros(3), requires_grad=False)
    return model


@pytest.mark.parametrize("copy_weights", [get_weights, set_weights])
@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            lambda: nn.Sequential(nn.Linear(4, 5), nn.Linear(5, 3, device="meta")),
            "module '1' of model has no values yet",
        ),
        (
            lambda: nn.Sequential(nn.Linear(4, 5), nn.LazyLinear(3)),
            "LazyLinear|module '1' of model has no values yet",
        ),
        (integer_head, "bias of module '2' of model must be floats, got torch.int64"),
        (inference_head, "bias of module '2' of model was made in inference mode"),
    ],
)
def test_a_last_layer_that_fails_leaves_the_first_alone(copy_weights, head, message):
    model, mlp = head(), trained()
    before, first = state(mlp), model[0].weight.clone()
    with pytest.raises(ValueError, match=message):
        copy_weights(model, mlp)
    assert all(np.array_equal(a, b) for a, b in zip(before, state(mlp), strict=True))
    assert torch.equal(model[0].weight, first)


def test_a_weight_that_the_model_cannot_hold_leaves_it_alone():
    model, mlp = torch_model().half(), trained()
    mlp.parameters[-1].value[0] = 1e5
    before = [tensor.clone() for tensor in model.state_dict().values()]
    with pytest.raises(
        ValueError, match=r"bias of mlp holds numbers beyond the range of the model's torch\.float16"
    ):
        set_weights(model, mlp)
    assert all(torch.equal(a, b) for a, b in zip(before, model.state_dict().values(), strict=True))


def test_a_read_only_network_is_not_half_written():
    mlp = trained()
    mlp.parameters[-1].value.setflags(write=False)
    before = state(mlp)
    with pytest.raises(ValueError, match="bias of mlp is read-only"):
        get_weights(torch_model(), mlp)
    assert all(np.array_equal(a, b) for a, b in zip(before, state(mlp), strict=True))


def test_a_momentum_beyond_its_range_is_refused_before_anything_changes():
    model, mlp = torch_model(batch_norm=True), trained(batch_norm=True)
    model[1].momentum = 2.0
    before = state(mlp)
    with pytest.raises(ValueError, match=r"momentum must be between 0 and 1, got 2\.0"):
        get_weights(model, mlp)
    assert all(np.array_equal(a, b) for a, b in zip(before, state(mlp), strict=True))


@pytest.mark.parametrize("copy_weights", [get_weights, set_weights])
def test_swapped_arguments_are_named(copy_weights):
    with pytest.raises(TypeError, match=r"model must be a torch\.nn\.Module, got MLP"):
        copy_weights(trained(), torch_model())
    with pytest.raises(TypeError, match=r"mlp must be a relubook\.MLP, got Sequential"):
        copy_weights(torch_model(), torch_model())
