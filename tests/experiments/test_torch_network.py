"""PyTorch's networks: each against relubook's own, against NumPy, or against a formula."""

import numpy as np
import pytest

from relubook.datasets import small_digits
from relubook.experiments.torch_network import (
    DYING,
    FUNCTIONS,
    every_function,
    silent_units,
    torch_networks,
    warmup_cosine,
)
from relubook.experiments.trained_network import OPTIMIZERS
from relubook.network import MLP
from relubook.training import accuracy, fit, softmax_cross_entropy

torch = pytest.importorskip("torch", reason="PyTorch is not installed: its networks are not tested")
stacked = pytest.importorskip("relubook.experiments.stacked")
RNG = np.random.default_rng
SETTING = {"init": "own", "depth": 2, "width": 16, "batch_size": 100}


def torch_network(*, seed, activation, **setting):
    return torch_networks(seed=seed, activations=[activation], **setting)[activation]


@pytest.mark.parametrize(
    ("optimizer", "rate"), [("sgd", 0.3), ("momentum", 0.1), ("momentum", 0.4), ("adam", 0.03)]
)
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_plain_network_is_relubook_s(optimizer, rate, activation):
    """Same start, same order, same steps: the loss agrees to the last digits, and so does what is silent."""
    run = torch_network(
        seed=5,
        activation=activation,
        task="digits mlp",
        optimizer=optimizer,
        learning_rate=rate,
        epochs=2,
        **SETTING,
    )
    split = small_digits()
    model = MLP([64, 16, 16, 10], activation, rng=RNG([5, 0]), init=FUNCTIONS[activation])
    history = fit(
        model,
        split.x_train,
        split.y_train,
        learning_rate=rate,
        epochs=2,
        batch_size=100,
        rng=RNG([5, 1]),
        **OPTIMIZERS[optimizer],
    )
    assert abs(run["loss"] / history.loss[-1] - 1) < 1e-6
    assert abs(run["accuracy"] - accuracy(model, split.x_test, split.y_test)) < 0.01
    silent = np.mean([(h.max(axis=0) <= 0).mean() for h in model.hidden(split.x_train)])
    assert abs(run["silent"] - silent) < 0.07


def test_some_unit_is_silent_in_that_comparison():
    run = torch_network(
        seed=5,
        activation="relu",
        task="digits mlp",
        optimizer="momentum",
        learning_rate=0.4,
        epochs=2,
        **SETTING,
    )
    assert run["silent"] > 0.2


def test_adamw_s_first_step_decays_matrices_alone():
    """Its loss after one step of all examples, from NumPy: θ − rate · 0.01 · θ for matrices, then rate · sign(g)."""
    split, rate = small_digits(), 0.002
    run = torch_network(
        seed=3,
        activation="relu",
        task="digits mlp",
        optimizer="adamw",
        learning_rate=rate,
        epochs=2,
        **{**SETTING, "batch_size": 2000},
    )
    model = MLP([64, 16, 16, 10], rng=RNG([3, 0]))
    model.backward(softmax_cross_entropy(model.forward(split.x_train), split.y_train)[1])
    for parameter in model.parameters:
        decay = 0.01 if parameter.value.ndim > 1 else 0.0
        step = parameter.grad / (np.abs(parameter.grad) + 1e-8)
        parameter.value[...] = parameter.value * (1 - rate * decay) - rate * step
    expected, _ = softmax_cross_entropy(model.forward(split.x_train), split.y_train)
    assert abs(run["loss"] / expected - 1) < 1e-6


def test_the_schedule_is_its_formula():
    factors = [warmup_cosine(step, 100) for step in range(100)]
    np.testing.assert_allclose(factors[:10], np.arange(1, 11) / 10)
    t = np.arange(10, 100)
    np.testing.assert_allclose(factors[10:], (1 + np.cos(np.pi * (t - 10) / 90)) / 2)
    assert warmup_cosine(0, 1) == 1
    with pytest.raises(ValueError, match=r"step must be in 0 … 9, got 10"):
        warmup_cosine(10, 10)


def normed(h):
    return (h - h.mean(axis=1, keepdims=True)) / np.sqrt(h.var(axis=1, keepdims=True) + 1e-5)


def one(architecture, **shape):
    net = stacked.build(architecture, ["relu"], inits=["torch"], seed=0, **shape)
    linear = [module for module in net.modules() if isinstance(module, stacked._Linear)]
    return net, [(m.weight[0].detach().numpy(), m.bias[0, 0].detach().numpy()) for m in linear]


def scores(net, x):
    return net(torch.from_numpy(x)[None])[0].detach().numpy()


@pytest.mark.parametrize("architecture", ["residual", "shortcut", "norm"])
def test_the_blocks_are_those_of_the_formula(architecture):
    net, layers = one(architecture, depth=2, width=8, inputs=5, classes=3)
    x = RNG(1).normal(size=(7, 5))
    norm = normed if architecture != "shortcut" else lambda h: h
    (first, bias), *inner, (last, shift) = layers
    h = x @ first + bias
    for (w1, b1), (w2, b2) in zip(inner[::2], inner[1::2], strict=True):
        block = np.maximum(0, norm(h) @ w1 + b1) @ w2 + b2
        h = h + block if architecture != "norm" else block
    np.testing.assert_allclose(scores(net, x), norm(h) @ last + shift, rtol=1e-9)


@pytest.mark.parametrize("depth", [1, 3])
def test_the_convolutions_are_pytorch_s(depth):
    net, layers = one("conv", depth=depth, width=16, inputs=64, classes=3)
    assert layers[0][0].shape == (9, 2), "an eighth as many kernels as the width"
    x = RNG(1).normal(size=(4, 64))
    h = torch.from_numpy(x).reshape(4, 1, 8, 8)
    for index, (weight, bias) in enumerate(layers[:-1]):
        channels = len(weight) // 9
        kernel = torch.from_numpy(weight.T.copy()).reshape(2, channels, 3, 3)
        stride = 2 if index < 2 else 1
        h = torch.nn.functional.conv2d(h, kernel, torch.from_numpy(bias), padding=1, stride=stride).relu()
    rows = h.movedim(1, -1).flatten(1).numpy()
    np.testing.assert_allclose(scores(net, x), rows @ layers[-1][0] + layers[-1][1], rtol=1e-9)


def test_large_images_are_averaged_first():
    net, _ = one("conv", depth=2, width=8, inputs=784, classes=10)
    checkers = (np.indices((28, 28)).sum(axis=0) % 2).reshape(1, -1).astype(float)
    np.testing.assert_allclose(scores(net, checkers), scores(net, np.full((1, 784), 0.5)), rtol=1e-9)


@pytest.mark.parametrize("optimizer", ["momentum", "adamw"])
@pytest.mark.parametrize("architecture", ["mlp", "residual", "conv"])
def test_networks_side_by_side_are_the_same_as_alone(architecture, optimizer):
    """One of them diverges, and the others do not notice."""
    setting = {"task": f"digits {architecture}", "optimizer": optimizer, "learning_rate": 0.1, "epochs": 1}
    names = ["squared_relu", "prelu", "gelu"]
    together = torch_networks(seed=1, activations=names, **setting, **SETTING)
    for name in names[1:]:
        alone = torch_network(seed=1, activation=name, **setting, **SETTING)
        assert abs(together[name]["loss"] / alone["loss"] - 1) < 1e-6


@pytest.mark.parametrize("architecture", stacked.ARCHITECTURES)
def test_a_run_depends_on_its_seed_alone(architecture):
    setting = {"task": f"digits {architecture}", "optimizer": "adamw", "learning_rate": 0.01, "epochs": 1}
    runs = [torch_network(seed=seed, activation="gelu", **setting, **SETTING) for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


def test_functions_share_their_start_and_their_order():
    """A rate that moves nothing leaves all of one initialisation what they were drawn as."""
    setting = {**SETTING, "task": "digits mlp", "optimizer": "sgd", "learning_rate": 1e-12, "epochs": 1}
    scores = every_function(seed=0, **setting)
    assert set(scores) == set(FUNCTIONS)
    assert scores["relu"] == torch_network(seed=0, activation="relu", **setting)["accuracy"].__round__(3)
    assert max(scores.values()) < 0.35


def test_what_never_dies_and_what_does():
    setting = {**SETTING, "task": "digits mlp", "optimizer": "momentum", "learning_rate": 0.4, "epochs": 2}
    run = silent_units(seed=5, **setting)
    assert set(run) == {*DYING, *(f"{name}_silent" for name in DYING)}
    assert run["relu_silent"] > 0.2
    exploded = silent_units(seed=0, **{**setting, "learning_rate": 1e9})
    assert np.isnan(exploded["leaky_relu_silent"]) and abs(exploded["leaky_relu"] - 0.1) < 0.01


def test_the_number_of_threads_is_given_back():
    torch.set_num_threads(2)
    torch_network(
        seed=0,
        activation="relu",
        task="tumours mlp",
        optimizer="sgd",
        learning_rate=0.1,
        epochs=1,
        **SETTING,
    )
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"activation": "rellu"}, "activation must be one of relu"),
        ({"task": "digits"}, "architecture must be one of mlp"),
        ({"task": "cats mlp"}, "data must be one of digits"),
        ({"optimizer": "lion"}, "optimizer must be one of sgd"),
        ({"init": "kaiming"}, "init must be one of he"),
        ({"task": "tumours conv"}, "conv needs square images of even sides, got 30 features"),
        ({"learning_rate": 0.0}, "learning_rate must be positive"),
        ({"depth": 0}, "depth must be"),
    ],
)
def test_bad_input_is_named(changed, message):
    setting = {**SETTING, "activation": "relu", "task": "digits mlp", "optimizer": "sgd"}
    with pytest.raises(ValueError, match=message):
        torch_network(seed=0, **{**setting, "learning_rate": 0.1, "epochs": 1, **changed})
