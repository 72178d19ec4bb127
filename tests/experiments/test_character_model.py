"""The character model: what its blocks compute, that it learns, and that the seed fixes a run."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from relubook.datasets import text_split  # noqa: E402
from relubook.experiments.character_model import (  # noqa: E402
    CONTEXT,
    Block,
    CharacterModel,
    held_out_loss,
    train_characters,
)

CHARACTERS = len(text_split("source").characters)


def model(seed: int = 0, **changes) -> CharacterModel:
    torch.manual_seed(seed)
    return CharacterModel(torch.relu, **{"characters": CHARACTERS, "hidden": 64, "width": 32, **changes})


def test_a_gated_block_multiplies_two_projections():
    block = Block(4, 6, torch.nn.functional.silu, gated=True)
    h = torch.randn(5, 4)
    n = ((h - h.mean(1, keepdim=True)) / torch.sqrt(h.var(1, unbiased=False, keepdim=True) + 1e-5)).numpy()
    w1, w2, w3 = (part.weight.detach().numpy() for part in (block.inner, block.outer, block.gate))
    z = n @ w1.T
    expected = h.numpy() + (z / (1 + np.exp(-z)) * (n @ w3.T)) @ w2.T
    np.testing.assert_allclose(block(h).detach().numpy(), expected, rtol=1e-4, atol=1e-6)


def test_the_next_character_is_not_among_the_inputs():
    """Contexts that differ anywhere give other scores; a model never sees the character it is to predict."""
    contexts = torch.randint(CHARACTERS, (1, CONTEXT))
    scores = model()(contexts)
    for place in range(CONTEXT):
        other = contexts.clone()
        other[0, place] = (other[0, place] + 1) % CHARACTERS
        assert not torch.allclose(model()(other), scores)


def test_training_lowers_the_loss_and_the_seed_fixes_it():
    losses = []
    for _ in range(2):
        one = model()
        train_characters(one, "source", seed=3, steps=60, learning_rate=0.01)
        losses.append(held_out_loss(one, "source"))
    assert losses[0] == losses[1] < 0.75 * np.log(CHARACTERS)


def test_the_test_part_is_never_trained_on(monkeypatch):
    from relubook.experiments import character_model

    split = text_split("source")
    spoiled = type(split)(split.characters, split.train, np.full_like(split.test, -1))
    monkeypatch.setattr(character_model, "text_split", lambda name: spoiled)
    train_characters(model(), "source", seed=0, steps=3, learning_rate=0.01)  # −1 has no embedding


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": "nothing"}, "name must be one of reference, source, got 'nothing'"),
        ({"steps": 0}, "steps must be"),
        ({"learning_rate": -1.0}, "learning_rate must be positive and finite"),
        ({"batch_size": 0}, "batch_size must be"),
    ],
)
def test_bad_input_is_refused_by_name(changes, message):
    text = changes.pop("text", "source")
    with pytest.raises(ValueError, match=message):
        train_characters(model(), text, **{"seed": 0, "steps": 1, "learning_rate": 0.01, **changes})
