"""Models made sparse after training: each change against the mathematics, and that the seed fixes a run."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from relubook.datasets import text_split  # noqa: E402
from relubook.experiments.character_model import held_out_loss  # noqa: E402
from relubook.experiments.sparse_language_models import (  # noqa: E402
    WAYS,
    best_of_rank,
    contexts,
    cut,
    cut_model,
    inside,
    late_relu,
    more_zeros,
    most_likely,
    negative_share,
    penalised_relu,
    predicted_model,
    predicted_zeros,
    shared_zeros,
    start_model,
    swap,
    swapped_for_relu,
    zero_share,
)

SMALL = {
    "seed": 0,
    "text": "source",
    "width": 16,
    "blocks": 2,
    "steps": 20,
    "learning_rate": 0.01,
    "more": 5,
    "more_rate": 0.003,
}


def model(start: str = "gelu", **changes):
    return start_model(start, **{"text": "source", "seed": 0, "width": 16, **changes})


def test_both_starts_have_as_many_weights():
    counts = [
        sum(p.numel() for p in model(start, width=64).blocks.parameters()) for start in ("gelu", "swiglu")
    ]
    assert abs(counts[0] / counts[1] - 1) < 0.01


@pytest.mark.parametrize("start", ["gelu", "swiglu"])
def test_a_swap_changes_the_function_and_no_weight(start):
    before = model(start)
    after = swap(before, torch.relu)
    for a, b in zip(before.parameters(), after.parameters(), strict=True):
        assert torch.equal(a, b) and a is not b
    inputs = contexts("source", places=50)
    z = inside(before, inputs)[0][0]
    torch.testing.assert_close(inside(after, inputs)[0], (z, z.relu()))
    assert zero_share(after, "source")[0] == negative_share(before, "source")[0]
    assert zero_share(before, "source").max() < 0.01


def test_inside_is_what_the_blocks_compute():
    one = model("swiglu")
    inputs = contexts("source", places=50)
    h = one.mix(one.embed(inputs).flatten(1))
    for block, (z, a) in zip(one.blocks, inside(one, inputs), strict=True):
        n = block.norm(h)
        torch.testing.assert_close(z, block.inner(n))
        h = h + block.outer(a * block.gate(n))
        torch.testing.assert_close(a, torch.nn.functional.silu(z))


def test_the_penalty_is_that_of_the_loss():
    """The hook's gradient is autograd's of loss + factor · mean over examples of Σ |outputs|, in both blocks."""
    inputs, targets = contexts("source", places=40), torch.arange(40)
    gradients = []
    for hooked in (True, False):
        one = swap(model("swiglu"), penalised_relu(0.3) if hooked else torch.relu)
        outputs = []
        if not hooked:
            for block in one.blocks:
                block.function = lambda z, keep=outputs: keep.append(z.relu()) or keep[-1]
        loss = torch.nn.functional.cross_entropy(one(inputs), targets)
        (loss + 0.3 * sum(a.sum(dim=1).mean() for a in outputs)).backward()
        gradients.append([p.grad for p in one.parameters()])
    torch.testing.assert_close(*gradients)


def test_shift_and_cut_by_hand():
    x = torch.tensor([-2.0, -0.1, 0.3, 1.5])
    assert late_relu(0.5)(x).tolist() == [0, 0, 0, 1]
    gelu = torch.nn.functional.gelu
    assert torch.equal(cut(gelu, 0.1)(x), torch.where(gelu(x).abs() > 0.1, gelu(x), 0))


@pytest.mark.parametrize("start", ["gelu", "swiglu"])
def test_a_cut_sets_the_share_to_zero_that_is_asked_for(start):
    np.testing.assert_allclose(zero_share(cut_model(model(start), 0.7, "source"), "source"), 0.7, atol=0.05)


def test_the_best_guess_of_a_rank_is_that_of_the_singular_values():
    z = torch.from_numpy(np.random.default_rng(0).normal(size=(30, 6)) * [5, 4, 3, 2, 1, 0.5] + 1)
    mean, v = best_of_rank(z, 2)
    left = ((z - mean) - (z - mean) @ v @ v.T).square().sum()
    expected = np.linalg.svd((z - mean).numpy(), compute_uv=False)[2:]
    np.testing.assert_allclose(left, (expected**2).sum())


def test_guesses_of_full_rank_and_the_oracle_lose_nothing():
    one = swap(model(), torch.relu)
    for guess in (64, "oracle"):
        guessed, recalls = predicted_model(one, "source", guess=guess, spare=2.0)
        assert min(recalls) > 0.99
        assert abs(held_out_loss(guessed, "source") - held_out_loss(one, "source")) < 0.01
    frequent = predicted_model(one, "source", guess="frequency")[1]
    assert max(frequent) < min(predicted_model(one, "source", guess=8)[1])


def test_only_the_highest_are_kept_and_shared_zeros_are_those_of_every_row():
    scores = torch.from_numpy(np.random.default_rng(1).normal(size=(20, 9)))
    kept = most_likely(scores, 4)
    assert (kept.sum(dim=1) == 4).all()
    assert (
        scores[kept == 1].reshape(20, 4).min(dim=1).values > scores[kept == 0].reshape(20, 5).max(1).values
    ).all()
    a = torch.tensor([[0.0, 0.0], [0.0, 1.0], [0.0, 0.0], [2.0, 0.0], [7.0, 7.0]])
    assert shared_zeros(a, 2) == 0.5  # the fifth row fills no batch


@pytest.mark.parametrize(
    ("experiment", "setting"),
    [
        (swapped_for_relu, {}),
        *((more_zeros, {"way": way}) for way in WAYS),
        (predicted_zeros, {"spare": 1.5}),
    ],
)
def test_the_seed_fixes_a_run(experiment, setting):
    runs = [experiment(start="swiglu", **SMALL, **setting) for _ in range(2)]
    assert runs[0] == runs[1]
    assert all(np.isfinite(value) for value in runs[0].values())
    assert runs[0] != experiment(start="swiglu", **{**SMALL, "seed": 1}, **setting)


def test_training_on_leaves_the_start_as_it_was():
    """The start is kept for other rows of a survey."""
    first = more_zeros(start="gelu", way="cut", **SMALL)
    more_zeros(start="gelu", way="cut afterwards", **SMALL)
    swapped_for_relu(start="gelu", **SMALL)
    assert more_zeros(start="gelu", way="cut", **SMALL) == first


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: start_model("relu", text="source", seed=0), "start must be one of gelu, swiglu, got 'relu'"),
        (lambda: model(function="tanh"), "function must be own or relu, got 'tanh'"),
        (lambda: model(blocks=0), "blocks must be"),
        (lambda: model(text="nothing"), "name must be one of reference, source"),
        (lambda: late_relu(np.inf), "shift must be finite"),
        (lambda: penalised_relu(-1.0), "factor must be finite and not negative"),
        (lambda: cut(torch.tanh, -0.1), "threshold must be at least 0"),
        (lambda: cut_model(model(), 1.0, "source"), "share must lie in"),
        (lambda: contexts("source", "dev"), "part must be train or test, got 'dev'"),
        (lambda: best_of_rank(torch.ones(3, 2), 3), "rank must be at most the number of units, 2, got 3"),
        (lambda: most_likely(torch.ones(3, 2), 3), "keep must be at most the number of units, 2, got 3"),
        (lambda: shared_zeros(torch.ones(3, 2), 4), "rows must be at most the number of places, 3, got 4"),
        (lambda: predicted_model(model(), "source", guess="luck"), "guess must be a rank"),
        (lambda: predicted_model(model(), "source", guess=4, spare=0.0), "spare must be positive"),
        (lambda: more_zeros(start="gelu", way="prune", **SMALL), "way must be one of shift"),
        (lambda: swapped_for_relu(start="gelu", **{**SMALL, "more": 0}), "steps must be"),
    ],
)
def test_bad_input_is_refused_by_name(call, message):
    assert text_split("source")
    with pytest.raises(ValueError, match=message):
        call()
