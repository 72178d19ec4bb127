"""Gated blocks beside ungated ones: as many parameters, the same draws, the same places; and rates that were tuned."""

import ast
import inspect
from itertools import product

import numpy as np
import pytest

from booktools.notebook_format import CHAPTERS, read_notebook

torch = pytest.importorskip("torch", reason="PyTorch is not installed: the character model is not tested")

from relubook.experiments.gated_units import (  # noqa: E402
    ELSEWHERE,
    FUNCTIONS,
    PLACES,
    RATES,
    RECIPES,
    SETTINGS,
    TUNED,
    gated_cost,
    gated_model,
    gated_run,
    tuned_gated_run,
)
from relubook.surveys import read  # noqa: E402


def parameters(function: str, **shape) -> int:
    return sum(p.numel() for p in gated_model(function, seed=0, characters=93, **shape).parameters())


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        *product((*FUNCTIONS, "swiglu frozen", "relu deep"), ({}, {"width": 256})),
        *product(ELSEWHERE, ({"width": 32, "ratio": 2, "blocks": 4},)),
    ],
)
def test_parameters_are_equal_within_one_percent(function, shape):
    assert abs(parameters(function, **shape) / parameters("relu", **shape) - 1) < 0.01


def test_equal_units_cost_parameters_and_have_a_control_with_as_many():
    assert parameters("swiglu all units") == parameters("relu half more") > 1.3 * parameters("relu")


@pytest.mark.parametrize("function", RECIPES)
def test_models_of_a_seed_share_their_draws(function):
    one, relu = (gated_model(name, seed=5, characters=50) for name in (function, "relu"))
    for part in ("embed.weight", "mix.weight", "scores.weight", "scores.bias"):
        assert torch.equal(one.get_parameter(part), relu.get_parameter(part)), part
    for block, other in zip(one.blocks, relu.blocks, strict=True):
        rows = min(block.inner.out_features, other.inner.out_features)
        assert torch.equal(block.inner.weight[:rows], other.inner.weight[:rows])
    assert not torch.equal(relu.blocks[0].inner.weight, relu.blocks[1].inner.weight)
    assert not torch.equal(relu.embed.weight, gated_model("relu", seed=6, characters=50).embed.weight)


def test_the_draws_leave_pytorch_s_generator_as_it_was():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    gated_model("swiglu", seed=0, characters=20)
    assert torch.equal(torch.rand(1), expected)


NUMPY = {
    "relu": lambda z: np.maximum(z, 0),
    "squared_relu": lambda z: np.maximum(z, 0) ** 2,
    "silu": lambda z: z / (1 + np.exp(-z)),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "identity": lambda z: z,
}


@pytest.mark.parametrize("function", [name for name in RECIPES if RECIPES[name].function != "gelu"])
def test_a_block_is_its_formula(function):
    """h + W₂ φ(W₁ n), or with a gate h + W₂ (φ(W₁ n) ⊙ W₃ n), or with a third matrix h + W₂ ReLU(W₃ φ(W₁ n))."""
    recipe = RECIPES[function]
    block = gated_model(function, seed=0, characters=20, width=8).blocks[0].double()
    h = np.random.default_rng(0).normal(size=(5, 8))
    n = (h - h.mean(1, keepdims=True)) / np.sqrt(h.var(1, keepdims=True) + 1e-5)
    weights = {name: p.detach().numpy() for name, p in block.named_parameters()}
    a = NUMPY[recipe.function](n @ weights["inner.weight"].T)
    if recipe.gated:
        a = a * (n @ weights["gate.weight"].T)
    if recipe.variant == "deep":
        a = np.maximum(a @ weights["outer.0.weight"].T, 0) @ weights["outer.2.weight"].T
    else:
        a = a @ weights["outer.weight"].T
    np.testing.assert_allclose(block(torch.from_numpy(h)).detach().numpy(), h + a, rtol=1e-10)


def test_gelu_is_the_exact_one():
    model = gated_model("gelu", seed=0, characters=20)
    assert abs(model.blocks[0].function(torch.tensor(1.0)).item() - 0.8413447) < 1e-6


def test_a_frozen_matrix_stays_and_the_others_move():
    from relubook.experiments.character_model import train_characters

    model = gated_model("swiglu frozen", seed=0, characters=93)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    train_characters(model, "reference", seed=0, steps=3, learning_rate=0.01)
    still = {name for name, p in model.named_parameters() if torch.equal(p, before[name])}
    assert still == {"blocks.0.gate.weight", "blocks.1.gate.weight"}


@pytest.mark.parametrize("setting", ["100 steps"])
def test_a_run_depends_on_its_seed_alone_and_gives_the_threads_back(setting):
    torch.set_num_threads(2)
    runs = [gated_run(seed=seed, function="swiglu", setting=setting, rate=1.0) for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]
    assert torch.get_num_threads() == 2


def test_a_model_that_diverges_counts_as_guessing():
    assert gated_run(seed=0, function="relu", setting="momentum", rate=1e6)["loss"] == round(np.log(93), 4)


def test_the_rates_are_the_best_of_the_surveys_that_tune():
    assert set(TUNED) == set(SETTINGS)
    for survey, settings, names in (
        ("gate_rates", ("base",), RECIPES),
        ("gate_rates_elsewhere", PLACES, ELSEWHERE),
    ):
        table = read(survey)
        for setting, name in product(settings, names):
            rows = table[(table["setting"] == setting) & (table["function"] == name)]
            means = [rows["loss"][rows["rate"] == rate].mean() for rate in RATES]
            assert TUNED[setting][name] == RATES[int(np.argmin(means))], (setting, name, means)


def test_tuning_and_judging_share_no_seed():
    assert not set(read("gate_rates")["seed"]) & set(read("gates")["seed"])
    assert not set(read("gate_rates_elsewhere")["seed"]) & set(read("gates_elsewhere")["seed"])


def test_a_tuned_run_is_the_run_at_that_rate():
    rate = TUNED["100 steps"]["swiglu"]
    assert tuned_gated_run(seed=4, function="swiglu", setting="100 steps") == gated_run(
        seed=4, function="swiglu", setting="100 steps", rate=rate
    )


def test_more_units_take_longer_and_relu_as_long_as_itself():
    assert 0.7 < gated_cost(seed=0, function="relu", width=128)["step"] < 1.4
    assert gated_cost(seed=0, function="swiglu all units", width=128)["step"] > 1.05


@pytest.mark.parametrize(
    ("call", "changed", "message"),
    [
        (gated_run, {"function": "rellu"}, "function must be one of relu, gelu"),
        (gated_run, {"setting": "large"}, "setting must be one of base, 100 steps"),
        (gated_run, {"rate": 0.0}, "rate must be positive and finite"),
        (gated_run, {"seed": -1}, "seed must be an integer of at least 0"),
        (tuned_gated_run, {"setting": "large"}, "setting must be one of base"),
        (tuned_gated_run, {"function": "glu"}, "function must be one of relu, gelu"),
    ],
)
def test_bad_input_is_named(call, changed, message):
    given = {
        "seed": 0,
        "function": "relu",
        "setting": "100 steps",
        **({"rate": 1.0} if call is gated_run else {}),
    }
    with pytest.raises(ValueError, match=message):
        call(**{**given, **changed})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"width": 0}, "width must be"),
        ({"ratio": 1.5}, "ratio must be"),
        ({"characters": 1}, "characters must be"),
    ],
)
def test_a_bad_shape_is_named(changed, message):
    with pytest.raises(ValueError, match=message):
        gated_model("relu", **{"seed": 0, "characters": 20, **changed})


def without_docstrings(tree: ast.AST) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


@pytest.mark.parametrize("name", ["Block", "CharacterModel"])
def test_the_chapter_shows_the_very_model(name):
    from relubook.experiments import character_model

    chapter = read_notebook(CHAPTERS / "en" / "18-gated-units.ipynb")
    cells = "\n".join(
        cell.source for cell in chapter.cells if cell.id in ("the-model-in-full", "around-the-blocks")
    )
    shown = next(
        node for node in ast.parse(cells).body if isinstance(node, ast.ClassDef) and node.name == name
    )
    assert without_docstrings(shown) == without_docstrings(
        ast.parse(inspect.getsource(getattr(character_model, name))).body[0]
    )


def test_the_model_is_at_most_forty_lines():
    chapter = read_notebook(CHAPTERS / "en" / "18-gated-units.ipynb")
    cells = [cell.source for cell in chapter.cells if cell.id in ("the-model-in-full", "around-the-blocks")]
    classes = [cell[cell.index("class ") :] for cell in cells]
    assert sum(bool(line.strip()) for text in classes for line in text.splitlines()) <= 40
