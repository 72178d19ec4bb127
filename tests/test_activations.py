"""Every activation of the registry: its values, its derivative, its dtypes, its edges and its errors.

References are computed by mpmath with 60 digits at the very float64 inputs that the functions get.
"""

import copy
import dataclasses
import pickle
import warnings

import joblib
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from mpmath import mpf
from reference_values import REFERENCES
from scipy.special import erf

import relubook
from relubook import activations
from relubook.activations import ACTIVATIONS, SELU_ALPHA, SELU_SCALE, Activation, get

FLOATS = (np.float16, np.float32, np.float64)

# An activation without a reference fails one test, which says what to write; the others leave it out.
KNOWN = [name for name in ACTIVATIONS if name in REFERENCES]
EVERY_ACTIVATION = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
EVERY_KNOWN = pytest.mark.parametrize("activation", [ACTIVATIONS[name] for name in KNOWN], ids=KNOWN)

# (name, parameters): the defaults of every activation, and further values of its parameters.
CASES = [(name, parameters) for name in KNOWN for parameters in ({}, *REFERENCES[name].parameters)]
EVERY_CASE = pytest.mark.parametrize(
    ("name", "parameters"), CASES, ids=[f"{name}-{parameters}" for name, parameters in CASES]
)

# A busy machine is slow, and no function is wrong for that.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


# --- References ---------------------------------------------------------------------------------------------


MISSING = """tests/reference_values.py has no entry for {name!r}. Add to REFERENCES there:
    {name!r}: Reference(
        formula=lambda x{parameters}: …,  # f of an mpmath number
        limits=(…, …, …, …),  # f(−∞), f(∞), f′(−∞), f′(∞)
        obvious=lambda x: …,  # the line of NumPy that one would write first
    ),"""


@EVERY_ACTIVATION
def test_every_activation_has_a_reference(activation):
    parameters = "".join(f", {key}" for key in activation.defaults)
    if activation.name not in REFERENCES:
        pytest.fail(MISSING.format(name=activation.name, parameters=parameters), pytrace=False)


def test_every_reference_is_of_an_activation():
    assert set(REFERENCES) == set(KNOWN)


def reference(name: str, parameters: dict) -> callable:
    settings = get(name).with_defaults(**parameters)
    return lambda x: REFERENCES[name].formula(x if isinstance(x, mpf) else mpf(float(x)), **settings)


def kinks(name: str, parameters: dict) -> tuple[float, ...]:
    """Where the derivative jumps; with other parameters than the defaults, ELU has a kink at 0, too."""
    return ACTIVATIONS[name].kinks or ((0.0,) if name == "elu" and parameters else ())


def points(limit: float) -> np.ndarray:
    """Float64 inputs over [−limit, limit], dense about 0, and tiny ones of both signs."""
    rng = np.random.default_rng(0)
    tiny = 10.0 ** rng.uniform(-20, 0, 60)
    x = np.concatenate([np.linspace(-limit, limit, 241), rng.normal(0, 0.5, 100), tiny, -tiny])
    return x[np.abs(x) <= limit]


def value_tolerance(name: str, parameters: dict) -> tuple[float, float]:
    """The largest relative error that a function may have, and on which |x|."""
    if parameters.get("approximate"):
        return 5e-14, 10
    return REFERENCES[name].tolerance, REFERENCES[name].tested_to


def relative_error(values: np.ndarray, exact: list[mpf]) -> float:
    return max(
        float(abs(mpf(float(value)) - truth) / abs(truth)) if truth else abs(float(value))
        for value, truth in zip(values, exact, strict=True)
    )


@pytest.fixture(autouse=True)
def sixty_digits():
    with mpmath.workdps(60), np.errstate(all="raise", under="ignore"):
        yield


# --- Values and derivatives ---------------------------------------------------------------------------------


@EVERY_CASE
def test_values_agree_with_mpmath_in_both_tails(name, parameters):
    """Write a form that subtracts no two nearly equal numbers; or set `tolerance` in the reference."""
    tolerance, limit = value_tolerance(name, parameters)
    x, exact = points(limit), reference(name, parameters)
    assert relative_error(get(name).fn(x, **parameters), [exact(value) for value in x]) <= tolerance


@EVERY_CASE
def test_derivatives_agree_with_mpmath(name, parameters):
    """Correct the derivative; where it jumps, name the place in the record's `kinks`."""
    x = points(10 if parameters.get("approximate") else 30)[::3]
    for kink in (*kinks(name, parameters), 0.0):  # near a kink mpmath's difference would straddle it
        x = x[np.abs(x - kink) > 1e-9]
    # mpmath differentiates numerically, with a step far below the distance to a kink.
    truth = [
        mpmath.diff(lambda t: exact_at(t, name, parameters), mpf(float(value)), h=mpf("1e-20")) for value in x
    ]
    errors = [abs(mpf(float(g)) - t) for g, t in zip(get(name).grad(x, **parameters), truth, strict=True)]
    assert max(errors) <= 4e-15


def exact_at(x: mpf, name: str, parameters: dict) -> mpf:
    return REFERENCES[name].formula(x, **get(name).with_defaults(**parameters))


def test_gelu_keeps_the_digits_that_the_common_forms_lose_in_the_left_tail():
    x = -9.0
    common = [
        x / 2 * (1 + erf(x / np.sqrt(2))),
        x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    ]
    assert common == [0.0, 0.0]
    exact = np.array(
        [float(REFERENCES["gelu"].formula(mpf(x), approximate)) for approximate in (False, True)]
    )
    ours = np.array([relubook.gelu(x), relubook.gelu(x, approximate=True)])
    np.testing.assert_allclose(ours, exact, rtol=5e-14)


@EVERY_CASE
def test_derivative_agrees_with_central_differences(name, parameters):
    """Correct the derivative; where it jumps, name the place in the record's `kinks`."""
    activation, h = get(name), 1e-6
    x = np.random.default_rng(1).uniform(-8, 8, 500)
    for kink in kinks(name, parameters):
        x = x[np.abs(x - kink) > 2 * h]
    difference = (activation.fn(x + h, **parameters) - activation.fn(x - h, **parameters)) / (2 * h)
    np.testing.assert_allclose(activation.grad(x, **parameters), difference, rtol=0, atol=1e-8)


def test_prelu_slope_gradient_agrees_with_central_differences():
    rng, h = np.random.default_rng(2), 1e-6
    x, slope = rng.normal(size=(50, 4)), rng.uniform(0, 1, 4)
    difference = (relubook.prelu(x, slope + h) - relubook.prelu(x, slope - h)) / (2 * h)
    np.testing.assert_allclose(relubook.prelu_slope_grad(x, slope), difference, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("grad", "x", "parameters", "expected"),
    [
        (relubook.relu_grad, 0.0, {}, 0.0),
        (relubook.relu6_grad, 0.0, {}, 0.0),
        (relubook.relu6_grad, 6.0, {}, 0.0),
        (relubook.leaky_relu_grad, 0.0, {"negative_slope": 0.1}, 0.1),
        (relubook.prelu_grad, 0.0, {"negative_slope": 0.125}, 0.125),
        (relubook.squared_relu_grad, 0.0, {}, 0.0),
        (relubook.elu_grad, 0.0, {"alpha": 1.7}, 1.7),
        (relubook.celu_grad, 0.0, {"alpha": 1.7}, 1.0),
        (relubook.selu_grad, 0.0, {}, SELU_SCALE * SELU_ALPHA),
        (relubook.hard_silu_grad, -3.0, {}, 0.0),
        (relubook.hard_silu_grad, 3.0, {}, 1.0),
    ],
)
def test_the_derivative_at_a_kink_is_pytorch_s(grad, x, parameters, expected):
    import torch

    from relubook.torch_bridge import to_torch

    assert grad(x, **parameters) == expected
    assert grad(-x if x == 0 else x, **parameters) == expected  # −0.0 is 0
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    to_torch(grad.__name__.removesuffix("_grad"), **parameters).double()(t).backward()
    assert t.grad.item() == pytest.approx(expected, rel=1e-7)


# --- Against the frameworks ---------------------------------------------------------------------------------


# Squared ReLU has no name in the frameworks; the bridges build it.
BRIDGED = {
    framework: [case for case in CASES if getattr(get(case[0]), framework) or case[0] == "squared_relu"]
    for framework in ("torch", "keras")
}


def samples(*, away_from: tuple[float, ...]) -> np.ndarray:
    x = np.concatenate([np.linspace(-30, 30, 601), np.random.default_rng(3).normal(size=400)]).astype(
        np.float32
    )
    for kink in away_from:
        x = x[np.abs(x - kink) > 1e-3]
    return x


@pytest.mark.parametrize(("name", "parameters"), BRIDGED["torch"])
def test_agrees_with_pytorch_in_float32(name, parameters):
    import torch

    from relubook.torch_bridge import to_torch

    x = samples(away_from=())  # at a kink, too
    t = torch.tensor(x, requires_grad=True)
    y = to_torch(name, **parameters)(t)
    y.sum().backward()
    np.testing.assert_allclose(get(name).fn(x, **parameters), y.detach().numpy(), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(get(name).grad(x, **parameters), t.grad.numpy(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("name", "parameters"), BRIDGED["keras"])
def test_agrees_with_keras_in_float32(name, parameters):
    import keras
    import tensorflow as tf

    from relubook.keras_bridge import to_keras

    x = samples(away_from=kinks(name, parameters) or ((0.0,) if name == "celu" else ()))[None]
    t = tf.constant(x)
    layer = to_keras(name, **parameters)
    with tf.GradientTape() as tape:
        tape.watch(t)
        y = layer(t)
    np.testing.assert_allclose(
        get(name).fn(x, **parameters), keras.ops.convert_to_numpy(y), rtol=1e-6, atol=1e-6
    )
    grad = keras.ops.convert_to_numpy(tape.gradient(y, t))
    # Keras' own gradients of Mish and of tanh-GELU are up to 3e-6 off in float32; ours agree with mpmath's.
    atol = 5e-6 if name == "mish" or parameters.get("approximate") else 1e-6
    np.testing.assert_allclose(get(name).grad(x, **parameters), grad, rtol=1e-6, atol=atol)


# --- Dtypes, shapes and edges -------------------------------------------------------------------------------


@EVERY_ACTIVATION
@pytest.mark.parametrize("dtype", FLOATS)
def test_keeps_floating_dtypes_and_shapes(activation, dtype):
    """Compute from `x` and numbers alone; an array of another dtype widens the result."""
    for fn in (activation.fn, activation.grad):
        for shape in ((), (0,), (3,), (2, 0, 3), (2, 3)):
            y = fn(np.ones(shape, dtype))
            assert y.dtype == dtype and np.shape(y) == shape
        assert isinstance(fn(np.array(1, dtype)), np.generic)  # a scalar, not a 0-d array
        assert isinstance(fn(dtype(1)), np.generic)


@EVERY_KNOWN
@pytest.mark.parametrize("dtype", FLOATS)
def test_is_as_accurate_as_its_dtype(activation, dtype):
    """Write a form that subtracts no two nearly equal numbers."""
    x = points(8).astype(dtype)
    exact = np.array([float(reference(activation.name, {})(value)) for value in x])
    rtol = max(8 * np.finfo(dtype).eps, value_tolerance(activation.name, {})[0])
    np.testing.assert_allclose(
        activation.fn(x), exact, rtol=rtol, atol=float(np.finfo(dtype).smallest_subnormal)
    )


@EVERY_ACTIVATION
@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.uint8, np.int16, np.int32, np.int64, np.uint64])
def test_integers_and_bools(activation, dtype):
    x = np.array([0, 1] if dtype is np.bool_ else [0, 1, 100], dtype)
    keeps = activation.name in ("relu", "relu6") and dtype is not np.bool_
    assert activation.fn(x).dtype == (dtype if keeps else np.float64)
    assert activation.grad(x).dtype == np.float64
    np.testing.assert_array_equal(activation.fn(x), activation.fn(x.astype(np.float64)))  # nothing wraps


@EVERY_ACTIVATION
def test_takes_lists_and_non_contiguous_arrays_and_leaves_them_alone(activation):
    base = np.linspace(-4, 4, 24).reshape(4, 6)
    view = base[::2, ::-3].T
    before = base.copy()
    for fn in (activation.fn, activation.grad):
        np.testing.assert_array_equal(fn(view), fn(np.ascontiguousarray(view)))
        np.testing.assert_array_equal(fn(view.tolist()), fn(view))
    np.testing.assert_array_equal(base, before)


@EVERY_ACTIVATION
@pytest.mark.parametrize("dtype", FLOATS)
def test_nan_gives_nan(activation, dtype):
    """Write it with `np.where`, `np.maximum` or `np.clip`, which hand NaN on; a comparison alone drops it."""
    x = np.array([np.nan, 1.0, np.nan], dtype)
    for fn in (activation.fn, activation.grad):
        assert np.isnan(fn(x)).tolist() == [True, False, True]
        assert np.isnan(fn(dtype(np.nan)))


@EVERY_KNOWN
@pytest.mark.parametrize("dtype", FLOATS)
def test_limits_at_infinity(activation, dtype):
    """Correct `limits` in the reference; or write a form without ∞ − ∞, ∞ / ∞ and 0 · ∞, such as by `np.clip(x, …)`."""
    x = np.array([-np.inf, np.inf], dtype)
    values = [*activation.fn(x), *activation.grad(x)]
    np.testing.assert_array_equal(values, np.array(REFERENCES[activation.name].limits, dtype))


@EVERY_KNOWN
@pytest.mark.parametrize("dtype", FLOATS)
def test_huge_values_give_the_limit_without_a_warning(activation, dtype):
    """Write a form whose steps do not overflow; where the result itself must, set `largest` in the reference."""
    share = REFERENCES[activation.name].largest  # the results of two functions overflow where they must
    largest = np.finfo(dtype).max * dtype(share) if share else 100
    x = np.array([np.finfo(dtype).min, -1000, 200, largest], dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y, g = activation.fn(x), activation.grad(x)
    low, high, grad_low, grad_high = REFERENCES[activation.name].limits
    if np.isfinite(low):
        nearly = 4 / float(largest) if share else 0  # a tail may fall as slowly as 1/|x|
        np.testing.assert_allclose(y[0], low, rtol=np.finfo(dtype).eps, atol=nearly)
    if np.isfinite(high):
        np.testing.assert_array_equal(y[-1], dtype(high))
    elif share == 1 and grad_high == 1:
        np.testing.assert_array_equal(y[-1], x[-1])  # the identity, exactly
    exact = float(reference(activation.name, {})(200))
    np.testing.assert_allclose(y[-2], exact, rtol=4 * np.finfo(dtype).eps)
    np.testing.assert_allclose(g[0], grad_low, rtol=np.finfo(dtype).eps, atol=0)
    if np.isfinite(grad_high):
        np.testing.assert_array_equal(g[-1], dtype(grad_high))


def test_selu_and_squared_relu_overflow_only_where_the_result_does():
    largest = np.finfo(np.float64).max
    assert relubook.selu(largest / 1.1) < np.inf
    for fn in (relubook.selu, relubook.squared_relu):
        with pytest.warns(RuntimeWarning, match="overflow"), np.errstate(over="warn"):
            assert fn(largest) == np.inf


@pytest.mark.parametrize("fn", [relubook.leaky_relu, relubook.prelu])
@pytest.mark.parametrize("slope", [0.0, -0.0])
def test_slope_zero_is_relu_at_infinity_too(fn, slope):
    x = np.array([-np.inf, -1.0, 0.0, 1.0, np.inf])
    np.testing.assert_array_equal(fn(x, slope), relubook.relu(x))


def test_prelu_handles_zero_slopes_among_others():
    y = relubook.prelu(np.full((1, 2), -np.inf), [0.0, 0.5])
    np.testing.assert_array_equal(y, [[0.0, -np.inf]])


def test_elu_and_celu_with_extreme_parameters():
    assert relubook.elu(1000.0) == 1000.0
    assert relubook.elu(-np.inf, alpha=0.0) == 0.0
    assert relubook.celu(-1e300, alpha=1e-300) == -1e-300
    assert relubook.softplus(-1e300, beta=1e300) == 0.0
    assert relubook.softplus(np.inf, beta=1e-300) == np.inf


@EVERY_ACTIVATION
def test_minus_zero_gives_the_value_at_zero(activation):
    for fn in (activation.fn, activation.grad):
        assert fn(-0.0) == fn(0.0)


@EVERY_ACTIVATION
def test_subnormal_inputs(activation):
    x = np.finfo(np.float64).smallest_subnormal
    assert abs(activation.fn(x) - activation.fn(0.0)) <= 2 * x
    assert abs(activation.fn(-x) - activation.fn(-0.0)) <= 2 * x


# --- relu's out --------------------------------------------------------------------------------------------


def test_relu_writes_to_out_and_returns_it():
    x = np.array([-1.0, 2.0])
    out = np.empty(2)
    assert relubook.relu(x, out=out) is out
    np.testing.assert_array_equal(out, [0.0, 2.0])
    assert relubook.relu(x, out=x) is x  # in place
    np.testing.assert_array_equal(x, [0.0, 2.0])
    assert relubook.relu(x, out=None) is not x


@pytest.mark.parametrize(
    ("out", "error", "message"),
    [
        (np.empty(2, dtype=int), TypeError, "out of dtype int64 cannot hold the result, which is float64"),
        ([0.0, 0.0], TypeError, "out must be a plain NumPy array, got list"),
        (np.ma.masked_array([0.0, 0.0]), TypeError, "out must be a plain NumPy array, got MaskedArray"),
        (np.empty(3), ValueError, r"out must have the shape of x, \(2,\), got \(3,\)"),
        (np.broadcast_to(0.0, 2), ValueError, "out is read-only"),
    ],
)
def test_out_of_another_kind_is_refused_by_name(out, error, message):
    with pytest.raises(error, match=f"^relu: {message}"):
        relubook.relu(np.array([-1.0, 2.0]), out=out)


# --- Parameters beyond the dtype, byte order, longdouble, masks ---------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize(
    ("name", "parameters", "values", "derivatives"),  # at −2, −0.0, 0, 3
    [
        ("leaky_relu", {"negative_slope": 1e300}, [-np.inf, 0, 0, 3], [np.inf, np.inf, np.inf, 1]),
        ("leaky_relu", {"negative_slope": -1e300}, [np.inf, 0, 0, 3], [-np.inf, -np.inf, -np.inf, 1]),
        ("leaky_relu", {"negative_slope": 1e-50}, [0, 0, 0, 3], [0, 0, 0, 1]),
        ("prelu", {"negative_slope": [1e300, 1, 1, 1]}, [-np.inf, 0, 0, 3], [np.inf, 1, 1, 1]),
        ("elu", {"alpha": 1e300}, [-np.inf, 0, 0, 3], [np.inf, np.inf, np.inf, 1]),
        ("elu", {"alpha": 1e-50}, [0, 0, 0, 3], [0, 0, 0, 1]),
        ("celu", {"alpha": 1e300}, [-2, 0, 0, 3], [1, 1, 1, 1]),  # the identity
        ("celu", {"alpha": 1e-50}, [0, 0, 0, 3], [0, 1, 1, 1]),  # ReLU
        ("softplus", {"beta": 1e300}, [0, 0, 0, 3], [0, 0.5, 0.5, 1]),  # ReLU
        ("softplus", {"beta": 1e-50}, [np.inf] * 4, [0.5] * 4),  # log(2) / beta, beyond the dtype
    ],
)
def test_a_parameter_beyond_the_dtype_gives_the_true_value(dtype, name, parameters, values, derivatives):
    x = np.array([-2, -0.0, 0, 3], dtype)
    with np.errstate(all="raise", under="ignore"):
        y, slopes = get(name).fn(x, **parameters), get(name).grad(x, **parameters)
    assert y.dtype == slopes.dtype == dtype
    np.testing.assert_array_equal(y, values)
    np.testing.assert_array_equal(slopes, derivatives)


def test_a_parameter_beyond_float64_does_too():
    largest = np.finfo(np.longdouble).max
    if largest == np.finfo(np.float64).max:  # a machine without a wider type has no such number
        largest = np.finfo(np.float64).max / 2
    np.testing.assert_array_equal(relubook.celu([-2.0, 3.0], alpha=largest), [-2.0, 3.0])


def test_a_parameter_within_the_dtype_is_used_in_it():
    x = np.array([-3.0, 2.0], np.float32)
    np.testing.assert_array_equal(relubook.leaky_relu(x, np.float64(0.1)), [np.float32(0.1) * x[0], 2])


@EVERY_ACTIVATION
@pytest.mark.parametrize("dtype", FLOATS)
def test_byte_order_is_kept(activation, dtype):
    x = np.linspace(-4, 4, 9).astype(dtype)
    swapped = x.astype(x.dtype.newbyteorder())
    for fn in (activation.fn, activation.grad):
        y = fn(swapped)
        assert y.dtype == swapped.dtype and y.dtype.byteorder == swapped.dtype.byteorder
        np.testing.assert_array_equal(y, fn(x))


def test_relu_keeps_the_byte_order_of_integers():
    x = np.array([-2, 3], ">i4")
    assert relubook.relu(x).dtype == ">i4" and relubook.relu(x).tolist() == [0, 3]


@EVERY_KNOWN
def test_longdouble_is_kept_and_as_accurate_as_it_is(activation):
    x = points(8).astype(np.longdouble) / 3  # of more digits than float64 has
    y = activation.fn(x)
    assert y.dtype == activation.grad(x).dtype == np.longdouble
    exact = [reference(activation.name, {})(mpf_of(value)) for value in x]
    errors = [abs(mpf_of(value) - truth) / abs(truth) for value, truth in zip(y, exact, strict=True) if truth]
    # SciPy has the normal distribution in float64 only.
    tolerance = 2e-13 if activation.name == "gelu" else 8 * float(np.finfo(np.longdouble).eps)
    assert max(errors) <= tolerance


def mpf_of(value: np.longdouble) -> mpf:
    high = float(value)
    return mpf(high) + mpf(float(value - np.longdouble(high)))


@EVERY_KNOWN
def test_longdouble_has_the_limits_too(activation):
    """Write a form without ∞ − ∞, ∞ / ∞ and 0 · ∞, in longdouble too."""
    x = np.array([-np.inf, np.inf, np.nan], np.longdouble)
    values, slopes = activation.fn(x), activation.grad(x)
    low, high, grad_low, grad_high = REFERENCES[activation.name].limits
    np.testing.assert_allclose(values, np.array([low, high, np.nan], np.longdouble), rtol=1e-15)
    np.testing.assert_allclose(slopes, np.array([grad_low, grad_high, np.nan], np.longdouble), rtol=1e-15)


@EVERY_ACTIVATION
def test_read_only_and_reversed_input_is_fine(activation):
    x = np.linspace(-4, 4, 9)
    x.flags.writeable = False
    for fn in (activation.fn, activation.grad):
        np.testing.assert_array_equal(fn(x[::-1]), fn(x)[::-1])


@EVERY_ACTIVATION
def test_a_masked_array_is_refused_by_name(activation):
    x = np.ma.masked_array([1.0, 2.0], mask=[True, False])
    for fn in (activation.fn, activation.grad):
        with pytest.raises(TypeError, match=f"^{fn.__name__}: x is a masked array, whose mask would be lost"):
            fn(x)
        for key, default in activation.defaults.items():
            if not isinstance(default, bool):
                with pytest.raises(TypeError, match=f"^{fn.__name__}: {key} is a masked array"):
                    fn([1.0, 2.0], **{key: x})


# --- Bad input ----------------------------------------------------------------------------------------------


@EVERY_ACTIVATION
@pytest.mark.parametrize("bad", [np.array([1 + 2j]), "text", np.array([object()]), np.array(["a"]), None])
def test_input_that_is_not_real_raises_a_type_error_with_names(activation, bad):
    for fn in (activation.fn, activation.grad):
        with pytest.raises(
            TypeError, match=rf"^{fn.__name__}: x must hold real numbers, got dtype "
        ) as error:
            fn(bad)
        assert str(np.asarray(bad).dtype) in str(error.value)


@pytest.mark.parametrize("parameter", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("leaky_relu", "negative_slope"),
        ("prelu", "negative_slope"),
        ("elu", "alpha"),
        ("celu", "alpha"),
        ("softplus", "beta"),
    ],
)
def test_a_parameter_that_is_not_finite_raises_a_value_error(name, key, parameter):
    for fn in (get(name).fn, get(name).grad):
        with pytest.raises(ValueError, match=f"^{fn.__name__}: {key} must be finite"):
            fn(1.0, **{key: parameter})
        with pytest.raises(TypeError, match=f"^{fn.__name__}: {key} must hold real numbers"):
            fn(1.0, **{key: "a"})


@pytest.mark.parametrize("value", [0.0, -1.0])
@pytest.mark.parametrize(("name", "key"), [("celu", "alpha"), ("softplus", "beta")])
def test_a_parameter_that_divides_must_be_positive(name, key, value):
    for fn in (get(name).fn, get(name).grad):
        with pytest.raises(ValueError, match=f"^{fn.__name__}: {key} must be positive"):
            fn(1.0, **{key: value})


@EVERY_ACTIVATION
def test_a_parameter_of_another_kind_is_refused_by_name(activation):
    """Annotate the parameter as `float`, or as `bool` where it is True or False."""
    for fn in (activation.fn, activation.grad):
        for key, default in activation.defaults.items():
            if isinstance(default, bool):
                for value in (1, 0.0, "tanh", None, [True]):
                    with pytest.raises(TypeError, match=f"^{fn.__name__}: {key} must be True or False, got "):
                        fn(1.0, **{key: value})
                assert fn(1.0, **{key: np.bool_(True)}) == fn(1.0, **{key: True})
            else:
                for value in (True, np.True_, None, "1", 1j):
                    with pytest.raises(TypeError, match=f"^{fn.__name__}: {key} must hold real numbers"):
                        fn(1.0, **{key: value})
                if activation.name != "prelu":
                    with pytest.raises(TypeError, match=rf"{key} must be one number, got .* shape \(2,\)"):
                        fn([1.0, 2.0], **{key: [1.0, 2.0]})


def test_arguments_that_do_not_exist_or_are_missing_name_the_function():
    with pytest.raises(TypeError, match=r"^elu: got an unexpected keyword argument 'beta'"):
        relubook.elu(1.0, beta=2.0)
    with pytest.raises(TypeError, match=r"^relu: missing a required argument: 'x'"):
        relubook.relu()
    with pytest.raises(TypeError, match=r"^relu: multiple values for argument 'x'"):
        relubook.relu(1.0, x=2.0)


def test_slopes_that_do_not_broadcast_name_both_shapes():
    for fn in (relubook.prelu, relubook.prelu_grad, relubook.prelu_slope_grad):
        with pytest.raises(
            ValueError, match=r"negative_slope of shape \(3,\) does not broadcast .* \(2, 2\)"
        ):
            fn(np.ones((2, 2)), [1.0, 2.0, 3.0])


# --- The registry -------------------------------------------------------------------------------------------


def test_get_resolves_names_functions_and_entries():
    elu = ACTIVATIONS["elu"]
    assert get("elu") is get(relubook.elu) is get(elu) is elu


@pytest.mark.parametrize("unknown", ["rellu", np.sin, 3])
def test_get_lists_the_known_names(unknown):
    with pytest.raises(ValueError, match=r"relu.*leaky_relu.*tanh"):
        get(unknown)


def test_registry_is_read_only():
    with pytest.raises(TypeError):
        ACTIVATIONS["new"] = ACTIVATIONS["relu"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        ACTIVATIONS["relu"].name = "other"


@EVERY_ACTIVATION
def test_an_entry_stays_itself_when_copied_or_stored(activation, tmp_path):
    file = tmp_path / "entry.joblib"
    joblib.dump({"entry": activation, "fn": activation.fn}, file)
    stored = joblib.load(file)
    copies = [copy.copy(activation), copy.deepcopy(activation), stored["entry"]]
    copies += [pickle.loads(pickle.dumps(activation, protocol)) for protocol in range(6)]
    assert all(entry is activation for entry in copies) and stored["fn"] is activation.fn
    assert copy.deepcopy(activation.fn) is activation.fn
    assert pickle.loads(pickle.dumps(activation.grad)) is activation.grad


def test_the_registry_can_be_copied_and_stored_too():
    assert copy.copy(ACTIVATIONS) is copy.deepcopy(ACTIVATIONS) is ACTIVATIONS
    assert pickle.loads(pickle.dumps(ACTIVATIONS)) is ACTIVATIONS
    assert repr(ACTIVATIONS).startswith("<the activations relu, leaky_relu, ")


def test_an_entry_of_one_s_own_is_copied_by_its_fields():
    own = dataclasses.replace(ACTIVATIONS["elu"], kinks=(0.0,))
    for twin in (copy.deepcopy(own), pickle.loads(pickle.dumps(own))):
        assert twin is not own and twin.kinks == (0.0,) and twin.fn is relubook.elu
        assert twin.defaults == {"alpha": 1.0}


def test_a_record_is_checked_when_it_is_registered():
    record = {"formula": "x", "grad_formula": "1", "range": (0.0, 1.0)}
    before = list(ACTIVATIONS)
    with pytest.raises(ValueError, match="the derivative of elu must be named elu_grad, not celu_grad"):
        activations._register(relubook.elu, relubook.celu_grad, **record)
    with pytest.raises(ValueError, match="elu is registered already"):
        activations._register(relubook.elu, relubook.elu_grad, **record)

    def double(x, factor=2.0): ...
    def double_grad(x, factor=3.0): ...

    with pytest.raises(ValueError, match="double_grad must have the parameters and defaults of double"):
        activations._register(double, double_grad, **record)
    assert list(ACTIVATIONS) == before


@EVERY_ACTIVATION
def test_every_entry_is_consistent(activation):
    assert isinstance(activation, Activation)
    assert activation.fn is getattr(activations, activation.name)
    assert activation.grad is getattr(activations, f"{activation.name}_grad")
    assert activation.fn(1.0, **activation.defaults) == activation.fn(1.0)
    assert activation.grad(1.0, **activation.defaults) == activation.grad(1.0)
    assert activation.with_defaults() == dict(activation.defaults)
    with pytest.raises(TypeError, match=f"{activation.name} has no parameter 'nonsense'"):
        activation.with_defaults(nonsense=1)


@EVERY_ACTIVATION
def test_every_kink_is_a_jump_of_the_derivative_and_there_are_no_others(activation):
    """Name in the record's `kinks` each x at which the derivative jumps, and no other."""
    x = np.linspace(-8, 8, 16_001)  # multiples of 0.001
    grad = activation.grad(x)
    jumps = x[1:][np.abs(np.diff(grad)) > 0.05]
    for kink in activation.kinks:
        assert abs(activation.grad(kink + 1e-9) - activation.grad(kink - 1e-9)) > 0.05
    assert all(min(abs(jump - kink) for kink in activation.kinks) < 0.0015 for jump in jumps)


@EVERY_ACTIVATION
def test_range_is_the_infimum_and_the_supremum(activation):
    """Correct `range` in the record. A FloatingPointError: write a form without ∞ − ∞, ∞ / ∞ and 0 · ∞."""
    low, high = activation.range
    x = np.concatenate([[-np.inf, np.inf], np.linspace(-10, 10, 200_001)])
    y = activation.fn(x)
    assert y.min() == pytest.approx(low, abs=1e-8)
    assert y.max() == pytest.approx(high, abs=1e-8)
    assert (y >= low - 1e-15).all() and (y <= high).all()


def test_formulas_render_and_name_what_they_use():
    from matplotlib import mathtext

    for activation in ACTIVATIONS.values():
        for formula in (activation.formula, activation.grad_formula):
            plain = (
                formula.replace(r"\bigl", "")
                .replace(r"\bigr", "")
                .replace(r"\le ", r"\leq ")
                .replace(r"\ge ", r"\geq ")
            )
            mathtext.MathTextParser("path").parse(f"${plain}$")
            assert "x" in formula


def test_the_dotted_names_exist_in_the_frameworks():
    import keras
    import torch

    for activation in ACTIVATIONS.values():
        for dotted, root in ((activation.keras, keras), (activation.torch, torch)):
            if dotted is not None:
                target = root
                for part in dotted.split(".")[1:]:
                    target = getattr(target, part)
                assert callable(target)


# --- Properties ---------------------------------------------------------------------------------------------

finite = hnp.arrays(np.float64, st.integers(0, 20), elements=st.floats(-1e6, 1e6))
moderate = hnp.arrays(np.float64, st.integers(0, 20), elements=st.floats(-15, 15))


@given(finite)
def test_relu_is_idempotent(x):
    np.testing.assert_array_equal(relubook.relu(relubook.relu(x)), relubook.relu(x))


@given(finite, st.integers(-20, 20))
def test_relu_is_positively_homogeneous(x, exponent):
    scale = 2.0**exponent  # a power of two scales without rounding
    np.testing.assert_array_equal(relubook.relu(scale * x), scale * relubook.relu(x))


@given(finite)
def test_relu_splits_a_number_and_its_magnitude(x):
    np.testing.assert_array_equal(relubook.relu(x) - relubook.relu(-x), x)
    np.testing.assert_array_equal(relubook.relu(x) + relubook.relu(-x), np.abs(x))


@given(finite, finite)
def test_relu_is_1_lipschitz_and_monotone(x, y):
    n = min(len(x), len(y))
    x, y = x[:n], y[:n]
    assert (np.abs(relubook.relu(x) - relubook.relu(y)) <= np.abs(x - y)).all()
    assert (relubook.relu(np.maximum(x, y)) >= relubook.relu(x)).all()


@given(moderate)
def test_inverse_pairs(x):
    np.testing.assert_allclose(np.arctanh(relubook.tanh(x / 4)), x / 4, rtol=1e-9, atol=1e-12)
    p = relubook.sigmoid(x)
    np.testing.assert_allclose(np.log(p) - np.log(relubook.sigmoid(-x)), x, rtol=1e-9, atol=1e-12)
    y = relubook.softplus(x)
    np.testing.assert_allclose(y + np.log(-np.expm1(-y)), x, rtol=1e-6, atol=1e-7)
    y = relubook.elu(x)
    np.testing.assert_allclose(np.where(y > 0, y, np.log1p(np.minimum(y, 0))), x, rtol=1e-8, atol=1e-12)
    y = relubook.leaky_relu(x, 0.25)
    np.testing.assert_allclose(
        relubook.leaky_relu(y, 4.0), x, rtol=0, atol=1e-300
    )  # exact but for subnormals


@given(moderate)
def test_bounds_between_the_functions(x):
    relu = relubook.relu(x)
    assert (relubook.softplus(x) >= relu).all()
    assert (relubook.softplus(x) <= relu + np.log(2) * (1 + 1e-15)).all()
    assert (relubook.elu(x) >= np.maximum(x, -1)).all()
    assert (relubook.leaky_relu(x) <= relu).all()
    assert (relubook.relu6(x) <= relu).all()
    for smooth in (relubook.gelu, relubook.silu, relubook.mish):
        assert (smooth(x) <= relu).all() and (smooth(x) >= np.minimum(x, 0)).all()
    np.testing.assert_allclose(relubook.silu(x) - relubook.silu(-x), x, rtol=1e-14, atol=1e-300)
    np.testing.assert_allclose(relubook.gelu(x) - relubook.gelu(-x), x, rtol=1e-13, atol=1e-300)
    np.testing.assert_allclose(relubook.sigmoid(x) + relubook.sigmoid(-x), 1, rtol=1e-15)


def test_the_package_exports_every_function_of_the_registry_and_nothing_by_accident():
    functions = {name for activation in ACTIVATIONS for name in (activation, f"{activation}_grad")}
    others = {"ACTIVATIONS", "Activation", "get", "prelu_slope_grad", "MLP", "History", "accuracy", "fit"}
    assert set(relubook.__all__) == functions | others
    assert all(hasattr(relubook, name) for name in relubook.__all__)
    assert not hasattr(relubook, "np") and not hasattr(relubook, "SELU_ALPHA")
