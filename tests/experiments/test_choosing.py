"""Choosing: tuning without the test digits, and a table whose rows lead somewhere."""

import re

import numpy as np
import pytest

from booktools.notebook_format import CHAPTERS, read_notebook
from relubook import ACTIVATIONS
from relubook.experiments import choosing
from relubook.experiments.choosing import (
    INITS,
    RATES,
    at_own_rate,
    best_of_the_other_seeds,
    compare,
    keras_application_activations,
    tune,
)


def test_the_family_is_of_the_registry_and_each_function_in_it_once():
    assert len(INITS) == 14 and set(INITS) <= set(ACTIVATIONS) - {"celu"}


def test_tuning_never_sees_the_test_digits(monkeypatch):
    seen = []

    def spy(experiment, settings, **options):
        seen.extend(setting["held_out"] for setting in settings.values())
        return original(experiment, settings, **options)

    original = choosing.over_seeds
    monkeypatch.setattr(choosing, "over_seeds", spy)
    rates = tune(["relu", "tanh"], seeds=[0])
    assert set(rates) == {"relu", "tanh"} and set(rates.values()) <= set(RATES)
    assert set(seen) == {"validation"}


def test_no_function_is_far_from_relu_with_other_seeds():
    names = ("relu", "leaky_relu", "elu", "gelu", "silu", "tanh")
    runs = compare(tune(names, seeds=[200]), seeds=range(300, 305))
    means = {name: np.mean([run.accuracy for run in group]) for name, group in runs.items()}
    assert all(abs(mean - means["relu"]) < 0.05 for mean in means.values())
    assert min(means.values()) > 0.85


def test_tuning_stays_within_the_rates_it_is_given():
    assert tune(["relu"], seeds=[0], rates=(0.02, 0.04))["relu"] in (0.02, 0.04)


@pytest.mark.parametrize("rate", [0.03, 0.3])
def test_one_rate_for_all_separates_them_with_other_seeds(rate):
    names = ("relu", "selu", "squared_relu", "sigmoid", "tanh")
    runs = compare(dict.fromkeys(names, rate), seeds=range(300, 303))
    means = [np.mean([run.accuracy for run in group]) for group in runs.values()]
    assert max(means) - min(means) > 0.3


def test_unknown_names_are_refused():
    with pytest.raises(KeyError, match="rellu"):
        tune(["rellu"], seeds=[0])
    with pytest.raises(KeyError, match="rellu"):
        compare({"rellu": 0.1}, seeds=[0])


def test_no_seed_is_judged_at_a_rate_that_it_helped_to_choose():
    """Against loops; and noise alone has no winner, while its largest mean seems to be one."""
    runs = np.random.default_rng(0).normal(size=(5, 4, 3))
    for seed in range(4):
        others = np.delete(runs, seed, axis=1).mean(axis=1)
        expected = [runs[others[:, f].argmax(), seed, f] for f in range(3)]
        np.testing.assert_array_equal(at_own_rate(runs)[seed], expected)
    noise = np.random.default_rng(1).normal(size=(6, 2000, 1))
    assert abs(at_own_rate(noise).mean()) < 0.1


def test_the_winner_is_judged_by_another_seed():
    rng = np.random.default_rng(0)
    gains, naive = [], []
    for _ in range(500):
        scores = rng.normal(size=(3, 14))
        gains.append(best_of_the_other_seeds(scores).mean())
        naive.append(scores.mean(axis=0).max())
    assert abs(np.mean(gains)) < 0.1 < 0.8 < np.mean(naive)
    better = rng.normal(size=(3, 4)) + np.array([0, 0, 100, 0])
    np.testing.assert_array_equal(best_of_the_other_seeds(better), better[:, 2])


@pytest.mark.parametrize("shape", [(3, 4), (3, 1, 2), (2, 3, 4, 5)])
def test_runs_without_seeds_to_choose_by_are_refused(shape):
    with pytest.raises(ValueError, match=r"at least 2\)"):
        at_own_rate(np.zeros(shape))
    with pytest.raises(ValueError, match=r"at least 2\)"):
        best_of_the_other_seeds(np.zeros((1, 3)))


def test_known_networks_use_what_their_papers_say():
    found = keras_application_activations()
    assert found["vgg16"] == {"ReLU"} and found["mobilenet_v2"] == {"ReLU6"}
    assert found["efficientnet"] == {"SiLU"} and found["convnext"] == {"GELU"}


def test_a_missing_keras_is_named(monkeypatch):
    monkeypatch.setattr(choosing.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="keras is not installed"):
        keras_application_activations()


def test_every_row_of_the_decision_table_leads_to_a_chapter_and_says_what_it_rests_on():
    notebook = read_notebook(CHAPTERS / "en" / "21-choosing.ipynb")
    (table,) = (cell.source for cell in notebook.cells if "| measured in |" in cell.source)
    rows = [line for line in table.splitlines() if line.startswith("| ") and "If …" not in line]
    assert len(rows) >= 8
    for row in rows:  # that page and heading exist is tested with all other links
        claims, where = row.removesuffix(" |").rsplit(" | ", 2)[1:]
        if claims == "cited only":
            assert re.search(r"\]\(https://", where), row
        else:
            assert re.search(r"\]\(\d\d-[a-z-]+\.ipynb(#[a-z0-9-]+)?\)$", where), row
            assert claims == "—" or re.fullmatch(r"(\[“[^]]+”\]\(claims\.ipynb#[^)]+\)(, )?)+", claims), row
