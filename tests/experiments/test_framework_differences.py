"""Framework differences: the probes see what a hand-made function does, and every spelling is ReLU."""

import numpy as np
import pytest
import tensorflow as tf
import torch

from relubook import relu
from relubook.experiments.framework_differences import (
    keras_on,
    probe_tensorflow,
    probe_torch,
    tensorflow_spellings,
    torch_spellings,
)


@pytest.mark.parametrize("probe", [probe_torch, probe_tensorflow])
def test_a_probe_returns_values_and_derivatives(probe):
    result = probe(lambda x: 3 * x * x, [-1.0, 0.5])
    assert result.values == (3.0, 0.75)
    assert result.gradients == (-6.0, 3.0)


@pytest.mark.parametrize(
    ("probe", "spellings"), [(probe_torch, torch_spellings()), (probe_tensorflow, tensorflow_spellings())]
)
def test_every_spelling_is_relu_away_from_zero(probe, spellings):
    x = np.array([-3.0, -0.1, 0.1, 3.0])
    for fn in spellings.values():
        result = probe(fn, x)
        np.testing.assert_array_equal(np.add(result.values, 0.0), relu(x))
        np.testing.assert_array_equal(result.gradients, x > 0)


def test_the_gradient_at_zero_depends_on_the_spelling():
    at_zero = {probe_torch(fn, [0.0]).gradients[0] for fn in torch_spellings().values()}
    assert at_zero == {0.0, 0.5, 1.0}
    assert probe_tensorflow(lambda x: tf.maximum(x, 0.0), [0.0]) != probe_tensorflow(tf.nn.relu, [0.0])


@pytest.mark.parametrize("probe", [probe_torch, probe_tensorflow])
def test_points_must_be_one_dimensional(probe):
    with pytest.raises(ValueError, match=r"points must be one-dimensional, got shape \(1, 1\)"):
        probe(lambda x: x, [[1.0]])


def test_the_libraries_own_relu_agree_everywhere():
    points = [-np.inf, -1.0, 0.0, 1.0, np.inf]
    assert probe_torch(torch.relu, points) == probe_tensorflow(tf.nn.relu, points)


def test_keras_mends_a_last_softmax_on_tensorflow_and_not_on_torch():
    on = {backend: keras_on(backend) for backend in ("tensorflow", "torch")}
    for probes in on.values():
        assert probes["logits"].values == (100.0,) and probes["logits"].gradients == (-1.0, 1.0)
        assert probes["softmax × 1"].values == pytest.approx((-np.log(1e-7),), rel=1e-4)
        assert probes["softmax × 1"].gradients == (0.0, 0.0)
        assert probes["relu"].gradients == (0.0,)
    assert on["tensorflow"]["softmax"].gradients == (-1.0, 1.0)
    assert on["torch"]["softmax"].gradients == (0.0, 0.0)
    assert on["torch"]["selu"] == probe_of_torch(torch.nn.functional.selu)
    assert on["tensorflow"]["selu"] != on["torch"]["selu"]


def probe_of_torch(fn):
    probe = probe_torch(lambda x: fn(x.float()), [0.0])
    return type(probe)(probe.values, tuple(float(np.float32(gradient)) for gradient in probe.gradients))


def test_an_unknown_backend_is_refused():
    with pytest.raises(ValueError, match="backend must be tensorflow or torch, got 'numpy'"):
        keras_on("numpy")
