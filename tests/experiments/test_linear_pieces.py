"""Linear pieces: counted exactly, against closed forms and against a dense grid."""

import numpy as np
import pytest

from relubook import MLP
from relubook.experiments.linear_pieces import (
    pieces_along_line,
    random_network,
    random_pieces,
    tent_network,
)
from relubook.experiments.xor_starts import fit_together


def pieces_on_a_grid(model, start, end, points=100_001):
    """Slopes between neighbours of a grid: a bend is a place where two of them differ."""
    t = np.linspace(0, 1, points)[:, None]
    slopes = np.diff(model.forward(start + t * (end - start))[:, 0]) * (points - 1)
    bends = np.abs(np.diff(slopes)) > 1e-6 * np.abs(slopes).max()
    return 1 + int(np.diff(np.concatenate([[False], bends]).astype(int)).clip(0).sum())


@pytest.mark.parametrize("depth", [1, 2, 5, 9])
def test_each_layer_of_the_tent_map_doubles_its_pieces(depth):
    model = tent_network(depth)
    assert pieces_along_line(model, [0.0], [1.0]) == 2**depth
    x = np.random.default_rng(0).uniform(0, 1, 1000)
    y = x
    for _ in range(depth):
        y = 1 - np.abs(2 * y - 1)
    np.testing.assert_allclose(model.forward(x[:, None])[:, 0], y, atol=1e-9)


def test_one_layer_has_a_piece_more_than_hinges_on_the_line():
    for seed in range(20):
        model = random_network(seed=seed, depth=1, width=9, init="he", bias=0.5)
        hidden, output = model.dense_layers
        knots = -hidden.bias.value / hidden.weight.value[0]
        assert pieces_along_line(model, [-1.0], [1.0]) == 1 + (np.abs(knots) < 1).sum()
        output.weight.value[0] = 0  # what nobody reads does not bend the output
        assert pieces_along_line(model, [-1.0], [1.0]) == 1 + (np.abs(knots[1:]) < 1).sum()


def test_the_count_is_that_of_a_dense_grid():
    agreed = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        depth, width = int(rng.integers(1, 5)), int(rng.integers(2, 8))
        model = random_network(seed=seed, depth=depth, width=width, init="he", bias=0.5, inputs=3)
        start, end = rng.normal(size=(2, 3))
        agreed += pieces_along_line(model, start, end) == pieces_on_a_grid(model, start, end)
    assert agreed >= 28, "a grid may miss two bends that lie close together"


def test_without_biases_a_network_of_one_input_has_two_pieces_at_most():
    for depth in (1, 4):
        counts = [
            pieces_along_line(
                random_network(seed=seed, depth=depth, width=16, init="he", bias=0), [-3.0], [1.0]
            )
            for seed in range(10)
        ]
        assert set(counts) <= {1, 2} and 2 in counts


def test_a_network_that_is_constant_has_one_piece():
    model = tent_network(2)
    model.dense_layers[0].bias.value[...] = -9
    assert pieces_along_line(model, [0.0], [1.0]) == 1


@pytest.mark.parametrize(
    ("model", "start", "end", "message"),
    [
        (MLP([1, 2, 1], "tanh", rng=np.random.default_rng(0)), [0.0], [1.0], "model must have ReLU units"),
        (
            MLP([1, 2, 1], rng=np.random.default_rng(0), batch_norm=True),
            [0.0],
            [1.0],
            "without normalisation",
        ),
        (tent_network(1), [0.0, 1.0], [1.0, 0.0], "different points of 1 coordinates"),
        (tent_network(1), [1.0], [1.0], "different points"),
    ],
)
def test_what_cannot_be_counted_is_refused(model, start, end, message):
    with pytest.raises(ValueError, match=message):
        pieces_along_line(model, start, end)


SETTING = {"width": 16, "init": "he", "bias": 0.5, "inputs": 1, "reach": 10, "networks": 30}


def test_random_pieces_grow_with_the_units_and_not_with_powers_of_the_depth_with_other_seeds():
    deep = random_pieces(seed=200, depth=8, epochs=0, **SETTING)
    flat = random_pieces(seed=200, depth=1, epochs=0, **{**SETTING, "width": 128})
    assert 0.6 < deep["pieces"] / 128 < 1.3 and 0.9 < flat["pieces"] / 128 < 1.1
    assert deep["most"] < 2**9


def test_training_gets_points_right_that_chance_does_not():
    before, after = (
        random_pieces(seed=200, depth=3, epochs=epochs, **{**SETTING, "reach": 1, "networks": 3})["right"]
        for epochs in (0, 300)
    )
    assert before < 0.65 < 0.7 < after


def test_each_network_may_have_points_of_its_own():
    models = [random_network(seed=0, depth=1, width=8, init="he", bias=0.5, outputs=2) for _ in range(2)]
    x = np.array([[[-1.0], [1.0]], [[1.0], [-1.0]]])
    fit_together(models, x, [0, 1], learning_rate=0.05, epochs=200, optimizer="adam")
    assert [model.predict(own).tolist() for model, own in zip(models, x, strict=True)] == [[0, 1], [0, 1]]
