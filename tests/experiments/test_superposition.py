"""The toy model of superposition and the sparse autoencoders: their gradients, their limits, and their errors."""

import numpy as np
import pytest

from relubook.experiments.superposition import (
    FUNCTIONS,
    KINDS,
    SparseAutoencoder,
    closest_cosines,
    explained_shares,
    jump_density,
    jumprelu,
    known_directions,
    recovered_features,
    sparse_features,
    stored_features,
    topk,
    topk_grad,
    toy_gradient,
    train_toy,
)

RNG = np.random.default_rng
TOY = {
    "function": "relu",
    "shape": "5 in 2",
    "sparsity": 0.9,
    "optimizer": "adam",
    "steps": 50,
    "decay": 1.0,
    "scale": 1.0,
    "size": 1.0,
}
RECOVERY = {
    "method": "topk 1",
    "source": "random",
    "shape": "4 in 3",
    "sparsity": 0.9,
    "latents": 8,
    "steps": 20,
}


def central_differences(loss, value, step=1e-6):
    """Derivative of a loss with respect to an array, by moving one element at a time, in place."""
    grad = np.zeros_like(value)
    for index in np.ndindex(value.shape):
        kept = value[index]
        value[index] = kept + step
        above = loss()
        value[index] = kept - step
        grad[index] = (above - loss()) / (2 * step)
        value[index] = kept
    return grad


# --- The toy model ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_toy_model_s_gradient_is_that_of_its_loss(function):
    rng = RNG(0)
    weight, bias = rng.normal(size=(2, 5)), rng.normal(size=(1, 5))
    x, importance = rng.random((7, 5)), 0.7 ** np.arange(5)

    def loss():
        return toy_gradient(weight, bias, x, function=function, importance=importance)[0]

    _, d_weight, d_bias = toy_gradient(weight, bias, x, function=function, importance=importance)
    np.testing.assert_allclose(d_weight, central_differences(loss, weight), atol=1e-7)
    np.testing.assert_allclose(d_bias, central_differences(loss, bias), atol=1e-7)


def test_models_side_by_side_have_their_own_gradients():
    rng = RNG(1)
    weight, bias, x = rng.normal(size=(3, 2, 4)), rng.normal(size=(3, 1, 4)), rng.random((3, 6, 4))
    together = toy_gradient(weight, bias, x, function="gelu")
    for i in range(3):
        for many, one in zip(together, toy_gradient(weight[i], bias[i], x[i], function="gelu"), strict=True):
            np.testing.assert_allclose(many[i], one)


@pytest.mark.parametrize("sparsity", [0.0, 0.9])
def test_the_linear_model_keeps_as_much_as_it_has_units(sparsity):
    """As principal components do: of features of equal variance that do not correlate, any plane keeps two."""
    weight, bias = train_toy(features=5, units=2, function="linear", sparsity=sparsity, rng=RNG(2), starts=3)
    x = sparse_features(50_000, 5, sparsity=sparsity, rng=RNG(3))
    kept = explained_shares(weight, bias, x, function="linear").sum(axis=1)
    np.testing.assert_allclose(kept, 2, atol=0.1)
    np.testing.assert_allclose(np.linalg.svd(weight, compute_uv=False), 1, atol=0.1)


def test_five_sparse_features_stand_in_a_pentagon():
    weight, bias = train_toy(
        features=5,
        units=2,
        function="relu",
        sparsity=0.97,
        rng=RNG(4),
        starts=8,
        learning_rate=0.003,
        steps=3000,
    )
    x = sparse_features(50_000, 5, sparsity=0.97, rng=RNG(3))
    shares = explained_shares(weight, bias, x, function="relu")
    best = weight[shares.sum(axis=1).argmax()]
    angles = np.sort(np.degrees(np.arctan2(best[1], best[0])))
    np.testing.assert_allclose(np.diff(angles), 72, atol=12)
    assert (shares > 0.5).all(axis=1).sum() >= 4


def test_a_run_is_fixed_by_its_seed():
    assert stored_features(seed=1, **TOY) == stored_features(seed=1, **TOY) != stored_features(seed=2, **TOY)
    assert recovered_features(seed=1, **RECOVERY) == recovered_features(seed=1, **RECOVERY)


def test_what_is_stored_falls_with_the_threshold():
    run = stored_features(seed=0, **{**TOY, "steps": 500})
    assert 5 >= run["stored_25"] >= run["stored"] >= run["stored_75"] >= 0
    assert run["stored"] >= run["least"]


# --- Sparse autoencoders ------------------------------------------------------------------------------------


def autoencoder(kind):
    strength = 2 if kind == "topk" else 0.1
    model = SparseAutoencoder(3, 6, kind=kind, strength=strength, rng=RNG(5), runs=2)
    for parameter in model.parameters[2:4]:
        parameter.value += RNG(6).normal(0, 0.1, parameter.value.shape)
    return model


@pytest.mark.parametrize("kind", KINDS)
def test_an_autoencoder_s_gradient_is_that_of_its_loss(kind):
    """But for the thresholds, whose own is an estimate."""
    model, h = autoencoder(kind), RNG(7).normal(size=(2, 9, 3))
    model.loss(h)
    grads = [parameter.grad.copy() for parameter in model.parameters[:4]]
    for parameter, grad in zip(model.parameters[:4], grads, strict=True):
        expected = central_differences(lambda: model.loss(h).sum(), parameter.value)
        np.testing.assert_allclose(grad, expected, atol=1e-6)


def test_the_threshold_s_estimate_is_right_on_average():
    """Against the change of the mean loss over so many examples that it is smooth in the thresholds."""
    model, h = autoencoder("jumprelu"), RNG(8).normal(size=(2, 400_000, 3))
    model.loss(h)
    estimate = model.log_threshold.grad.copy()[0, 0, :2]
    value = model.log_threshold.value
    for latent in range(2):
        step = np.zeros_like(value)
        step[0, 0, latent] = 0.2
        model.log_threshold.value = value + step
        above = model.loss(h)[0]
        model.log_threshold.value = value - step
        exact = (above - model.loss(h)[0]) / 0.4
        assert abs(estimate[latent] - exact) < 0.1 * abs(exact) + 1e-3


def test_topk_keeps_what_is_largest_and_positive():
    z = np.array([[3.0, 1.0, 2.0, -5.0], [-1.0, -2.0, 4.0, -3.0]])
    np.testing.assert_array_equal(topk(z, 2), [[3, 0, 2, 0], [0, 0, 4, 0]])
    np.testing.assert_array_equal(topk_grad(z, 2), [[1, 0, 1, 0], [0, 0, 1, 0]])


def test_jumprelu_jumps():
    np.testing.assert_array_equal(jumprelu(np.array([0.3, 0.5, 0.7]), 0.5), [0, 0, 0.7])
    density = jump_density(RNG(9).random(100_000), 0.5, width=0.2).mean()
    assert abs(density - 1) < 0.02, "of numbers uniform between 0 and 1"


def test_an_autoencoder_finds_features_that_do_not_overlap():
    model = SparseAutoencoder(3, 8, kind="topk", strength=1, rng=RNG(10))
    model.fit(np.eye(3)[None], sparsity=0.9, learning_rate=0.01, steps=800, rng=RNG(11))
    assert closest_cosines(np.eye(3), model.decoder.value).min() > 0.95
    np.testing.assert_allclose(np.linalg.norm(model.decoder.value, axis=-1), 1)


def test_controls_have_a_score_and_nothing_else():
    run = recovered_features(seed=0, **{**RECOVERY, "method": "pca"})
    assert np.isnan(run["error"]) and 0 < run["cosine"] <= 1


def test_known_directions_cannot_be_changed():
    directions = known_directions("random", "4 in 3", sparsity=0.9, runs=1, seed=0)
    with pytest.raises(ValueError, match="read-only"):
        directions[0, 0, 0] = 1.0


# --- Errors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"function": "rellu"}, "function must be one of linear, relu"),
        ({"shape": "5-2"}, "shape must be features and units, such as '5 in 2', got '5-2'"),
        ({"sparsity": 1.0}, r"sparsity must lie in \[0, 1\)"),
        ({"optimizer": "lion"}, "optimizer must be one of adam"),
        ({"steps": 0}, "steps must be"),
        ({"decay": 0.0}, "decay must lie in"),
        ({"scale": -1.0}, "scale must be positive"),
        ({"size": 0.0}, "size must be positive"),
    ],
)
def test_bad_input_of_the_toy_model_is_named(changed, message):
    with pytest.raises(ValueError, match=message):
        stored_features(seed=0, **{**TOY, **changed})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"method": "gelu 1"}, "kind must be one of relu, topk, jumprelu, got 'gelu'"),
        ({"method": "topk 9"}, "k must be at most the 8 latents, got 9"),
        ({"method": "relu"}, "strength must be positive"),
        ({"source": "words"}, "source must be one of random, toy"),
        ({"latents": 0}, "latents must be"),
    ],
)
def test_bad_input_of_the_autoencoders_is_named(changed, message):
    with pytest.raises(ValueError, match=message):
        recovered_features(seed=0, **{**RECOVERY, **changed})


def test_other_bad_input_is_named():
    with pytest.raises(ValueError, match="learning_rate must be positive and finite, one or 2"):
        train_toy(
            features=2,
            units=1,
            function="relu",
            sparsity=0.5,
            rng=RNG(0),
            starts=2,
            learning_rate=[0.1, 0.1, 0.1],
        )
    with pytest.raises(ValueError, match="threshold must be positive"):
        jumprelu(np.ones(2), 0.0)
    with pytest.raises(ValueError, match="width must be positive"):
        jump_density(np.ones(2), 0.5, width=0.0)
