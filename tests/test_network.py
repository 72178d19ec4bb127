"""The network: gradients of the whole of it, layers against PyTorch, and clear errors."""

import copy
import pickle

import joblib
import numpy as np
import pytest

from relubook import ACTIVATIONS, MLP, fit
from relubook.network import INITIALIZERS, BatchNorm, Dense, Elementwise, Parameter, PReLU
from relubook.training import SGD, Adam, mean_squared_error

STEP = 1e-6


def smooth_point(name: str, *, batch_norm: bool) -> tuple[MLP, np.ndarray, np.ndarray]:
    """A small network, inputs and targets, with no pre-activation so near a kink that a step would cross it."""
    kinks = np.array([*ACTIVATIONS[name].kinks, 0.0])
    for seed in range(100):
        rng = np.random.default_rng(seed)
        model = MLP([3, 5, 4, 2], name, rng=rng, batch_norm=batch_norm)
        for parameter in model.parameters:
            parameter.value += rng.normal(0, 0.3, parameter.value.shape)
        x, targets = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
        model.forward(x, training=batch_norm)
        inputs = [layer.x for layer in model.layers if isinstance(layer, Elementwise | PReLU)]
        if min(np.abs(z[..., None] - kinks).min() for z in inputs) > 1e-3:
            return model, x, targets
    raise AssertionError("no smooth point found")


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_of_the_whole_network(name, batch_norm):
    model, x, targets = smooth_point(name, batch_norm=batch_norm)

    def loss(inputs):
        return mean_squared_error(model.forward(inputs, training=batch_norm), targets)

    value, grad = loss(x)
    input_grad = model.backward(grad)
    derived = [parameter.grad.copy() for parameter in model.parameters]
    assert value > 0
    for parameter, grads in zip(model.parameters, derived, strict=True):
        for index in np.ndindex(parameter.value.shape):
            original = parameter.value[index]
            parameter.value[index] = original + STEP
            above = loss(x)[0]
            parameter.value[index] = original - STEP
            below = loss(x)[0]
            parameter.value[index] = original
            assert grads[index] == pytest.approx((above - below) / (2 * STEP), rel=1e-5, abs=1e-8)
    for index in np.ndindex(x.shape):
        change = np.zeros_like(x)
        change[index] = STEP
        slope = (loss(x + change)[0] - loss(x - change)[0]) / (2 * STEP)
        assert input_grad[index] == pytest.approx(slope, rel=1e-5, abs=1e-8)


def test_backward_leaves_the_incoming_gradient_alone():
    for name in ("relu", "prelu", "gelu"):
        model = MLP([3, 4, 2], name, rng=np.random.default_rng(0), batch_norm=True)
        model.forward(np.ones((5, 3)) * np.arange(5)[:, None], training=True)
        grad = np.ones((5, 2))
        model.backward(grad)
        np.testing.assert_array_equal(grad, 1)


# --- Initialisers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "variance"), [("he", 2 / 400), ("glorot", 2 / 700), ("lecun", 1 / 400), ("torch", 1 / 1200)]
)
def test_initial_weights_have_the_variance_of_their_formula(name, variance):
    weight, bias = INITIALIZERS[name](400, 300, np.random.default_rng(0))
    assert weight.shape == (400, 300) and bias.shape == (300,)
    assert weight.var() == pytest.approx(variance, rel=0.02)
    assert abs(weight.mean()) < 5 * np.sqrt(variance / weight.size)
    if name == "torch":
        assert bias.var() == pytest.approx(variance, rel=0.2)
        assert np.abs(weight).max() <= 1 / np.sqrt(400)
    else:
        np.testing.assert_array_equal(bias, 0)


def test_torch_default_is_that_of_torch():
    import torch

    torch.manual_seed(0)
    linear = torch.nn.Linear(400, 300)
    weight, bias = INITIALIZERS["torch"](400, 300, np.random.default_rng(0))
    assert weight.std() == pytest.approx(linear.weight.std().item(), rel=0.02)
    assert bias.std() == pytest.approx(linear.bias.std().item(), rel=0.2)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initialisers_refuse_empty_layers(name):
    for sizes, argument in (((0, 3), "fan_in"), ((3, 0), "fan_out")):
        with pytest.raises(ValueError, match=f"{argument} must be an integer of at least 1, got 0"):
            INITIALIZERS[name](*sizes, np.random.default_rng(0))


# --- Layers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_is_that_of_torch(training):
    import torch

    rng = np.random.default_rng(0)
    ours, theirs = (
        BatchNorm(3, momentum=0.2, epsilon=1e-3),
        torch.nn.BatchNorm1d(3, eps=1e-3, momentum=0.2).double(),
    )
    ours.gamma.value[...], ours.beta.value[...] = rng.normal(size=(2, 3))
    with torch.no_grad():
        theirs.weight.copy_(torch.from_numpy(ours.gamma.value))
        theirs.bias.copy_(torch.from_numpy(ours.beta.value))
    for _ in range(3):  # fills the running statistics
        batch = rng.normal(2, 3, size=(8, 3))
        ours.forward(batch, training=True)
        theirs(torch.from_numpy(batch))
    theirs.train(training)
    x, grad = rng.normal(size=(8, 3)), rng.normal(size=(8, 3))
    t = torch.tensor(x, requires_grad=True)
    y = theirs(t)
    y.backward(torch.from_numpy(grad))
    np.testing.assert_allclose(ours.forward(x, training=training), y.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(ours.backward(grad), t.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.gamma.grad, theirs.weight.grad.numpy(), rtol=1e-9)
    np.testing.assert_allclose(ours.beta.grad, theirs.bias.grad.numpy(), rtol=1e-9)
    np.testing.assert_allclose(ours.running_mean, theirs.running_mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(ours.running_variance, theirs.running_var.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: BatchNorm(0), "units must be an integer of at least 1, got 0"),
        (lambda: BatchNorm(2, momentum=1.5), "momentum must be between 0 and 1"),
        (lambda: BatchNorm(2, epsilon=0.0), "epsilon must be positive"),
        (lambda: BatchNorm(2).forward(np.ones((1, 2)), training=True), "at least 2 examples"),
        (lambda: PReLU(0), "units must be an integer of at least 1, got 0"),
        (lambda: PReLU(2, negative_slope=np.inf), "negative_slope must be finite"),
        (lambda: Elementwise("rellu"), "rellu"),
        (lambda: Elementwise("elu", alpha=np.nan), "alpha must be finite"),
        (lambda: PReLU(2, negative_slope=[0.1, 0.2]), "negative_slope must be finite"),
        (lambda: PReLU(2.0), "units must be an integer of at least 1, got 2.0"),
        (lambda: BatchNorm(2, momentum=None), "momentum must be between 0 and 1, got None"),
        (lambda: BatchNorm(2, momentum=-0.001), "momentum must be between 0 and 1, got -0.001"),
        (lambda: BatchNorm(2, epsilon=np.inf), "epsilon must be positive and finite, got inf"),
        (lambda: BatchNorm(2).forward(np.ones((0, 2)), training=True), "at least 2 examples.*got 0"),
        (lambda: Dense(np.ones((2, 3)), np.zeros(2)), r"weight \(2, 3\) and bias \(2,\) must be"),
        (lambda: Dense(np.ones(3), np.zeros(3)), "must be"),
        (lambda: Dense(np.full((2, 3), np.nan), np.zeros(3)), "weight holds NaN"),
        (lambda: Dense([[1.0], [2.0, 3.0]], [0.0]), "weight must be an array, got rows of different lengths"),
    ],
)
def test_layers_refuse_bad_settings(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_elementwise_refuses_a_parameter_that_the_activation_lacks():
    with pytest.raises(TypeError, match="relu has no parameter 'alpha'"):
        Elementwise("relu", alpha=1.0)


def test_only_weight_matrices_decay():
    model = MLP([3, 4, 2], "prelu", rng=np.random.default_rng(0), batch_norm=True)
    assert [parameter.value.ndim == 2 for parameter in model.parameters] == [
        p.decay for p in model.parameters
    ]


# --- The whole ----------------------------------------------------------------------------------------------


def test_forward_is_the_formula():
    model = MLP([3, 4, 2], "elu", rng=np.random.default_rng(0))
    (first, second), x = model.dense_layers, np.random.default_rng(1).normal(size=(5, 3))
    hidden = ACTIVATIONS["elu"].fn(x @ first.weight.value + first.bias.value)
    np.testing.assert_array_equal(model.forward(x), hidden @ second.weight.value + second.bias.value)
    np.testing.assert_array_equal(model.hidden(x)[0], hidden)
    np.testing.assert_array_equal(model.predict(x), model.forward(x).argmax(axis=1))


def test_same_rng_same_network():
    first, second, third = (MLP([3, 4, 2], rng=np.random.default_rng(seed)) for seed in (0, 0, 1))
    x = np.ones((1, 3))
    np.testing.assert_array_equal(first.forward(x), second.forward(x))
    assert (first.forward(x) != third.forward(x)).any()


def test_evaluation_changes_nothing():
    model = MLP([3, 4, 2], "prelu", rng=np.random.default_rng(0), batch_norm=True)
    norm = next(layer for layer in model.layers if isinstance(layer, BatchNorm))
    before = norm.running_mean.copy(), [parameter.value.copy() for parameter in model.parameters]
    model.forward(np.random.default_rng(1).normal(size=(5, 3)))
    np.testing.assert_array_equal(norm.running_mean, before[0])
    for parameter, value in zip(model.parameters, before[1], strict=True):
        np.testing.assert_array_equal(parameter.value, value)


def test_takes_lists_integers_and_float32():
    model = MLP([2, 3, 1], rng=np.random.default_rng(0))
    expected = model.forward(np.array([[1.0, 2.0]]))
    for x in ([[1, 2]], np.array([[1, 2]], np.uint8), np.array([[1, 2]], np.float32)):
        np.testing.assert_array_equal(model.forward(x), expected)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sizes": [3]}, "sizes must be two or more"),
        ({"sizes": 3}, "sizes must be integers of at least 1, got 3"),
        *(
            ({"sizes": [3, size, 2]}, "sizes must be integers of at least 1, got")
            for size in (0, 2.5, 2.0, np.inf, None, True, "2")
        ),
        ({"activation": "rellu"}, "rellu"),
        ({"init": "kaiming"}, "unknown init 'kaiming'; known are he, glorot, lecun, torch"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        MLP(**{"sizes": [3, 4, 2], "rng": np.random.default_rng(0), **settings})


def test_rng_must_be_a_generator():
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator, got int"):
        MLP([3, 2], rng=0)


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.ones((2, 4)), ValueError, r"x must have shape \(examples, 3\), got \(2, 4\)"),
        (np.ones(3), ValueError, r"x must have shape \(examples, 3\), got \(3,\)"),
        (np.ones((0, 3)), ValueError, "x holds no examples"),
        (np.ones((2, 3), complex), TypeError, "x must hold real numbers, got dtype complex128"),
        ([["a", "b", "c"]], TypeError, "x must hold real numbers"),
        ([[1.0, 2.0, 3.0], [1.0]], ValueError, "x must be an array, got rows of different lengths"),
        (np.ma.masked_less(np.ones((2, 3)), 2), TypeError, "x must not be a masked array"),
    ],
)
def test_bad_input_is_named(x, error, message):
    model = MLP([3, 4, 2], rng=np.random.default_rng(0))
    for call in (model.forward, model.hidden, model.predict):
        with pytest.raises(error, match=message):
            call(x)


def test_dense_takes_lists_and_integers_and_can_be_trained():
    layer = Dense([[1], [2]], [0])
    assert layer.weight.value.dtype == layer.bias.value.dtype == np.float64
    np.testing.assert_array_equal(layer.forward(np.array([[1.0, 1.0]])), [[3.0]])


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initialisers_want_a_generator_and_whole_numbers(name):
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator, got int"):
        INITIALIZERS[name](3, 2, 0)
    with pytest.raises(ValueError, match=r"fan_in must be an integer of at least 1, got 3\.0"):
        INITIALIZERS[name](3.0, 2, np.random.default_rng(0))


# --- Copies -------------------------------------------------------------------------------------------------


def through_joblib(model: MLP, folder) -> MLP:
    joblib.dump(model, folder / "model.joblib")
    return joblib.load(folder / "model.joblib")


COPIES = {
    "deepcopy": lambda model, folder: copy.deepcopy(model),
    "pickle": lambda model, folder: pickle.loads(pickle.dumps(model)),
    "joblib": through_joblib,
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_copy_computes_and_trains_as_the_network_does(name, batch_norm, way, tmp_path):
    model = MLP([3, 4, 2], name, rng=np.random.default_rng(0), batch_norm=batch_norm)
    x = np.random.default_rng(1).normal(size=(30, 3))
    settings = {"learning_rate": 0.05, "epochs": 2, "batch_size": 10, "momentum": 0.9}

    def train(network):
        fit(network, x, (x[:, 0] > 0).astype(int), rng=np.random.default_rng(2), **settings)
        return network.forward(x)

    before = train(model)
    twin = COPIES[way](model, tmp_path)
    np.testing.assert_array_equal(twin.forward(x), before)
    trained = train(twin)
    np.testing.assert_array_equal(model.forward(x), before)  # nothing is shared
    np.testing.assert_array_equal(train(model), trained)
    assert (trained != before).any()


def test_prelu_starts_from_a_quarter():
    assert PReLU(2).slope.value.tolist() == [0.25, 0.25]
    assert PReLU(1, -1.0).slope.value.tolist() == [-1.0]


def test_the_ends_of_the_ranges_are_allowed():
    assert (BatchNorm(1, momentum=0).momentum, BatchNorm(1, momentum=1).momentum) == (0, 1)
    assert BatchNorm(1).momentum == 0.1 and BatchNorm(1).epsilon == 1e-5
    assert MLP([1, 1], rng=np.random.default_rng(0)).sizes == [1, 1]
    norm = BatchNorm(1, epsilon=1.0)
    np.testing.assert_allclose(
        norm.forward(np.array([[1.0], [3.0]]), training=True), [[-(0.5**0.5)], [0.5**0.5]], rtol=1e-12
    )


def test_parameters_and_optimisers_are_told_apart_by_what_they_are_and_not_by_their_values():
    for kind in (lambda: Parameter(np.ones(2)), lambda: SGD([]), lambda: Adam([])):
        one, other = kind(), kind()
        assert one == one and one != other and len({one, other}) == 2


def test_batch_norm_uses_its_running_statistics_unless_it_trains():
    norm, x = BatchNorm(1, epsilon=1e-12), np.array([[1.0], [3.0]])
    np.testing.assert_allclose(norm.forward(x), x, rtol=1e-11)
    np.testing.assert_array_equal(norm.running_mean, [0.0])
