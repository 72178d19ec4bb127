"""Gated units: their formulas, their derivatives, PyTorch's, and the conventions of the activations."""

import numpy as np
import pytest

from relubook import gated_units
from relubook.gated_units import bilinear, geglu, glu, reglu, swiglu

UNITS = {
    "glu": lambda g: 1 / (1 + np.exp(-g)),
    "reglu": lambda g: np.maximum(g, 0),
    "geglu": lambda g: g * np.vectorize(normal)(g),
    "swiglu": lambda g: g / (1 + np.exp(-g)),
    "bilinear": lambda g: g,
}
EVERY = pytest.mark.parametrize("name", UNITS)
RNG = np.random.default_rng


def normal(x: float) -> float:
    from math import erfc

    return erfc(-x / np.sqrt(2)) / 2


def pair(name: str):
    return getattr(gated_units, name), getattr(gated_units, f"{name}_grad")


@EVERY
def test_the_value_is_multiplied_with_a_function_of_the_gate(name):
    value, gate = RNG(0).normal(size=(2, 3, 50)) * 4
    np.testing.assert_allclose(pair(name)[0](value, gate), value * UNITS[name](gate), rtol=1e-12)


@EVERY
def test_both_derivatives_are_central_differences(name):
    f, grad = pair(name)
    value, gate = RNG(1).normal(size=(2, 200)) * 3
    by_value, by_gate = grad(value, gate)
    step = 1e-5
    np.testing.assert_allclose(
        by_value, (f(value + step, gate) - f(value - step, gate)) / (2 * step), atol=1e-7
    )
    np.testing.assert_allclose(
        by_gate, (f(value, gate + step) - f(value, gate - step)) / (2 * step), atol=1e-7
    )


@EVERY
def test_both_derivatives_are_autograd_s_at_the_kink_too(name):
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    phi = {
        "glu": torch.sigmoid,
        "reglu": torch.relu,
        "geglu": functional.gelu,
        "swiglu": functional.silu,
        "bilinear": lambda g: g,
    }[name]
    value, gate = (
        torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in ([2.0, -3.0, 0.0], [0.0, 1.5, -2.0])
    )
    (value * phi(gate)).sum().backward()
    by_value, by_gate = pair(name)[1](value.detach().numpy(), gate.detach().numpy())
    np.testing.assert_allclose(by_value, value.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(by_gate, gate.grad.numpy(), rtol=1e-12)


def test_glu_is_pytorch_s():
    torch = pytest.importorskip("torch")
    both = RNG(2).normal(size=(7, 12)) * 5
    theirs = torch.nn.functional.glu(torch.from_numpy(both), dim=1).numpy()
    np.testing.assert_allclose(glu(both[:, :6], both[:, 6:]), theirs, rtol=1e-12)


def test_squared_relu_is_reglu_whose_value_is_its_gate():
    from relubook import squared_relu

    x = RNG(3).normal(size=100)
    np.testing.assert_array_equal(reglu(x, x), squared_relu(x))


@EVERY
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, ">f4"])
def test_floats_keep_their_dtype(name, dtype):
    f, grad = pair(name)
    x = np.array([-2.0, 0.5], dtype=dtype)
    assert f(x, x).dtype == np.dtype(dtype)
    assert {part.dtype for part in grad(x, x)} == {np.dtype(dtype)}


@EVERY
def test_integers_give_float64_and_the_wider_float_wins(name):
    f, _ = pair(name)
    assert f([1, 2], [True, False]).dtype == np.float64
    assert f(np.float32([1]), np.float64([1])).dtype == np.float64
    assert f(np.float16([1]), np.float32([1])).dtype == np.float32
    assert np.ndim(f(1.0, 2.0)) == 0


@EVERY
def test_nan_is_kept_and_nothing_warns(name):
    f, grad = pair(name)
    for value, gate in ((np.nan, 1.0), (1.0, np.nan), (0.0, np.nan), (np.nan, 0.0)):
        assert np.isnan(f(value, gate))
    assert np.isnan(grad(np.nan, 1.0)).tolist() == [True, name not in ("none",)]
    assert np.isnan(grad(1.0, np.nan)).all()


def test_an_infinite_value_behind_a_closed_gate_is_nan_without_a_warning():
    assert np.isnan(glu(np.inf, -np.inf)) and np.isnan(reglu(np.inf, -1.0))
    assert swiglu(1.0, -np.inf) == 0 and geglu(2.0, np.inf) == np.inf and bilinear(-2.0, np.inf) == -np.inf


@EVERY
@pytest.mark.parametrize("derivative", [0, 1])
def test_bad_input_is_named(name, derivative):
    f, called = pair(name)[derivative], f"{name}{'_grad' * derivative}"
    with pytest.raises(
        ValueError, match=rf"{called}: value and gate must have one shape, got \(2,\) and \(3,\)"
    ):
        f(np.ones(2), np.ones(3))
    with pytest.raises(TypeError, match=f"{called}: gate must hold real numbers, got dtype complex128"):
        f(1.0, 1j)
    with pytest.raises(TypeError, match=f"{called}: value must hold real numbers"):
        f("a", 1.0)
    with pytest.raises(TypeError, match=f"{called}: value is a masked array"):
        f(np.ma.masked_array([1.0], [True]), [1.0])
