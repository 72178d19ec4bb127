"""Losses, optimisers and ``fit``, against PyTorch and against what they promise."""

import copy
import inspect
import pickle

import numpy as np
import pytest

from relubook import ACTIVATIONS, MLP, accuracy, fit
from relubook.network import BatchNorm, Parameter
from relubook.training import SGD, Adam, clip_gradients, mean_squared_error, softmax_cross_entropy


@pytest.fixture
def blobs():
    """Two classes that a line separates."""
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    return rng.normal(size=(120, 2)) + 2.5 * y[:, None], y


def settings(**changes):
    return {"learning_rate": 0.1, "epochs": 3, "batch_size": 16, "rng": np.random.default_rng(1), **changes}


# --- Losses -------------------------------------------------------------------------------------------------


def test_cross_entropy_is_that_of_torch():
    import torch

    rng = np.random.default_rng(0)
    logits, labels = rng.normal(scale=30, size=(20, 5)), rng.integers(0, 5, 20)
    t = torch.tensor(logits, requires_grad=True)
    theirs = torch.nn.functional.cross_entropy(t, torch.from_numpy(labels))
    theirs.backward()
    loss, grad = softmax_cross_entropy(logits, labels)
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(grad, t.grad.numpy(), rtol=1e-9, atol=1e-15)


def test_cross_entropy_of_huge_scores_is_finite():
    loss, grad = softmax_cross_entropy(np.array([[1e6, -1e6]]), np.array([1]))
    assert loss == 2e6 and np.isfinite(grad).all()


def test_mean_squared_error_is_that_of_torch():
    import torch

    outputs, targets = np.random.default_rng(0).normal(size=(2, 7, 3))
    t = torch.tensor(outputs, requires_grad=True)
    theirs = torch.nn.functional.mse_loss(t, torch.from_numpy(targets))
    theirs.backward()
    loss, grad = mean_squared_error(outputs, targets)
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(grad, t.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (np.array([0, 3]), ValueError, "labels must lie in 0…2, got 0…3"),
        (np.array([-1, 0]), ValueError, "labels must lie in 0…2, got -1…0"),
        (np.array([0]), ValueError, r"labels must have shape \(2,\), got \(1,\)"),
        (np.array([0.0, 1.0]), TypeError, "labels must be integers, got dtype float64"),
    ],
)
def test_bad_labels_are_named(labels, error, message):
    with pytest.raises(error, match=message):
        softmax_cross_entropy(np.zeros((2, 3)), labels)


def test_targets_of_another_shape_are_named():
    with pytest.raises(ValueError, match=r"targets have shape \(2, 2\), the outputs \(2, 3\)"):
        mean_squared_error(np.zeros((2, 3)), np.zeros((2, 2)))


# --- Optimisers ---------------------------------------------------------------------------------------------


def optimize(make_ours, make_theirs, steps: int = 20) -> tuple[np.ndarray, np.ndarray]:
    import torch

    rng = np.random.default_rng(0)
    start, grads = rng.normal(size=4), rng.normal(size=(steps, 4))
    ours, theirs = Parameter(start.copy()), torch.tensor(start.copy(), requires_grad=True)
    algorithm, reference = make_ours([ours]), make_theirs([theirs])
    for grad in grads:
        ours.grad, theirs.grad = grad.copy(), torch.from_numpy(grad.copy())
        algorithm.step(0.05)
        reference.step()
    return ours.value, theirs.detach().numpy()


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_is_that_of_torch(momentum):
    import torch

    ours, theirs = optimize(
        lambda p: SGD(p, momentum), lambda p: torch.optim.SGD(p, lr=0.05, momentum=momentum)
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_adam_is_that_of_torch():
    import torch

    ours, theirs = optimize(Adam, lambda p: torch.optim.Adam(p, lr=0.05))
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)


def test_momentum_must_be_below_one():
    with pytest.raises(ValueError, match=r"momentum must lie in \[0, 1\), got 1.0"):
        SGD([], momentum=1.0)


def test_clipping_is_that_of_torch():
    import torch

    rng = np.random.default_rng(0)
    for scale in (0.01, 10.0):
        grads = [scale * rng.normal(size=3), scale * rng.normal(size=(2, 2))]
        ours = [Parameter(np.zeros_like(grad)) for grad in grads]
        theirs = [torch.zeros(grad.shape, dtype=torch.float64, requires_grad=True) for grad in grads]
        for parameter, tensor, grad in zip(ours, theirs, grads, strict=True):
            parameter.grad, tensor.grad = grad.copy(), torch.from_numpy(grad.copy())
        norm = clip_gradients(ours, max_norm=1.0)
        assert norm == pytest.approx(torch.nn.utils.clip_grad_norm_(theirs, 1.0).item(), rel=1e-9)
        for parameter, tensor in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(parameter.grad, tensor.grad.numpy(), rtol=1e-5)
    with pytest.raises(ValueError, match="max_norm must be positive, got 0"):
        clip_gradients([], max_norm=0)


# --- fit ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_loss_falls(name, optimizer, blobs):
    rate = 0.05 if optimizer == "sgd" else 0.01
    model = MLP([2, 8, 2], name, rng=np.random.default_rng(0))
    history = fit(model, *blobs, **settings(learning_rate=rate, epochs=15, optimizer=optimizer))
    assert history.loss[-1] < history.loss[0]
    assert accuracy(model, *blobs) > 0.9
    assert not history.diverged


def test_float_targets_are_fitted_by_least_squares():
    x = np.linspace(-1, 1, 64)[:, None]
    model = MLP([1, 16, 1], rng=np.random.default_rng(0))
    history = fit(model, x, np.abs(x), **settings(epochs=200, validation=(x, np.abs(x))))
    assert history.loss[-1] < 1e-3 and len(history.validation_loss) == 200
    assert history.validation_accuracy == []


def test_same_rng_same_result_bit_for_bit(blobs):
    def run(seed):
        model = MLP([2, 8, 2], "prelu", rng=np.random.default_rng(0), batch_norm=True)
        fit(model, *blobs, **settings(rng=np.random.default_rng(seed), momentum=0.9))
        return [parameter.value for parameter in model.parameters]

    first, second, third = run(1), run(1), run(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, third, strict=True))


def test_one_epoch_is_plain_gradient_descent_of_torch(blobs):
    import torch

    x, y = blobs
    model = MLP([2, 4, 2], rng=np.random.default_rng(0))
    net = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2)).double()
    from relubook.torch_bridge import set_weights

    set_weights(net, model)
    decayed = [parameter for parameter in net.parameters() if parameter.ndim == 2]
    others = [parameter for parameter in net.parameters() if parameter.ndim != 2]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    order = np.random.default_rng(1).permutation(len(x))
    for start in range(0, len(x), 16):
        batch = order[start : start + 16]
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(torch.from_numpy(x[batch])), torch.from_numpy(y[batch]))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1e9)
        optimizer.step()
    fit(model, x, y, **settings(epochs=1, momentum=0.9, weight_decay=0.01))
    np.testing.assert_allclose(model.forward(x), net(torch.from_numpy(x)).detach().numpy(), rtol=1e-9)


def test_a_schedule_gets_the_number_of_each_step(blobs):
    steps = []
    fit(
        MLP([2, 2], rng=np.random.default_rng(0)),
        *blobs,
        **settings(learning_rate=lambda t: steps.append(t) or 0.1),
    )
    assert steps == list(range(3 * 8))  # 120 examples in batches of 16, three epochs


def test_a_diverging_run_stops_and_says_so(blobs):
    x, y = blobs
    model = MLP([2, 8, 8, 2], "squared_relu", rng=np.random.default_rng(0))
    history = fit(model, 10 * x, y, **settings(learning_rate=1e6, epochs=50))
    assert history.diverged and len(history.loss) < 50


def test_a_diverging_prelu_network_says_so_too(blobs):
    model = MLP([2, 8, 8, 2], "prelu", rng=np.random.default_rng(0))
    history = fit(model, 10 * blobs[0], blobs[1], **settings(learning_rate=1e6, epochs=50))
    assert history.diverged


def test_clipping_and_decay_reach_the_parameters(blobs):
    def weights(**changes):
        model = MLP([2, 2], rng=np.random.default_rng(0))
        fit(model, *blobs, **settings(**changes))
        return model.dense_layers[0].weight.value, model.dense_layers[0].bias.value

    plain, clipped, decayed = weights(), weights(clip_norm=1e-6), weights(weight_decay=5.0)
    start = MLP([2, 2], rng=np.random.default_rng(0)).dense_layers[0].weight.value
    assert np.abs(clipped[0] - start).max() < 1e-5 < np.abs(plain[0] - start).max()
    assert np.abs(decayed[0]).sum() < np.abs(plain[0]).sum()


def test_validation_observes_and_changes_nothing(blobs):
    def run(validation):
        model = MLP([2, 8, 2], rng=np.random.default_rng(0), batch_norm=True)
        return model, fit(model, *blobs, **settings(validation=validation))

    (plain, _), (watched, history) = run(None), run(blobs)
    assert len(history.validation_loss) == len(history.validation_accuracy) == 3
    assert history.validation_accuracy[-1] == accuracy(watched, *blobs)
    np.testing.assert_array_equal(plain.forward(blobs[0]), watched.forward(blobs[0]))


def test_only_fit_uses_the_training_mode(blobs):
    model = MLP([2, 4, 2], rng=np.random.default_rng(0), batch_norm=True)
    norm = next(layer for layer in model.layers if isinstance(layer, BatchNorm))
    accuracy(model, *blobs)
    np.testing.assert_array_equal(norm.running_mean, 0)
    fit(model, *blobs, **settings(epochs=1))
    assert (norm.running_mean != 0).any()


def test_a_progress_bar_is_shown_on_request_alone(blobs, capsys):
    model = MLP([2, 2], rng=np.random.default_rng(0))
    fit(model, *blobs, **settings())
    assert capsys.readouterr().err == ""
    fit(model, *blobs, **settings(progress=True))
    assert "epochs: 100%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs must be an integer of at least 1, got 0"),
        ({"epochs": 1.5}, ValueError, "epochs must be an integer"),
        ({"batch_size": 0}, ValueError, "batch_size must be an integer of at least 1"),
        ({"learning_rate": 0.0}, ValueError, "learning_rate must be positive and finite"),
        ({"learning_rate": np.nan}, ValueError, "learning_rate must be positive and finite"),
        ({"momentum": 1.0}, ValueError, "momentum must lie in"),
        ({"weight_decay": -1.0}, ValueError, "weight_decay must be finite and not negative"),
        ({"clip_norm": 0.0}, ValueError, "clip_norm must be positive or None, got 0.0"),
        ({"optimizer": "rmsprop"}, ValueError, "unknown optimizer 'rmsprop'; known are sgd, adam"),
        *(
            ({name: value}, ValueError, f"{name} must be an integer of at least 1, got")
            for name in ("epochs", "batch_size")
            for value in (3.0, np.inf, np.nan, None, True, "3")
        ),
        *(
            ({name: value}, ValueError, f"{name} must")
            for name in ("learning_rate", "momentum", "weight_decay", "clip_norm")
            for value in (np.nan, -1e-3, "0.1", 1j, [0.1])
        ),
        *(({name: np.inf}, ValueError, name) for name in ("learning_rate", "momentum", "weight_decay")),
        *(({name: None}, ValueError, name) for name in ("learning_rate", "momentum", "weight_decay")),
        ({"optimizer": "adam", "momentum": 0.9}, ValueError, "momentum must be 0 with optimizer='adam'"),
        ({"optimizer": "adam", "momentum": 5.0}, ValueError, "momentum must lie in"),
        *(
            (
                {"learning_rate": lambda step, value=value: 0.1 if step < 23 else value},
                ValueError,
                r"learning_rate\(23\) must be a finite number that is not negative, got",
            )
            for value in (None, np.nan, -1e-3, np.inf, "0.1")
        ),
        ({"validation": np.ones((4, 2))}, ValueError, r"validation must be a pair \(x, y\), got ndarray"),
        ({"validation": (np.ones((4, 2)),)}, ValueError, r"validation must be a pair \(x, y\)"),
        (
            {"validation": (np.ones((4, 2)), np.ones((4, 2)))},
            ValueError,
            "validation y must hold integer class labels, as y does, got float targets",
        ),
        ({"validation": (np.ones((4, 3)), np.zeros(4, int))}, ValueError, "validation x must have shape"),
        ({"validation": (np.ones((4, 2)), np.full(4, 2))}, ValueError, "validation labels must lie in 0…1"),
        ({"validation": (np.full((4, 2), np.inf), np.zeros(4, int))}, ValueError, "validation x holds NaN"),
        ({"rng": 0}, TypeError, r"rng must be a numpy\.random\.Generator"),
    ],
)
def test_bad_settings_are_named(changes, error, message, blobs):
    refuses(error, message, *blobs, **changes)


def refuses(error, message, x, y, *, batch_norm=True, **changes):
    """``fit`` raises, and neither the network nor the generator has changed."""
    model = MLP([2, 3, 2], rng=np.random.default_rng(0), batch_norm=batch_norm)
    options = settings(**changes)
    before = pickle.dumps((model, options["rng"]))
    with pytest.raises(error, match=message):
        fit(model, x, y, **options)
    assert pickle.dumps((model, options["rng"])) == before


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (np.ones((4, 3)), np.zeros(4, int), ValueError, r"x must have shape \(examples, 2\), got \(4, 3\)"),
        (np.ones((0, 2)), np.zeros(0, int), ValueError, "x holds no examples"),
        (np.ones((4, 2)), np.zeros(3, int), ValueError, "x holds 4 examples, y 3"),
        (np.full((4, 2), np.nan), np.zeros(4, int), ValueError, "x holds NaN or infinite values"),
        (np.ones((4, 2)), np.full((4, 2), np.inf), ValueError, "y holds NaN or infinite values"),
        (np.ones((4, 2)), np.array([0, 1, 2, 0]), ValueError, "labels must lie in 0…1"),
        (np.ones((4, 2)), np.zeros(4), ValueError, r"float targets y must have shape \(4, 2\), got \(4,\)"),
        (np.ones((4, 2), complex), np.zeros(4, int), TypeError, "x must hold real numbers"),
        (np.ones((4, 2)), np.array(list("abcd")), TypeError, "y must hold real numbers"),
        (
            np.ones((4, 2)),
            np.array([True, False] * 2),
            TypeError,
            r"y must hold integers.*got bools: y\.astype\(int\)",
        ),
        (np.ma.masked_less(np.ones((4, 2)), 2), np.zeros(4, int), TypeError, "x must not be a masked array"),
        (np.ones((4, 2)), np.ma.array(np.zeros(4, int)), TypeError, "y must not be a masked array"),
        (np.ones((4, 2)), 1, ValueError, "x holds 4 examples, y a single number"),
    ],
)
def test_bad_data_are_named(x, y, error, message):
    refuses(error, message, x, y)


@pytest.mark.parametrize(("examples", "batch_size"), [(33, 16), (4, 1), (1, 16)])
def test_batch_norm_and_a_batch_of_one_are_refused(examples, batch_size, blobs):
    x, y = blobs[0][:examples], blobs[1][:examples]
    message = f"batch_size {batch_size} leaves a batch of 1 of {examples} examples.*leave one example out"
    refuses(ValueError, message, x, y, batch_size=batch_size)
    fit(MLP([2, 3, 2], rng=np.random.default_rng(0)), x, y, **settings(batch_size=batch_size))


def test_read_only_networks_are_refused(blobs):
    model = MLP([2, 3, 2], rng=np.random.default_rng(0))
    model.parameters[-1].value.setflags(write=False)
    with pytest.raises(ValueError, match=r"model holds read-only arrays.*train a copy\.deepcopy"):
        fit(model, *blobs, **settings())
    fit(copy.deepcopy(model), *blobs, **settings())


def test_labels_in_every_layout_train_alike(blobs):
    x, y = blobs

    def trained(x, y):
        model = MLP([2, 3, 2], rng=np.random.default_rng(0))
        fit(model, x, y, **settings(validation=(x, y)))
        return model.forward(x)

    expected = trained(x, y)
    read_only = y.copy()
    read_only.setflags(write=False)
    for labels in (
        np.repeat(y, 2)[::2],
        y[::-1].copy()[::-1],
        read_only,
        y.astype(np.uint64),
        y.astype(">i2"),
        list(y),
    ):
        np.testing.assert_array_equal(trained(x, labels), expected)
    for inputs in (np.asfortranarray(x), x.astype(">f8"), x[::-1].copy()[::-1], x.astype(np.longdouble)):
        np.testing.assert_array_equal(trained(inputs, y), expected)


def test_a_schedule_gives_each_step_its_own_rate(blobs):
    x, y = blobs
    model = MLP([2, 2], rng=np.random.default_rng(0))
    batch = np.random.default_rng(1).permutation(len(x))[30:60]  # that of the second of four steps
    _, grad = softmax_cross_entropy(model.forward(x[batch]), y[batch])
    expected = model.dense_layers[0].weight.value - 0.5 * x[batch].T @ grad
    one = settings(
        learning_rate=lambda step: 0.5 * (step == 1), epochs=1, batch_size=30, rng=np.random.default_rng(1)
    )
    fit(model, x, y, **one)
    np.testing.assert_allclose(model.dense_layers[0].weight.value, expected, rtol=1e-12)


def test_the_loss_of_an_epoch_is_the_mean_over_its_examples(blobs):
    model = MLP([2, 2], rng=np.random.default_rng(0))
    loss, _ = softmax_cross_entropy(model.forward(blobs[0]), blobs[1])
    for batch_size in (16, 50, 120):  # the last batch is smaller, or the only one
        history = fit(model, *blobs, **settings(learning_rate=lambda step: 0, batch_size=batch_size))
        assert history.loss == pytest.approx([loss] * 3, rel=1e-12)


def test_plain_gradient_descent_is_what_one_gets_without_asking():
    defaults = {key: value.default for key, value in inspect.signature(fit).parameters.items()}
    assert (defaults["optimizer"], defaults["momentum"], defaults["weight_decay"]) == ("sgd", 0, 0)
    assert defaults["clip_norm"] is defaults["validation"] is None and defaults["progress"] is False
    assert SGD([]).momentum == 0


def test_a_schedule_may_end_at_zero(blobs):
    model = MLP([2, 2], rng=np.random.default_rng(0))
    start = model.forward(blobs[0])
    assert not fit(model, *blobs, **settings(learning_rate=lambda step: 0)).diverged
    np.testing.assert_array_equal(model.forward(blobs[0]), start)


def test_a_step_that_explodes_last_counts_as_diverged(blobs):
    for rate in (1e200, 1e308):  # the weights stay finite, or not
        model = MLP([2, 8, 2], rng=np.random.default_rng(0))
        history = fit(
            model, 10 * blobs[0], blobs[1], **settings(learning_rate=rate, epochs=1, batch_size=120)
        )
        assert np.isfinite(history.loss).all() and history.diverged


def test_adam_has_the_constants_of_its_source():
    # With a gradient as small as ε, ε halves the step; it does so in the first step whatever the betas are.
    parameter = Parameter(np.array([1.0]))
    parameter.grad = np.array([1e-8])
    Adam([parameter]).step(learning_rate=1.0)
    assert parameter.value[0] == pytest.approx(0.5, rel=1e-6)
    adam = Adam([])
    assert (adam.beta1, adam.beta2, adam.epsilon) == (0.9, 0.999, 1e-8)


def test_adam_names_bad_settings():
    for name, value in [("beta1", 1.0), ("beta1", -0.1), ("beta2", 1.0), ("beta2", None)]:
        with pytest.raises(ValueError, match=rf"{name} must lie in \[0, 1\)"):
            Adam([], **{name: value})
    for value in (0.0, np.inf):
        with pytest.raises(ValueError, match="epsilon must be positive and finite"):
            Adam([], epsilon=value)


def test_the_ends_of_the_ranges_are_allowed(blobs):
    Adam([], beta1=0, beta2=0), SGD([], momentum=0)
    assert clip_gradients([], max_norm=np.inf) == 0
    model = MLP([2, 3, 2], rng=np.random.default_rng(0))
    assert (
        len(fit(model, *blobs, **settings(epochs=1, batch_size=1, weight_decay=0, clip_norm=np.inf)).loss)
        == 1
    )
    model = MLP([2, 3, 2], rng=np.random.default_rng(0), batch_norm=True)
    assert len(fit(model, blobs[0][:4], blobs[1][:4], **settings(epochs=1, batch_size=2)).loss) == 1


def test_small_integers_do_not_wrap():
    outputs, targets = np.array([[1]], np.uint8), np.array([[3]], np.uint8)
    loss, grad = mean_squared_error(outputs, targets)
    assert loss == 4.0 and grad.tolist() == [[-4.0]]
    loss, _ = softmax_cross_entropy(np.array([[1, 3]], np.uint8), [0])
    assert loss == pytest.approx(np.log(1 + np.exp(2)), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: softmax_cross_entropy(np.zeros((0, 3)), np.zeros(0, int)),
            ValueError,
            "logits must have shape",
        ),
        (lambda: softmax_cross_entropy(np.zeros(3), [0]), ValueError, "logits must have shape"),
        (lambda: softmax_cross_entropy(["a"], [0]), TypeError, "logits must hold real numbers"),
        (
            lambda: softmax_cross_entropy([[1.0]], np.ma.array([0])),
            TypeError,
            "labels must not be a masked array",
        ),
        (
            lambda: softmax_cross_entropy([[1.0]], [False]),
            TypeError,
            "labels must be integers, got dtype bool",
        ),
        (lambda: mean_squared_error([], []), ValueError, "outputs hold nothing"),
        (
            lambda: mean_squared_error(np.ma.array([1.0]), [1.0]),
            TypeError,
            "outputs must not be a masked array",
        ),
        (lambda: mean_squared_error([1.0], [1j]), TypeError, "targets must hold real numbers"),
    ],
)
def test_losses_name_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_accuracy_is_the_share_of_right_answers():
    model = MLP([2, 2], rng=np.random.default_rng(0))
    model.dense_layers[0].weight.value[...] = np.eye(2)
    assert accuracy(model, np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0]]), [0, 1, 1]) == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="labels must lie in"):
        accuracy(model, np.ones((1, 2)), [2])
    with pytest.raises(ValueError, match="x holds NaN"):
        accuracy(model, np.full((1, 2), np.nan), [1])
    with pytest.raises(TypeError, match="labels must be integers, got dtype bool"):
        accuracy(model, np.ones((1, 2)), [True])
    with pytest.raises(TypeError, match="labels must not be a masked array"):
        accuracy(model, np.ones((1, 2)), np.ma.array([1]))
