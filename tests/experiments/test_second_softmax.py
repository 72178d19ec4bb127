"""The second softmax: its derivative, the factor K at the start and the floor of the loss, each computed otherwise."""

import numpy as np
import pytest

from relubook.experiments.second_softmax import SoftmaxLayer, second_softmax
from relubook.network import MLP
from relubook.training import softmax_cross_entropy

SETTING = {"init": "torch", "depth": 1, "width": 32, "batch_size": 32, "learning_rate": 0.03}


def test_the_layer_s_gradient_is_that_of_central_differences():
    rng = np.random.default_rng(0)
    z, weights = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    layer = SoftmaxLayer()
    np.testing.assert_allclose(layer.forward(z).sum(axis=1), 1)
    found, step = layer.backward(weights), 1e-6
    for at in np.ndindex(z.shape):
        moved = np.zeros_like(z)
        moved[at] = step
        slope = ((layer.forward(z + moved) - layer.forward(z - moved)) * weights).sum() / (2 * step)
        assert abs(found[at] - slope) < 1e-8


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_equal_scores_have_a_gradient_that_is_smaller_by_the_number_of_classes(classes):
    scores, labels = np.zeros((6, classes)), np.arange(6) % classes
    layer = SoftmaxLayer()
    _, once = softmax_cross_entropy(scores, labels)
    _, grad = softmax_cross_entropy(layer.forward(scores), labels)
    np.testing.assert_allclose(once / layer.backward(grad), classes)


@pytest.mark.parametrize(("data", "classes"), [("digits", 10), ("tumours", 2)])
def test_the_loss_has_a_floor_that_certainty_cannot_pass(data, classes):
    run = second_softmax(
        seed=7, ending="softmax", data=data, optimizer="adam", epochs=20, **{**SETTING, "learning_rate": 0.01}
    )
    floor = np.log(np.e + classes - 1) - 1
    assert run["outcome"] == "learned"
    assert floor < run["loss"] < floor + 0.1


def test_a_pair_starts_from_the_same_weights():
    """The gradient at the start is computed again, by central differences along one direction."""
    runs = {
        ending: second_softmax(seed=3, ending=ending, data="tumours", optimizer="sgd", epochs=1, **SETTING)
        for ending in ("logits", "softmax")
    }
    assert 1.7 < runs["logits"]["start_gradient"] / runs["softmax"]["start_gradient"] < 2.6
    from relubook.datasets import breast_cancer

    split = breast_cancer()
    model = MLP([30, 32, 2], rng=np.random.default_rng([3, 0]), init="torch")
    model.backward(softmax_cross_entropy(model.forward(split.x_train), split.y_train)[1])
    grads = [parameter.grad.copy() for parameter in model.parameters]
    losses = []
    for sign in (1, -1):
        for parameter, grad in zip(model.parameters, grads, strict=True):
            parameter.value += sign * 1e-6 * grad
        losses.append(softmax_cross_entropy(model.forward(split.x_train), split.y_train)[0])
        for parameter, grad in zip(model.parameters, grads, strict=True):
            parameter.value -= sign * 1e-6 * grad
    norm = np.sqrt((losses[0] - losses[1]) / 2e-6)
    assert abs(norm / runs["logits"]["start_gradient"] - 1) < 1e-4


def test_plain_steps_suffer_and_adam_s_hardly_do():
    """Adam divides by the size of the gradient, and so by the factor K, too."""
    lost = {}
    for optimizer, rate in (("sgd", 0.1), ("adam", 0.01)):
        setting = {**SETTING, "data": "digits", "optimizer": optimizer, "epochs": 5, "learning_rate": rate}
        runs = [
            [second_softmax(seed=seed, ending=ending, **setting)["accuracy"] for seed in (500, 501, 502)]
            for ending in ("logits", "softmax")
        ]
        lost[optimizer] = np.mean(runs[0]) - np.mean(runs[1])
    assert lost["sgd"] > 0.1
    assert abs(lost["adam"]) < 0.05


def test_a_run_that_diverges_says_so_and_unknown_names_are_refused():
    setting = {**SETTING, "data": "digits", "optimizer": "sgd", "epochs": 1}
    run = second_softmax(seed=0, ending="logits", **{**setting, "learning_rate": 1e6})
    assert run["outcome"] in ("diverged", "failed")
    for changed in ({"ending": "sigmoid"}, {"data": "cats"}, {"optimizer": "lamb"}):
        with pytest.raises(ValueError, match=f"{next(iter(changed))} must be one of"):
            second_softmax(seed=0, **{"ending": "logits", **setting, **changed})
