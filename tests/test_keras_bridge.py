"""Keras: the same functions, and weights that travel there and back without a loss."""

import keras
import numpy as np
import pytest
from keras import layers
from reference_values import REFERENCES

from relubook import ACTIVATIONS, MLP, Activation, fit
from relubook.keras_bridge import SPECIAL, get_weights, set_weights, to_keras
from relubook.network import BatchNorm

RNG = np.random.default_rng


def keras_model(*, activation="relu", batch_norm=False, dtype="float32", sizes=(4, 5, 3)) -> keras.Model:
    n_in, hidden, n_out = sizes
    parts = [keras.Input((n_in,)), layers.Dense(hidden, dtype=dtype)]
    if batch_norm:
        parts.append(layers.BatchNormalization(dtype=dtype))
    parts.append(
        layers.PReLU(dtype=dtype) if activation == "prelu" else layers.Activation(activation, dtype=dtype)
    )
    return keras.Sequential([*parts, layers.Dense(n_out, dtype=dtype)])


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
        keras_model(activation=activation, batch_norm=batch_norm),
    )
    set_weights(model, mlp)
    x = RNG(3).normal(size=(50, 4))
    np.testing.assert_allclose(model(x).numpy(), mlp.forward(x), atol=1e-5)


@KINDS
def test_the_round_trip_is_exact(activation, batch_norm):
    mlp = trained(activation=activation, batch_norm=batch_norm)
    model = keras_model(activation=activation, batch_norm=batch_norm, dtype="float64")
    returned = MLP([4, 5, 3], activation, rng=RNG(9), batch_norm=batch_norm)
    set_weights(model, mlp)
    get_weights(model, returned)
    for ours, theirs in zip(state(mlp), state(returned), strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=1e-15)


def test_float32_rounds_once():
    mlp, returned = trained(), MLP([4, 5, 3], rng=RNG(9))
    model = keras_model()
    set_weights(model, mlp)
    get_weights(model, returned)
    for ours, theirs in zip(state(mlp), state(returned), strict=True):
        np.testing.assert_array_equal(theirs, ours.astype(np.float32))


def test_predictions_that_were_compiled_before_follow():
    mlp, model = trained(batch_norm=True), keras_model(batch_norm=True)
    x = RNG(3).normal(size=(50, 4)).astype(np.float32)
    model.predict(x, verbose=0)
    set_weights(model, mlp)
    np.testing.assert_allclose(model.predict(x, verbose=0), mlp.forward(x), atol=1e-5)


def test_keras_momentum_counts_from_the_other_end():
    mlp, model = trained(batch_norm=True), keras_model(batch_norm=True)
    set_weights(model, mlp)
    norm = next(layer for layer in model.layers if isinstance(layer, layers.BatchNormalization))
    assert norm.momentum == 0.75 and norm.epsilon == 1e-4


@pytest.mark.parametrize("copy", [get_weights, set_weights])
@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            lambda: keras_model(batch_norm=True),
            "Dense, BatchNormalization, Dense; mlp needs Dense, Dense",
        ),
        (lambda: keras_model(sizes=(4, 6, 3)), r"weight of layer .* has shape \(4, 6\); mlp needs \(4, 5\)"),
        (lambda: keras.Sequential([layers.Dense(5), layers.Dense(3)]), "has no weights yet"),
        (
            lambda: keras.Sequential([keras.Input((4,)), layers.Dense(5, use_bias=False), layers.Dense(3)]),
            "has 1 variables; mlp needs weight, bias",
        ),
    ],
)
def test_models_that_do_not_fit_are_refused_and_nothing_changes(copy, model, message):
    mlp, model = MLP([4, 5, 3], rng=RNG(0)), model()
    before, variables = state(mlp), [variable.numpy() for variable in model.variables]
    with pytest.raises(ValueError, match=message):
        copy(model, mlp)
    assert all(np.array_equal(a, b) for a, b in zip(before, state(mlp), strict=True))
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(variables, model.variables, strict=True))


# Those that the framework has, or that the bridge makes.
THERE = [name for name, entry in ACTIVATIONS.items() if entry.keras or name in SPECIAL]


@pytest.mark.parametrize("name", THERE)
def test_every_activation_becomes_a_layer(name):
    layer = to_keras(name)
    assert isinstance(layer, keras.layers.Layer)
    x = np.array([[-2.0, 0.5, 3.0]], np.float32)
    np.testing.assert_allclose(layer(x).numpy(), ACTIVATIONS[name].fn(x), atol=1e-6)


def test_prelu_takes_one_slope_a_unit():
    x, slopes = np.array([[-1.0, -1.0, -1.0]], np.float32), [0.1, 0.2, 0.3]
    np.testing.assert_allclose(
        to_keras("prelu", negative_slope=slopes)(x).numpy(), [[-0.1, -0.2, -0.3]], rtol=1e-6
    )


def test_bad_names_and_parameters_are_refused():
    with pytest.raises(ValueError, match="rellu"):
        to_keras("rellu")
    with pytest.raises(TypeError, match="relu has no parameter 'alpha'"):
        to_keras("relu", alpha=1.0)
    with pytest.raises(ValueError, match="alpha must be positive"):
        to_keras("celu", alpha=-1.0)


# Settings beside those of reference_values.py: what the layer could get wrong.
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


# Keras saves a TensorFlow variable by np.array(variable), at which NumPy 2 grumbles.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_layers_are_saved_and_loaded(name, parameters, tmp_path):
    model = keras.Sequential([keras.Input((3,)), to_keras(name, **parameters)])
    x = np.random.default_rng(0).normal(scale=3, size=(50, 3)).astype(np.float32)
    outputs = model(x).numpy()
    np.testing.assert_allclose(outputs, ACTIVATIONS[name].fn(x, **parameters), rtol=1e-5, atol=1e-6)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(x).numpy(), outputs)
    fresh = type(model.layers[0]).from_config(model.layers[0].get_config())
    np.testing.assert_array_equal(fresh(x).numpy(), outputs)


def test_an_activation_that_keras_lacks_is_named():
    with pytest.raises(ValueError, match=r"squareplus has no Keras layer; write it with keras\.ops"):
        to_keras(own_entry())
    wrong = own_entry(keras="keras.activations.nothing")
    with pytest.raises(
        ValueError, match=r"squareplus has no Keras layer: its record names keras\.activations\.nothing"
    ):
        to_keras(wrong)


def test_a_new_activation_needs_only_its_record():
    assert to_keras(own_entry(keras="keras.activations.elu"), alpha=2).parameters == {"alpha": 2}
    assert to_keras(own_entry(keras="keras.layers.ELU"), alpha=3.0).alpha == 3.0


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
        layer = to_keras("prelu", negative_slope=given)
        np.testing.assert_array_equal(
            layer(-np.ones((1, 3), np.float32)).numpy()[0], -given.astype(np.float32)
        )


def test_parameters_of_the_wrong_shape_are_named():
    for name, parameter in (("elu", "alpha"), ("leaky_relu", "negative_slope"), ("softplus", "beta")):
        with pytest.raises(ValueError, match=rf"{parameter} must be a single number, got shape \(2,\)"):
            to_keras(name, **{parameter: [1.0, 2.0]})


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64"])
def test_weights_of_every_float_type_are_read(dtype):
    model, mlp = keras_model(dtype=dtype), trained()
    get_weights(model, mlp)
    weight = model.layers[0].kernel.numpy().astype(np.float64)
    np.testing.assert_array_equal(mlp.dense_layers[0].weight.value, weight)


def test_arrays_in_every_layout_are_copied():
    model, mlp = keras_model(activation="prelu", dtype="float64"), trained(activation="prelu")
    expected = mlp.forward(np.ones((1, 4)))
    set_weights(model, reversed_and_read_only(mlp))
    np.testing.assert_allclose(model(np.ones((1, 4))).numpy(), expected, rtol=1e-12)


def test_a_weight_that_the_model_cannot_hold_leaves_it_alone():
    model, mlp = keras_model(), trained()
    mlp.parameters[-1].value[0] = 1e39
    before = [variable.numpy() for variable in model.variables]
    with pytest.raises(ValueError, match="bias of mlp holds numbers beyond the range of the model's float32"):
        set_weights(model, mlp)
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(before, model.variables, strict=True))


def test_a_read_only_network_is_not_half_written():
    mlp = trained()
    mlp.parameters[-1].value.setflags(write=False)
    before = state(mlp)
    with pytest.raises(ValueError, match="bias of mlp is read-only"):
        get_weights(keras_model(), mlp)
    assert all(np.array_equal(a, b) for a, b in zip(before, state(mlp), strict=True))


def test_a_momentum_beyond_its_range_is_refused_before_anything_changes():
    model, mlp = keras_model(batch_norm=True), trained(batch_norm=True)
    model.layers[1].momentum = -1.0
    before = state(mlp)
    with pytest.raises(ValueError, match=r"momentum must be between 0 and 1, got 2\.0"):
        get_weights(model, mlp)
    assert all(np.array_equal(a, b) for a, b in zip(before, state(mlp), strict=True))


@pytest.mark.parametrize("copy_weights", [get_weights, set_weights])
def test_swapped_arguments_are_named(copy_weights):
    with pytest.raises(TypeError, match=r"model must be a keras\.Model, got MLP"):
        copy_weights(trained(), keras_model())
    with pytest.raises(TypeError, match=r"mlp must be a relubook\.MLP, got Sequential"):
        copy_weights(keras_model(), keras_model())
