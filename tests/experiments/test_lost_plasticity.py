"""Layers against differences, units and ranks by hand, and that a sequence depends on its seed alone."""

import numpy as np
import pytest

from relubook.experiments.lost_plasticity import (
    METHODS,
    CReLU,
    LayerNorm,
    dormant,
    effective_rank,
    lost_plasticity,
    network,
    restart,
    sequence,
)
from relubook.training import fit, softmax_cross_entropy

RNG = np.random.default_rng
SETTING = {
    "method": "relu",
    "task": "labels digits",
    "optimizer": "momentum",
    "learning_rate": 0.05,
    "width": 32,
    "epochs": 2,
    "tasks": 3,
}


@pytest.mark.parametrize("method", METHODS)
def test_every_network_s_gradient_is_that_of_central_differences(method):
    model = network(method, inputs=64, width=32, rng=RNG(0))
    x, labels = RNG(1).normal(size=(7, 64)), RNG(2).integers(10, size=7)

    def loss(training=True):
        return softmax_cross_entropy(model.forward(x, training=training), labels)

    model.backward(loss()[1])
    for parameter in model.parameters:
        grad, flat = parameter.grad.copy(), parameter.value.reshape(-1)
        for index in range(0, flat.size, max(1, flat.size // 7)):
            value, step = flat[index], 1e-6
            ends = []
            for sign in (1, -1):
                flat[index] = value + sign * step
                ends.append(loss()[0])
            flat[index] = value
            assert abs(grad.reshape(-1)[index] - (ends[0] - ends[1]) / (2 * step)) < 1e-6


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("inputs", "width"), [(64, 32), (64, 64), (64, 128), (196, 64)])
def test_all_methods_have_as_many_parameters_within_a_hundredth(method, inputs, width):
    sizes = [
        sum(
            parameter.value.size
            for parameter in network(m, inputs=inputs, width=width, rng=RNG(0)).parameters
        )
        for m in (method, "relu")
    ]
    assert abs(sizes[0] / sizes[1] - 1) < 0.01


def test_widths_that_cannot_be_matched_are_refused():
    with pytest.raises(ValueError, match="leave crelu no widths within 1 %"):
        network("crelu", inputs=20, width=32, rng=RNG(0))


def test_the_two_layers_by_hand():
    both = CReLU()
    np.testing.assert_array_equal(both.forward(np.array([[-2.0, 0.0, 3.0]])), [[0, 0, 3, 2, 0, 0]])
    np.testing.assert_array_equal(both.backward(np.arange(1.0, 7.0)[None]), [[-4, 0, 3]])
    norm = LayerNorm(4)
    y = norm.forward(RNG(0).normal(3, 5, size=(6, 4)))
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=1), 1, rtol=1e-3)
    with pytest.raises(ValueError, match="units must be"):
        LayerNorm(0)


def test_random_labels_change_and_images_do_not():
    tasks = list(sequence("labels digits", tasks=3, rng=RNG(0)))
    assert all(task.x_train is tasks[0].x_train for task in tasks)
    assert abs(np.mean(tasks[0].y_train == tasks[1].y_train) - 0.1) < 0.06
    assert np.bincount(tasks[0].y_train).min() > 20


def test_permuted_pixels_are_the_same_pixels():
    first, second = sequence("pixels mnist", tasks=2, rng=RNG(0))
    assert first.x_train.shape == (400, 196)
    assert not np.array_equal(first.x_train, second.x_train)
    for part in ("x_train", "x_test"):
        a, b = getattr(first, part), getattr(second, part)
        np.testing.assert_array_equal(np.sort(a, axis=1), np.sort(b, axis=1))
        order = [int(np.flatnonzero((a == column[:, None]).all(axis=0))[0]) for column in b.T]
        np.testing.assert_array_equal(a[:, order], b)


def test_dormant_units_are_those_of_the_formula():
    outputs = np.array(
        [[0.0, 1.0, -9.0], [0.0, -1.0, 11.0]]
    )  # mean sizes 0, 1 and 10: a tenth of their mean is 0.37
    assert dormant(outputs).tolist() == [True, False, False]
    assert dormant(outputs, threshold=0.5).tolist() == [True, True, False]
    with pytest.raises(ValueError, match="threshold must be finite and not negative"):
        dormant(outputs, threshold=-1)


def test_a_restart_wakes_dead_units_and_keeps_the_scores():
    model, x = network("relu", inputs=64, width=32, rng=RNG(0)), RNG(1).random((50, 64))
    model.dense_layers[0].bias.value[:5] = -100.0
    alive = ~dormant(model.hidden(x)[0], 0.0)
    scores, others = model.forward(x), model.dense_layers[0].weight.value[:, alive].copy()
    assert restart(model, x, rng=RNG(2), threshold=0.0) >= 5
    np.testing.assert_allclose(model.forward(x), scores, atol=1e-12)
    np.testing.assert_array_equal(model.dense_layers[0].weight.value[:, alive], others)
    assert not dormant(model.hidden(x)[0], 0.0)[:5].all()


def test_the_effective_rank_of_known_outputs():
    h = np.concatenate([np.eye(6), -np.eye(6)])
    assert abs(effective_rank(h) - 6) < 1e-9
    assert abs(effective_rank(np.outer(np.arange(9.0), np.ones(4))) - 1) < 1e-9
    assert effective_rank(np.ones((5, 3))) == 0


@pytest.mark.parametrize("method", METHODS)
def test_a_run_depends_on_its_seed_alone(method):
    runs = [lost_plasticity(seed=seed, **{**SETTING, "method": method}) for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]
    assert all(0 <= runs[0][name] <= 1 for name in ("first", "last", "fresh", "dead", "dormant"))


def test_it_is_the_plain_loop():
    model = network("relu", inputs=64, width=32, rng=RNG([4, 1]))
    scores = []
    for number, task in enumerate(sequence("labels digits", tasks=3, rng=RNG([4, 0]))):
        fit(
            model,
            task.x_train,
            task.y_train,
            learning_rate=0.05,
            momentum=0.9,
            epochs=2,
            batch_size=50,
            rng=RNG([4, 3, number]),
        )
        scores.append(np.mean(model.predict(task.x_train) == task.y_train))
    run = lost_plasticity(seed=4, **SETTING)
    assert (run["first"], run["last"]) == (round(scores[0], 3), round(scores[-1], 3))


def test_with_one_task_nothing_is_lost_on_average():
    runs = [lost_plasticity(seed=seed, **{**SETTING, "tasks": 1}) for seed in range(8)]
    assert abs(np.mean([run["first"] - run["fresh"] for run in runs])) < 0.06
    assert all(run["first"] == run["last"] for run in runs)


def test_a_run_that_diverges_guesses_and_knows_nothing_inside():
    run = lost_plasticity(seed=0, **{**SETTING, "method": "prelu", "learning_rate": 1e6})
    assert run["last"] == 0.1 and np.isnan(run["rank"])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"method": "dropout"}, "method must be one of relu"),
        ({"task": "labels tumours"}, "task must be labels or pixels, and digits or mnist"),
        ({"task": "words digits"}, "task must be labels or pixels, and digits or mnist"),
        ({"optimizer": "lion"}, "optimizer must be one of sgd"),
        ({"width": 8}, "width must be an integer of at least 32"),
        ({"tasks": 0}, "tasks must be an integer of at least 1"),
        ({"learning_rate": -1.0}, "learning_rate must be positive"),
    ],
)
def test_bad_input_is_named(changed, message):
    with pytest.raises(ValueError, match=message):
        lost_plasticity(seed=0, **{**SETTING, **changed})
